"""Vacancies expire after their last day in Korea by the database's clock; moves for others leave out what cannot be."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ieum.database import Database
from ieum.messaging import Topics, outbox
from registration.clock.store import clock
from registration.employers.employer import NewEmployer
from registration.employers.store import save_new_employers
from registration.vacancies.expiry import expire_batch
from registration.vacancies.moving import Wish, move_locked
from registration.vacancies.rules import Terms
from registration.vacancies.store import find_vacancy, lock_vacancies, save_new_vacancies
from registration.vacancies.vacancy import NewVacancy

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]
Kept = Callable[[int | None, str], Awaitable[UUID]]


@pytest.fixture
def kept(database: Database, topics: Topics) -> Kept:
    """Keeps a vacancy that closes some days from today, in a status."""
    outbox.configure(database, topics, "registration")

    async def keep(days: int | None, status: str = "open") -> UUID:
        identity = uuid4()
        async with database.transaction() as tx:
            closes_on = None if days is None else (await clock(tx)).day + timedelta(days=days)
            terms = Terms(
                "제목", "133200", "41150", 1, "month", None, None, "regular", None, "any", "00", closes_on
            )  # fmt: skip
            employer = NewEmployer(UUID(int=1), None, "기업", "41150", "15152", None, "portal")
            await save_new_employers(tx, [employer], "p-1")
            new = NewVacancy(identity, employer.employer_id, "15152", terms, "open", "portal")
            await save_new_vacancies(tx, [new], "p-1")
            await tx.execute("UPDATE vacancy SET status = $2 WHERE vacancy_id = $1", identity, status)
        return identity

    return keep


async def status_of(database: Database, identity: UUID) -> str:
    async with database.reading() as tx:
        found = await find_vacancy(tx, identity)
    assert found is not None
    return found.status


async def test_only_what_is_past_its_day_expires_and_says_so(kept: Kept, database: Database, told: Told) -> None:
    past, paused = await kept(-1, "open"), await kept(-3, "paused")
    others = [await kept(0, "open"), await kept(None, "open"), await kept(-1, "closed"), await kept(-1, "filled")]

    count = await expire_batch(database)

    assert count == 2
    assert {await status_of(database, one) for one in (past, paused)} == {"expired"}
    assert [await status_of(database, one) for one in others] == ["open", "open", "closed", "filled"]
    said = await told()
    assert {(kind, key) for kind, key, *_ in said} == {("VacancyExpired", str(past)), ("VacancyExpired", str(paused))}
    assert all(body["closes_on"] and body["openings"] == 1 for *_, body in said)
    assert await expire_batch(database) == 0


async def test_two_replicas_expire_each_vacancy_once(kept: Kept, database: Database, told: Told) -> None:
    for _ in range(12):
        await kept(-1, "open")

    counts = await asyncio.gather(*(expire_batch(database, 5) for _ in range(4)))

    assert sum(counts) == len(await told()) >= 5
    assert set(Counter(key for _, key, *_ in await told()).values()) == {1}


async def test_moves_that_cannot_be_made_are_left_out(kept: Kept, database: Database) -> None:
    open_one, closed, unknown = await kept(None, "open"), await kept(None, "closed"), uuid4()

    wishes = {one: Wish("fill") for one in (open_one, closed, unknown)}

    async with database.transaction() as tx:
        said = await move_locked(tx, wishes, await lock_vacancies(tx, wishes))

    assert {key: [type(event).__name__ for event in events] for key, events in said.items()} == {
        str(open_one): ["VacancyFilled"]
    }
    assert await status_of(database, open_one) == "filled"
    assert await status_of(database, closed) == "closed"


async def test_a_filled_vacancy_opens_again_when_a_placement_is_reversed(kept: Kept, database: Database) -> None:
    identity = await kept(None, "filled")

    async with database.transaction() as tx:
        said = await move_locked(tx, {identity: Wish("reopen")}, await lock_vacancies(tx, [identity]))

    assert [type(event).__name__ for event in said[str(identity)]] == ["VacancyResumed"]
    assert await status_of(database, identity) == "open"
