"""Placements heard: vacancies fill and reopen, registrations end and resume, together or one by one to the same end."""

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from ieum.database import Database
from ieum.messaging import Topics, outbox
from registration.jobseekers.jobseeker import Jobseeker, Period, Wishes
from registration.jobseekers.store import find_jobseeker, list_periods, save_jobseekers
from registration.people.person import Person, seal
from registration.people.sealing import Sealing
from registration.people.store import save_person
from registration.placements.events import PlacementRecorded, PlacementReversed
from registration.placements.handlers import take_placements

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]
Heard = PlacementRecorded | PlacementReversed

NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)
WISHES = Wishes(["01"], ["00000"], None, [], None, None, 0, "00", True)
EMPLOYER = UUID(int=99)


@pytest.fixture
async def speaking(database: Database, topics: Topics) -> Database:
    """A database through which registration speaks."""
    outbox.configure(database, topics, "registration")
    return database


async def add_jobseeker(database: Database, sealing: Sealing) -> str:
    jobseeker_id = uuid4()
    async with database.transaction() as tx:
        await save_person(tx, seal(Person(jobseeker_id, "홍길동", "h@example.com", None, None, "ko"), sealing))
        jobseeker = Jobseeker(
            jobseeker_id, 1, "15152", WISHES, NOON, "2026-11", "test", NOON, Period(1, date(2026, 1, 2))
        )
        await save_jobseekers(tx, [jobseeker])
    return str(jobseeker_id)


async def add_vacancy(database: Database, openings: int, status: str = "open") -> str:
    vacancy_id = uuid4()
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO employer (employer_id, name, region_code, centre_code, source, registered_by)
            VALUES ($1, '이음상사', '41150', '15152', 'csv', 'test') ON CONFLICT DO NOTHING
            """,
            EMPLOYER,
        )
        await tx.execute(
            """
            INSERT INTO vacancy (vacancy_id, employer_id, centre_code, title, occupation_code, region_code, openings,
                pay_type, employment_type, career, education, status, source, posted_on, registered_by, announced_at)
            VALUES ($1, $2, '15152', '조리원', '531201', '41150', $3, 'hour', 'regular', 'any', '00', $4, 'portal',
                '2026-11-01', 'test', now())
            """,
            vacancy_id,
            EMPLOYER,
            openings,
            status,
        )
    return str(vacancy_id)


async def status_of(database: Database, vacancy_id: str) -> str:
    async with database.reading() as tx:
        return str(await tx.fetchval("SELECT status FROM vacancy WHERE vacancy_id = $1", UUID(vacancy_id)))


async def periods_of(database: Database, jobseeker_id: str) -> list[tuple[int, str | None]]:
    async with database.reading() as tx:
        return [(period.number, period.reason) for period in await list_periods(tx, UUID(jobseeker_id))]


def recorded(jobseeker_id: str, vacancy_id: str, placement_id: str) -> PlacementRecorded:
    event = PlacementRecorded(jobseeker_id=jobseeker_id, vacancy_id=vacancy_id, hired_on=TODAY)
    return event.received(placement_id, 1, occurred_at=NOON)


def taken_back(jobseeker_id: str, vacancy_id: str, placement_id: str) -> PlacementReversed:
    event = PlacementReversed(jobseeker_id=jobseeker_id, vacancy_id=vacancy_id, hired_on=TODAY)
    return event.received(placement_id, 2, occurred_at=NOON)


async def hear(database: Database, *events: Heard) -> None:
    async with database.transaction() as tx:
        await take_placements(tx, list(events))


async def test_a_hire_fills_the_vacancy_and_ends_the_registration(
    speaking: Database, sealing: Sealing, told: Told
) -> None:
    jobseeker, vacancy = await add_jobseeker(speaking, sealing), await add_vacancy(speaking, openings=1)

    await hear(speaking, recorded(jobseeker, vacancy, "p-1"))

    assert await status_of(speaking, vacancy) == "filled"
    assert await periods_of(speaking, jobseeker) == [(1, "employed")]
    assert sorted((kind, id_, event) for kind, id_, _, event in await told()) == [
        ("JobseekerStopped", jobseeker, {"centre_code": "15152", "stopped_on": "2026-11-23", "reason": "employed"}),
        ("VacancyFilled", vacancy, {"centre_code": "15152", "openings": 1}),
    ]


async def test_a_reversal_undoes_both(speaking: Database, sealing: Sealing, told: Told) -> None:
    jobseeker, vacancy = await add_jobseeker(speaking, sealing), await add_vacancy(speaking, openings=1)
    await hear(speaking, recorded(jobseeker, vacancy, "p-1"))

    await hear(speaking, taken_back(jobseeker, vacancy, "p-1"))

    assert await status_of(speaking, vacancy) == "open"
    assert await periods_of(speaking, jobseeker) == [(1, "employed"), (2, None)]
    kinds = sorted(kind for kind, *_ in await told())
    assert kinds == ["JobseekerResumed", "JobseekerStopped", "VacancyFilled", "VacancyResumed"]
    async with speaking.reading() as tx:
        kept = await find_jobseeker(tx, UUID(jobseeker))
    assert kept is not None
    assert (kept.version, kept.wishes) == (3, WISHES)


async def test_a_vacancy_is_filled_by_as_many_hires_as_it_has_openings(speaking: Database, sealing: Sealing) -> None:
    vacancy = await add_vacancy(speaking, openings=2)
    people = [await add_jobseeker(speaking, sealing) for _ in range(2)]

    await hear(speaking, recorded(people[0], vacancy, "p-0"))
    halfway = await status_of(speaking, vacancy)
    await hear(speaking, recorded(people[1], vacancy, "p-1"))

    assert (halfway, await status_of(speaking, vacancy)) == ("open", "filled")


async def test_a_vacancy_that_was_closed_meanwhile_stays_closed(
    speaking: Database, sealing: Sealing, told: Told
) -> None:
    jobseeker, vacancy = await add_jobseeker(speaking, sealing), await add_vacancy(speaking, 1, status="closed")

    await hear(speaking, recorded(jobseeker, vacancy, "p-1"))
    await hear(speaking, taken_back(jobseeker, vacancy, "p-1"))

    assert await status_of(speaking, vacancy) == "closed"
    assert [kind for kind, *_ in await told()] == ["JobseekerStopped", "JobseekerResumed"]


async def test_a_placement_of_strangers_is_kept_and_told_to_nobody(speaking: Database, told: Told) -> None:
    await hear(speaking, recorded(str(uuid4()), str(uuid4()), "p-1"), recorded("not an id", "neither", "p-2"))

    async with speaking.reading() as tx:
        kept = await tx.fetchval("SELECT count(*) FROM placement")
    assert kept == 2
    assert await told() == []


async def test_batches_of_any_cut_and_order_across_placements_come_to_the_same_end(
    speaking: Database, sealing: Sealing
) -> None:
    vacancies = [await add_vacancy(speaking, openings=n) for n in (1, 2, 3)]
    people = [await add_jobseeker(speaking, sealing) for _ in range(4)]
    histories: list[list[Heard]] = []
    for n, (person, vacancy, held) in enumerate(
        [(0, 0, True), (1, 1, False), (2, 1, True), (3, 2, True), (3, 2, False), (0, 2, True)]
    ):
        who, what = people[person], vacancies[vacancy]
        history: list[Heard] = [recorded(who, what, f"p-{n}")]
        histories.append(history if held else [*history, taken_back(who, what, f"p-{n}")])
    chance = random.Random(7)

    for batch in _cut(_shuffled(histories, chance), chance):
        await hear(speaking, *batch)

    assert [await status_of(speaking, vacancy) for vacancy in vacancies] == ["filled", "open", "open"]
    ends = [(await periods_of(speaking, person))[-1][1] for person in people]
    assert ends == ["employed", None, "employed", "employed"]


def _shuffled(histories: Sequence[Sequence[Heard]], chance: random.Random) -> list[Heard]:
    """The events in any order that keeps each placement's own."""
    left = [list(history) for history in histories]
    found = []
    while any(left):
        found.append(chance.choice([history for history in left if history]).pop(0))
    return found


def _cut(events: list[Heard], chance: random.Random) -> list[list[Heard]]:
    batches = []
    while events:
        size = chance.randint(1, 4)
        batches.append(events[:size])
        events = events[size:]
    return batches
