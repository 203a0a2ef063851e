"""What can go wrong in a handler, in four kinds, and what the kit does about each. Handlers hold no ladder of except.

| kind           | example                                | the kit                                             |
|----------------|----------------------------------------|-----------------------------------------------------|
| `Unavailable`  | database or broker away, deadlock      | waits with growing, jittered pauses, without limit  |
| `Rejected`     | an event that breaks a rule            | parks the event's key at once and goes on           |
| anything else  | a bug                                  | tries a few times, then parks the key and says so   |
| too slow       | a statement that the server cut off    | waits like the first, then does like the third      |

Without limit: after two minutes the batch is given back and the same records are read again, and so on.
"""

import random
from dataclasses import dataclass

import asyncpg
from aiokafka.errors import KafkaError

from ieum.database.failures import is_away
from ieum.messaging.events import Event


class Unavailable(Exception):
    """Something that this work needs is away for now; the same work may succeed later."""


class Rejected(Exception):
    """An event breaks a rule and never can be applied as it is. The text says which rule, without personal data.

    Naming the events saves the search for them: `Rejected("openings below zero", event)`.
    """

    def __init__(self, rule: str, *events: Event) -> None:
        super().__init__(rule)
        self.event_ids = tuple(event.event_id for event in events)


class Unsafe(Exception):
    """Messaging would lose, double or reorder events as things stand, and does nothing. The text says what stands."""


class Unremembered(Unsafe):
    """A database stands earlier than what it has said: it was restored, and would give numbers out twice."""


def is_passing(problem: BaseException) -> bool:
    """Whether waiting can mend it: the database, the broker or the network is away, or somebody said so."""
    return is_away(problem) or isinstance(problem, Unavailable | KafkaError)


def is_too_slow(problem: BaseException) -> bool:
    """Whether the server cut a statement off. It may be too busy for a while, or the statement may be at fault.

    A cancellation by hand looks the same but for its text, which is in the server's language.
    """
    return isinstance(problem, asyncpg.QueryCanceledError)


def describe(problem: BaseException) -> str:
    """One line for logs and the parking place: the type, and the text only where the text is ours.

    A foreign exception's text may quote the row or the input, which may be personal data.
    """
    name = type(problem).__name__
    if isinstance(problem, Rejected | Unavailable | Unsafe):
        return f"{name}: {problem}"
    if isinstance(problem, asyncpg.PostgresError):
        where = getattr(problem, "constraint_name", None) or getattr(problem, "column_name", None) or ""
        return f"{name} {problem.sqlstate} {where}".strip()
    return name


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double up to a ceiling, each drawn at random between half and whole (so that many do not meet)."""

    first: float = 0.1
    ceiling: float = 5.0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the `attempt`-th failure, counted from 1."""
        longest = min(self.ceiling, self.first * 2.0 ** min(attempt - 1, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 -- spreading load, not secrecy
