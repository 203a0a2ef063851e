"""What registration does when matching records or reverses placements."""

from collections.abc import Iterable
from uuid import UUID

from ieum.database import Transaction
from ieum.messaging import Event, Reactions, outbox
from ieum.telemetry import log
from registration.clock.store import clock
from registration.jobseekers.jobseeker import Jobseeker, stopped, went_on
from registration.jobseekers.store import lock_jobseekers, save_jobseekers
from registration.placements import store
from registration.placements.events import PlacementRecorded, PlacementReversed
from registration.placements.rules import move_of_hires, outcome
from registration.text.ids import asked_id
from registration.vacancies.moving import Wish, move_locked
from registration.vacancies.store import count_hires, lock_vacancies

reactions = Reactions()


@reactions.consume("registration.placements")
async def take_placements(tx: Transaction, events: list[PlacementRecorded | PlacementReversed]) -> None:
    """
    Count the hires, fill or reopen the vacancies, end or resume the registrations.

    A placement of a vacancy or a jobseeker that is not known here is kept and changes nothing else: it is a fact all
    the same. Vacancies are locked before jobseekers, each in the order of their ids, and nothing else locks both.
    """
    vacancies = await lock_vacancies(tx, _ids(event.vacancy_id for event in events))
    locked = await lock_jobseekers(tx, _ids(event.jobseeker_id for event in events))
    jobseekers = {str(jobseeker_id): jobseeker for jobseeker_id, jobseeker in locked.items()}
    now, _ = await clock(tx)
    standing = await store.standing_placements(tx, jobseekers)

    found = outcome(events, jobseekers, standing, now)

    await store.save_placements(tx, list(found.placements.values()))
    await save_jobseekers(tx, [state for states in found.states.values() for state in states])
    hires = await count_hires(tx, [str(vacancy_id) for vacancy_id in vacancies])
    wishes = {
        vacancy_id: Wish(move_of_hires(vacancy.terms.openings, hires.get(str(vacancy_id), 0)))
        for vacancy_id, vacancy in vacancies.items()
    }
    facts = await move_locked(tx, wishes, vacancies)
    facts |= {jobseeker_id: [_fact(state) for state in states] for jobseeker_id, states in found.states.items()}
    await outbox.add(tx, facts)
    _warn_of_strangers(events, {*jobseekers, *map(str, vacancies)})


def _fact(state: Jobseeker) -> Event:
    return went_on(state) if state.period.is_open else stopped(state)


def _ids(texts: Iterable[str]) -> set[UUID]:
    return {found for text in texts if (found := asked_id(text))}


def _warn_of_strangers(events: Iterable[PlacementRecorded | PlacementReversed], known: set[str]) -> None:
    count = sum(not {event.vacancy_id, event.jobseeker_id} <= known for event in events)
    if count:
        log.warning("placements_of_strangers", count=count)
