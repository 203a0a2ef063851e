"""Vacancies and jobseekers as the events that tell of them, and what a test reads back."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from ieum.database import Database
from ieum.messaging import Event
from matching.market.events import (
    JobseekerChanged,
    JobseekerEvent,
    JobseekerRegistered,
    JobseekerResumed,
    JobseekerStopped,
    VacancyChanged,
    VacancyClosed,
    VacancyEvent,
    VacancyExpired,
    VacancyFilled,
    VacancyOpened,
    VacancyPaused,
    VacancyResumed,
)
from matching.market.facts import Jobseeker, Vacancy
from matching.market.hearing import jobseekers_after, vacancies_after
from matching.recommendations import rules
from matching.recommendations.handlers import propose_matches
from matching.recommendations.ranking import Place, place

from .worlds import brute_force

MODES = {"paused": VacancyPaused, "open": VacancyResumed, "filled": VacancyFilled, "closed": VacancyClosed,
         "expired": VacancyExpired}  # fmt: skip


def opened(vacancy: Vacancy) -> Event:
    return VacancyOpened(**asdict(vacancy)).received(vacancy.vacancy_id)


def changed(vacancy: Vacancy) -> Event:
    return VacancyChanged(**asdict(vacancy)).received(vacancy.vacancy_id)


def became(vacancy: Vacancy) -> Event:
    """The event of a vacancy's status as it is now."""
    return MODES[vacancy.status]().received(vacancy.vacancy_id)


def registered(jobseeker: Jobseeker) -> Event:
    return JobseekerRegistered(**asdict(jobseeker)).received(jobseeker.jobseeker_id)


def resumed(jobseeker: Jobseeker) -> Event:
    return JobseekerResumed(**asdict(jobseeker)).received(jobseeker.jobseeker_id)


def rewritten(jobseeker: Jobseeker) -> Event:
    return JobseekerChanged(**asdict(jobseeker)).received(jobseeker.jobseeker_id)


def stopped(jobseeker: Jobseeker) -> Event:
    told: dict[str, Any] = {"stopped_on": jobseeker.stopped_on, "reason": jobseeker.stop_reason}
    return JobseekerStopped(**told).received(jobseeker.jobseeker_id)


def all_of_vacancy(vacancy: Vacancy) -> list[Event]:
    """The events from nothing to a vacancy as it is."""
    first = opened(replace(vacancy, status="open"))
    return [first] if vacancy.is_open else [first, became(vacancy)]


def all_of_jobseeker(jobseeker: Jobseeker) -> list[Event]:
    """The events from nothing to a jobseeker as they are."""
    first = registered(replace(jobseeker, stopped_on=None, stop_reason=None))
    return [first] if jobseeker.stopped_on is None else [first, stopped(jobseeker)]


async def hear(database: Database, *events: Event) -> None:
    """Handle the events as one batch."""
    async with database.transaction() as tx:
        await propose_matches(tx, list(events))  # type: ignore[arg-type]


async def kept(database: Database) -> dict[str, list[Place]]:
    """The matches of each jobseeker who has any, from the best down."""
    return await _kept(database, "told_score IS NOT NULL")


async def kept_with_spares(database: Database) -> dict[str, list[Place]]:
    """All places kept for each jobseeker who has any, from the best down."""
    return await _kept(database, "true")


async def _kept(database: Database, condition: str) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    async with database.reading() as tx:
        for row in await tx.fetch(f"SELECT jobseeker_id, vacancy_id, score FROM match WHERE {condition}"):  # noqa: S608
            found.setdefault(row["jobseeker_id"], []).append(place(row["score"], row["vacancy_id"]))
    return {jobseeker_id: sorted(places) for jobseeker_id, places in found.items()}


def rankings(vacancies: Iterable[Vacancy], jobseekers: Iterable[Jobseeker]) -> dict[str, list[Place]]:
    """Everything that suits each jobseeker, in order, by looking at every pair; only those whom anything suits."""
    all_vacancies = list(vacancies)
    found = {jobseeker.jobseeker_id: brute_force(all_vacancies, jobseeker) for jobseeker in jobseekers}
    return {jobseeker_id: places for jobseeker_id, places in found.items() if places}


def expected(vacancies: Iterable[Vacancy], jobseekers: Iterable[Jobseeker]) -> dict[str, list[Place]]:
    """The matches there must be."""
    return {jobseeker_id: places[:10] for jobseeker_id, places in rankings(vacancies, jobseekers).items()}


def after_all(events: Iterable[Event]) -> dict[str, list[Place]]:
    """What must be kept after events that were heard one after the other."""
    told = list(events)
    jobseekers = jobseekers_after({}, [e for e in told if isinstance(e, JobseekerEvent)])
    vacancies = vacancies_after({}, [e for e in told if isinstance(e, VacancyEvent)])
    return expected(vacancies.values(), jobseekers.values())


async def told(database: Database) -> list[dict[str, Any]]:
    """What was told of matches, in order: event type, match id, version and body."""
    async with database.reading() as tx:
        rows = await tx.fetch(
            "SELECT type, aggregate_id, aggregate_version AS version, convert_from(body, 'UTF8') AS body "
            "FROM outbox ORDER BY id"
        )
    return [{**dict(row), "body": json.loads(row["body"])} for row in rows]


def score(vacancy: Vacancy, jobseeker: Jobseeker) -> int:
    verdict = rules.judge(vacancy, jobseeker)
    assert verdict is not None
    return rules.total(verdict)
