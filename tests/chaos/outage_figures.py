"""What an outage did, from what was seen: answers, when all was as before, who kept knocking; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..running.percentile import p99
from .commands import Attempt

WINDOW = 10.0
"""Seconds of commands that a p99 is taken over."""
FLOOR = 0.25
"""A p99 of so many seconds counts as usual even where it was less than half of that before: the machine is shared."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: loop time at its beginning, and seconds until its final answer, requests in vain included."""

    began: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything. `knocks`: connection attempts by way since the look before, `lasted` seconds ago.

    `unsent`: outbox rows older than a second; `unheard`: records that were there at the look before. None where the
    server to ask was away.
    """

    at: float
    lasted: float
    knocks: Mapping[str, int]
    unsent: int | None = None
    unheard: int | None = None

    @property
    def waiting(self) -> int | None:
        """Events that wait for longer than a second."""
        return None if self.unsent is None or self.unheard is None else self.unsent + self.unheard


@dataclass(frozen=True, slots=True)
class Knocking:
    """Connection attempts in a second by one process: on average, and in the busiest second of the busiest."""

    mean: float
    most: float


@dataclass
class Outage:
    """The figures of one outage; seconds, unless they say otherwise."""

    part: str
    seconds: float
    usual_p99: float = 0.0
    usual_per_second: float = 0.0
    usual_knocking: Knocking = field(default_factory=lambda: Knocking(0, 0))
    answers: dict[str, int] = field(default_factory=dict)
    """What requests were answered while the part was away, by service, status and problem."""
    acknowledged: int = 0
    acknowledged_p99: float | None = None
    """Of requests that were acknowledged while the part was away."""
    unclear: int = 0
    """Answers of 500 and above that are no 503 with Retry-After: nobody can tell what they mean."""
    usual_waiting: int = 0
    """The most events that had waited for more than a second before; 0 on a machine that has time."""
    most_unsent: int = 0
    """The most rows in outboxes while the part was away: what Kafka's absence holds up, and loses nothing of."""
    knocking: Knocking = field(default_factory=lambda: Knocking(0, 0))
    """At the part that is away, until it is back and ten seconds longer."""
    calls: Knocking = field(default_factory=lambda: Knocking(0, 0))
    """Connections among services in the same time."""
    return_took: float = 0.0
    """From the start of the part's processes until they said that they are there; counted in the two below for a
    service, and not for a server."""
    usual_again: float | None = None
    """From the return until p99 over ten seconds was at most twice the usual one; None where that did not come."""
    heard_again: float | None = None
    """From the return until no more events waited than before."""
    p99_after: float = 0.0


def limit(usual: float) -> float:
    """The p99 up to which latency counts as usual again."""
    return max(2 * usual, FLOOR)


def usual_since(
    commands: Sequence[Command], under_way: Sequence[float], since: float, now: float, most: float, least: int
) -> float | None:
    """The first moment from `since` at which the next ten seconds' commands have a p99 of at most `most`.

    Commands `under_way` count with the time they have taken so far. Fewer than `least` commands say nothing.
    """
    known = [one for one in commands if one.began >= since]
    known += [Command(began, now - began) for began in under_way if began >= since]
    begin = since
    while begin + WINDOW <= now:
        within = [one.seconds for one in known if begin <= one.began < begin + WINDOW]
        if len(within) >= least and p99(within) <= most:
            return begin
        begin += 0.5
    return None


def heard_since(looks: Sequence[Look], since: float, most: int) -> float | None:
    """The first look from `since` at which at most so many waited."""
    return next(
        (look.at for look in looks if look.at >= since and look.waiting is not None and look.waiting <= most), None
    )


def most_unsent(looks: Sequence[Look], since: float, until: float) -> int:
    """The most outbox rows older than a second at any look in this time."""
    return max((look.unsent or 0 for look in looks if since < look.at <= until), default=0)


def most_waiting(looks: Sequence[Look], since: float, until: float) -> int:
    """The most events that waited for longer than a second at any look in this time."""
    return max((look.waiting or 0 for look in looks if since < look.at <= until), default=0)


def knocking(looks: Sequence[Look], ways: Sequence[str], since: float, until: float, *, processes: int = 1) -> Knocking:
    """Attempts on these ways, each of which `processes` share."""
    seen = [look for look in looks if since < look.at <= until]
    spent = sum(look.lasted for look in seen)
    if not seen or not ways:
        return Knocking(0, 0)
    if processes > 1:
        # Ways that all share: together, for each of them.
        busiest = max(sum(look.knocks.get(way, 0) for way in ways) / look.lasted for look in seen) / processes
        share = processes
    else:
        busiest = max(look.knocks.get(way, 0) / look.lasted for look in seen for way in ways)
        share = len(ways)
    total = sum(look.knocks.get(way, 0) for look in seen for way in ways)
    return Knocking(round(total / spent / share, 1), round(busiest, 1))


def answered(attempts: Iterable[Attempt], since: float, until: float) -> list[Attempt]:
    """Requests that began and ended in this time."""
    return [one for one in attempts if since <= one.began and one.began + one.seconds <= until]


def counted(attempts: Iterable[Attempt]) -> dict[str, int]:
    """How often each service answered how; 2xx taken together, and 0 for no answer."""
    counts: Counter[str] = Counter()
    for one in attempts:
        status = "2xx" if 200 <= one.status < 300 else str(one.status) if one.status else "no answer"
        counts[f"{one.service} {status} {one.problem.rpartition(':')[2]}".strip()] += 1
    return dict(sorted(counts.items()))


def is_unclear(attempt: Attempt) -> bool:
    """Whether the answer is one of 500 and above that does not say: not now, come again then."""
    return attempt.status >= 500 and not (attempt.status == 503 and attempt.problem and attempt.retry_after.isdigit())
