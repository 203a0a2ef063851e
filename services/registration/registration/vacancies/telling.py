"""What is told of a vacancy: its events, made of its state; pure."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from ieum.messaging import Event
from registration.reference.codes import occupation_name, region_name
from registration.vacancies.events import (
    VacancyChanged,
    VacancyClosed,
    VacancyExpired,
    VacancyFilled,
    VacancyOpened,
    VacancyPaused,
    VacancyResumed,
)
from registration.vacancies.rules import Move, Terms, changed_terms, hourly_pay, told_reason


def _state(employer_id: object, employer_name: str, centre_code: str, terms: Terms, source: str) -> dict[str, Any]:
    return {
        "employer_id": str(employer_id),
        "employer_name": employer_name,
        "centre_code": centre_code,
        **terms._asdict(),
        "occupation_name": occupation_name(terms.occupation_code),
        "region_name": region_name(terms.region_code),
        "hourly_pay": hourly_pay(terms),
        "source": source,
    }


def opened(*, employer_id: object, employer_name: str, centre_code: str, terms: Terms, source: str) -> VacancyOpened:
    """The vacancy as it opens."""
    return VacancyOpened(**_state(employer_id, employer_name, centre_code, terms, source))


_FOLLOWS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"occupation_code": ("occupation_name",), "region_code": ("region_name",), "employer_id": ("employer_name",)}
)
"""What changes with what; hourly pay and centre are compared themselves."""


def changes(old: Terms, new: Terms, *, employer_differs: bool = False, centre_differs: bool = False) -> list[str]:
    """The names of everything in the event that is not as it was before."""
    changed = changed_terms(old, new)
    if employer_differs:
        changed.insert(0, "employer_id")
    if centre_differs:
        changed.append("centre_code")
    if hourly_pay(old) != hourly_pay(new):
        changed.append("hourly_pay")
    return [name for first in changed for name in (first, *_FOLLOWS.get(first, ()))]


def changed(
    names: list[str], *, employer_id: object, employer_name: str, centre_code: str, terms: Terms, source: str
) -> VacancyChanged:
    """The vacancy as it is after a change, and what changed."""
    return VacancyChanged(**_state(employer_id, employer_name, centre_code, terms, source), changed=names)


def _expired(centre_code: str, openings: int, closes_on: date | None, _: str | None) -> Event:
    if closes_on is None:
        raise ValueError("a vacancy without a closing day does not expire")
    return VacancyExpired(centre_code=centre_code, openings=openings, closes_on=closes_on)


def _resumed(centre_code: str, openings: int, *_: Any) -> Event:
    return VacancyResumed(centre_code=centre_code, openings=openings)


_MOVED: Final[Mapping[Move, Callable[[str, int, date | None, str | None], Event]]] = MappingProxyType(
    {
        "pause": lambda centre, openings, _, why: VacancyPaused(
            centre_code=centre, openings=openings, reason=told_reason(why)
        ),
        "close": lambda centre, openings, _, why: VacancyClosed(
            centre_code=centre, openings=openings, reason=told_reason(why)
        ),
        "fill": lambda centre, openings, *_: VacancyFilled(centre_code=centre, openings=openings),
        "resume": _resumed,
        "reopen": _resumed,
        "renew": _resumed,
        "expire": _expired,
    }
)


def moved(move: Move, *, centre_code: str, terms: Terms, reason: str | None = None) -> Event:
    """What is told of a move."""
    return _MOVED[move](centre_code, terms.openings, terms.closes_on, reason)
