"""Moves vacancies along their lifecycle, many in one statement; the caller tells all events of its transaction."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from ieum.database import Transaction
from ieum.messaging import Event
from registration.vacancies.changing import same_state
from registration.vacancies.rules import Move, after
from registration.vacancies.store import count_hires, lock_vacancies, save_vacancies
from registration.vacancies.telling import moved
from registration.vacancies.vacancy import NewState, Vacancy


class Wish(NamedTuple):
    """A move that somebody wants, and why."""

    move: Move
    reason: str | None = None


async def move_locked(
    tx: Transaction, wishes: Mapping[UUID, Wish], locked: Mapping[UUID, Vacancy]
) -> dict[str, list[Event]]:
    """
    Move vacancies that this transaction has locked; returns the events to be told, by vacancy, for the caller's one
    `outbox.add`.

    A move that a vacancy's status does not allow is left out, and so is a vacancy that is not there: a placement for a
    vacancy that somebody closed meanwhile is a fact all the same.
    """
    states: list[NewState] = []
    said: dict[str, list[Event]] = {}
    for vacancy_id, wish in wishes.items():
        vacancy = locked.get(vacancy_id)
        status = after(vacancy.status, wish.move) if vacancy else None
        if vacancy is None or status is None:
            continue
        states.append(same_state(vacancy)._replace(status=status, status_reason=wish.reason))
        if vacancy.is_announced:
            event = moved(wish.move, centre_code=vacancy.centre_code, terms=vacancy.terms, reason=wish.reason)
            said[str(vacancy_id)] = [event]
    await save_vacancies(tx, states)
    return said


async def fill_hired(tx: Transaction, vacancy_ids: Collection[UUID]) -> dict[str, list[Event]]:
    """
    Fill vacancies that wanted no more than were hired already, after their terms changed; returns the events.

    The vacancies are locked by this transaction, which is what `count_hires` asks for.
    """
    hires = await count_hires(tx, [str(vacancy_id) for vacancy_id in vacancy_ids]) if vacancy_ids else {}
    if not hires:
        return {}
    # Read again, for their terms are new.
    locked = await lock_vacancies(tx, map(UUID, hires))
    full = [key for key, vacancy in locked.items() if hires[str(key)] >= vacancy.terms.openings]
    return await move_locked(tx, dict.fromkeys(full, Wish("fill")), locked)
