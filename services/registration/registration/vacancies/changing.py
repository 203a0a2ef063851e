"""What becomes of a vacancy whose terms are told anew, by hand or by a file, and what is told of it; pure."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from ieum.messaging import Event
from registration.vacancies.rules import Terms, move_of_change
from registration.vacancies.telling import changed, changes, moved, opened
from registration.vacancies.vacancy import NewState, Vacancy


class Whose(NamedTuple):
    """Who offers the job and which centre looks after it."""

    employer_id: UUID
    employer_name: str
    centre_code: str


class Change(NamedTuple):
    """The new state, None if all is as it was, and its events; `is_taken` is False where the status takes no change."""

    is_taken: bool
    state: NewState | None
    events: list[Event]


def same_state(vacancy: Vacancy) -> NewState:
    """The vacancy as it is, to be varied."""
    return NewState(
        vacancy_id=vacancy.vacancy_id,
        employer_id=vacancy.employer_id,
        centre_code=vacancy.centre_code,
        terms=vacancy.terms,
        status=vacancy.status,
        status_reason=vacancy.status_reason,
        source_url=vacancy.source_url,
        source_modified_at=vacancy.source_modified_at,
        source_digest=vacancy.source_digest,
        posted_on=vacancy.posted_on,
        is_announced=vacancy.is_announced,
    )


def change_terms(vacancy: Vacancy, terms: Terms, whose: Whose, today: date) -> Change:
    """
    Take new terms. An expired vacancy with a new closing day opens again; one that never was announced opens.

    The employer's name is the one that is registered: a file that writes it otherwise changes nothing.
    """
    is_taken, move = move_of_change(vacancy.status, terms.closes_on, today)
    if not is_taken:
        return Change(False, None, [])
    names = changes(
        vacancy.terms,
        terms,
        employer_differs=vacancy.employer_id != whose.employer_id,
        centre_differs=vacancy.centre_code != whose.centre_code,
    )
    if not names:
        return Change(True, None, [])
    state = same_state(vacancy)._replace(employer_id=whose.employer_id, centre_code=whose.centre_code, terms=terms)
    told = {**whose._asdict(), "terms": terms, "source": vacancy.source}
    if move is None:
        return Change(True, state, [changed(names, **told)])
    state = state._replace(status="open", status_reason=None, is_announced=True)
    if not vacancy.is_announced:
        return Change(True, state, [opened(**told)])
    return Change(True, state, [changed(names, **told), moved(move, centre_code=whose.centre_code, terms=terms)])
