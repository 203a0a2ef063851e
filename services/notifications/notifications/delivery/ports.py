"""What a channel must be able to do, and the four ways in which handing over a letter can end."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered letter. `reference` (the Message-ID, the provider's idempotency key) is the same in every attempt."""

    reference: UUID
    address: str
    subject: str
    body: str
    short: str
    language: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it and answers for it from here."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider said no, and certainly did not take it.

    `reason` is a code, such as `smtp 550`, never the provider's words: they often repeat the address.
    """

    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Unsure:
    """It was handed over but the answer was lost: it may have been taken, so it must not be sent again."""

    reason: str


@dataclass(frozen=True, slots=True)
class OtherSideAway:
    """Nothing was handed over: the other side cannot be reached. Says nothing about this letter."""

    reason: str


Outcome = Accepted | Refused | Unsure | OtherSideAway


class Provider(Protocol):
    """One channel out of the house. Both methods end in bounded time and raise nothing but cancellation."""

    async def send(self, letter: Letter) -> Outcome:
        """Hand the letter over."""
        ...

    async def query(self, reference: UUID) -> Outcome | None:
        """What became of a letter whose answer was lost; None when this provider can never tell."""
        ...
