"""
Whether who looks still holds the role they signed in with. Registration keeps the HR calendar and is asked again every
minute; whoever has left gets no more tokens, and those given out are over within five minutes.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ieum.telemetry import log
from portal.services import Asking, Refused, Unavailable, View, part
from portal.sign_in.session import Person

ASKED_AGAIN = 60.0
"""Seconds after which an answer is asked for again."""

GOOD_FOR = 900.0
"""Seconds for which the last answer holds while registration cannot be asked."""

_TRIED_AGAIN = 5.0
_MOST = 10_000
# Jobseekers hold no post: their sessions open nothing but their own record.
_WITHOUT_POST = frozenset({"jobseeker"})


class NoLongerHeld(Exception):
    """The person does not hold the role any more."""


class Standing(View):
    """A role that somebody holds, and where."""

    role: str
    attributes: dict[str, str]


class Standings(View):
    """All roles that somebody holds today."""

    standings: list[Standing]


@dataclass(frozen=True)
class _Answer:
    """What registration said; `attributes` is None for a role that is not held. Times are the clock's."""

    attributes: Mapping[str, str] | None
    given_at: float
    ask_at: float


class Posts:
    """What is known of who holds which role: at most `most` people, the newest known."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._clock = clock
        self._most = most
        self._answers: OrderedDict[tuple[str, str], _Answer] = OrderedDict()

    async def checked(self, person: Person, registration: Asking) -> Person:
        """
        The person with the attributes they have today. Raises NoLongerHeld; Unavailable when registration has not
        answered for too long.
        """
        known = self._answers.get((person.person_id, person.role))
        if person.role in _WITHOUT_POST:
            return person
        if known is None or self._clock() >= known.ask_at:
            known = await self._asked(person, registration, known)
        return _as_of(known, person)

    async def checked_now(self, person: Person, registration: Asking) -> Person:
        """The same, asked at once whatever is known; for who signs in."""
        return person if person.role in _WITHOUT_POST else _as_of(await self._asked(person, registration, None), person)

    def keep(self, person: Person) -> None:
        """Takes the person's role and attributes for what registration has just said."""
        self._keep(person, person.attributes)

    def knows(self, person: Person) -> bool:
        """Whether there is an answer about the person."""
        return (person.person_id, person.role) in self._answers

    async def _asked(self, person: Person, registration: Asking, known: _Answer | None) -> _Answer:
        try:
            told = await registration.get(Standings, f"/people/{part(person.person_id)}/standings")
        except (Unavailable, Refused) as failure:
            now = self._clock()
            if known is None or now - known.given_at >= GOOD_FOR:
                raise Unavailable(registration.service) from failure
            log.warning("standing_not_renewed", age_seconds=round(now - known.given_at))
            known = replace(known, ask_at=min(now + _TRIED_AGAIN, known.given_at + GOOD_FOR))
            self._answers[person.person_id, person.role] = known
            return known
        held = next((one.attributes for one in told.standings if one.role == person.role), None)
        return self._keep(person, held)

    def _keep(self, person: Person, attributes: Mapping[str, str] | None) -> _Answer:
        now = self._clock()
        answer = self._answers[person.person_id, person.role] = _Answer(attributes, now, now + ASKED_AGAIN)
        self._answers.move_to_end((person.person_id, person.role))
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
        return answer


def _as_of(answer: _Answer, person: Person) -> Person:
    if answer.attributes is None:
        raise NoLongerHeld
    return person.model_copy(update={"attributes": dict(answer.attributes)})
