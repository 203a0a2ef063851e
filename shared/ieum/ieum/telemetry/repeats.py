"""A problem that goes on is one line every ten seconds with a count: a broker away must bury nothing else.

A problem is a warning, an error, or an entry that names a reason. Two entries are the same problem when they differ in
numbers, times and trace ids only.
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

QUIET_SECONDS = 10.0
"""A problem is said at most once in so many seconds."""

_MOST_PROBLEMS = 1_000
_VARYING = re.compile(r"0x[0-9a-fA-F]+|[0-9]+")
# What differs from one occurrence to the next and does not make it another problem.
_PASSING = frozenset({"timestamp", "request_id", "trace_id", "span_id", "failure"})


@dataclass
class _Said:
    at: float
    left_out: int = 0


class OncePerProblem(logging.Filter):
    """Lets a problem pass when it has been quiet for a while; the record then carries how often it was left out."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        super().__init__()
        self._clock = clock or monotonic
        self._said: OrderedDict[Hashable, _Said] = OrderedDict()

    def __len__(self) -> int:
        """How many problems are kept in mind."""
        return len(self._said)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        problem = _problem_of(record)
        if problem is None:
            return True
        now = self._clock()
        said = self._said.get(problem)
        if said is not None and now - said.at < QUIET_SECONDS:
            said.left_out += 1
            return False
        if said is not None:
            record.repeated = said.left_out
        self._said[problem] = _Said(now)
        self._said.move_to_end(problem)
        while len(self._said) > _MOST_PROBLEMS:
            self._said.popitem(last=False)
        return True


def count_repeats(_: object, __: str, entry: Any) -> Any:
    """A processor of structlog's formatter: says in the entry how often its like was left out before."""
    if repeated := getattr(entry.get("_record"), "repeated", 0):
        entry["repeated"] = repeated
    return entry


def _problem_of(record: logging.LogRecord) -> Hashable | None:
    """What the record is about, where it is a problem."""
    entry = record.msg
    if isinstance(entry, Mapping):
        if record.levelno < logging.WARNING and "reason" not in entry:
            return None
        # Whoever was answered 500 was told that it can be found by the request id.
        if record.levelno >= logging.ERROR and "request_id" in entry:
            return None
        # Numbers and nested values are measures; texts say what and whose.
        told = frozenset(
            (name, value) for name, value in entry.items() if isinstance(value, str) and name not in _PASSING
        )
        failure = entry.get("failure")
        return record.levelno, told, failure.get("type") if isinstance(failure, Mapping) else None
    if record.levelno < logging.WARNING:
        return None
    # A library's arguments are what varies; its template says what happened.
    head = _VARYING.sub("#", str(entry).partition("\n")[0][:300])
    return record.levelno, record.name, head, record.exc_info[0] if record.exc_info else None
