"""Every look is kept, in a chain that shows when it was touched, for two years."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from ieum.database import Database
from ieum.testing.client import Tokens
from registration.people.sealing import Sealing
from registration.record_looks import store
from registration.record_looks.checking import erase_old_looks, verify_looks
from registration.record_looks.rules import KEEP, Look

Appointed = Callable[..., Awaitable[dict[str, str]]]

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


async def add_looks(database: Database, sealing: Sealing, *times: datetime, person_id: str = "p-1") -> None:
    for time in times:
        async with database.transaction() as tx:
            look = Look(time, "c-1", "counsellor", "10.0.0.7", person_id, "record", "advice")
            await store.add_look(tx, look, sealing.look_key)


async def faults(database: Database, sealing: Sealing) -> list[str]:
    return (await verify_looks(database, sealing.look_key)).faults


@pytest.fixture
async def registered(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Callable[..., dict[str, Any]]
) -> tuple[str, dict[str, str]]:
    """Somebody registered at 의정부: id and headers."""
    person_id = str(uuid4())
    headers = tokens("jobseeker", person_id)
    await service_client.post("/jobseekers", json=form(), headers=headers)
    return person_id, headers


async def test_every_look_is_kept_with_who_whose_whence_and_what_for(
    service_client: httpx.AsyncClient,
    registered: tuple[str, dict[str, str]],
    appointed: Appointed,
    tokens: Tokens,
    database: Database,
    sealing: Sealing,
) -> None:
    person_id, own = registered
    staff = await appointed("counsellor")
    service = tokens("service", "service:notifications")

    await service_client.get(f"/jobseekers/{person_id}", headers=own)
    await service_client.get(
        f"/jobseekers/{person_id}?purpose=first%20interview", headers={**staff, "X-Forwarded-For": "192.0.2.7"}
    )
    await service_client.get("/jobseekers?centre_code=15152", headers=staff)
    await service_client.get(f"/contacts/{person_id}?purpose=match_proposed", headers=service)

    async with database.reading() as tx:
        looks = [chained.look async for chained in store.all_looks(tx)]
    assert [(look.viewer_role, look.person_id, look.seen, look.purpose) for look in looks] == [
        ("jobseeker", person_id, "record", "counselling"),
        ("counsellor", person_id, "record", "first interview"),
        ("counsellor", None, "list:15152", "list"),
        ("service", person_id, "contact", "match_proposed"),
    ]
    assert looks[1].came_from == "127.0.0.1 for 192.0.2.7"
    assert looks[3].viewer_id == "service:notifications"
    assert await faults(database, sealing) == []


async def test_a_refused_look_shows_nothing_and_is_no_look(
    service_client: httpx.AsyncClient,
    registered: tuple[str, dict[str, str]],
    appointed: Appointed,
    database: Database,
    sealing: Sealing,
) -> None:
    await service_client.get(f"/jobseekers/{registered[0]}", headers=await appointed("counsellor", "12031"))

    assert (await verify_looks(database, sealing.look_key)).ends is None


async def test_a_person_and_their_director_see_who_looked(
    service_client: httpx.AsyncClient, registered: tuple[str, dict[str, str]], appointed: Appointed, tokens: Tokens
) -> None:
    person_id, own = registered
    counsellor = await appointed("counsellor")
    for purpose in ("a", "b", "c"):
        await service_client.get(f"/jobseekers/{person_id}?purpose={purpose}", headers=counsellor)

    url = f"/record-looks?person_id={person_id}"
    first = (await service_client.get(f"{url}&limit=2", headers=own)).json()
    second = (await service_client.get(f"{url}&limit=2&cursor={first['next']}", headers=own)).json()
    director = await service_client.get(url, headers=await appointed("director"))
    others = [
        (await service_client.get(url, headers=headers)).status_code
        for headers in (counsellor, tokens("jobseeker", str(uuid4())), await appointed("director", "12031"))
    ]

    assert [look["purpose"] for look in first["items"] + second["items"]] == ["c", "b", "a"]
    assert second["next"] is None
    assert len(director.json()["items"]) == 3
    assert others == [403, 403, 403]


@pytest.mark.parametrize("person_id", ["", "nobody", str(uuid4())])
async def test_looks_at_nobody_are_forbidden(
    service_client: httpx.AsyncClient, appointed: Appointed, person_id: str
) -> None:
    answer = await service_client.get(f"/record-looks?person_id={person_id}", headers=await appointed("director"))

    assert answer.status_code == 403


@pytest.mark.parametrize("purpose", ["", "%20", "a%0Ab", "a%00b", "x" * 201, "900101-1234568"])
async def test_a_purpose_that_says_nothing_is_refused(
    service_client: httpx.AsyncClient, registered: tuple[str, dict[str, str]], purpose: str
) -> None:
    person_id, own = registered

    answer = await service_client.get(f"/jobseekers/{person_id}?purpose={purpose}", headers=own)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "purpose"


async def test_a_look_cannot_be_changed_in_the_table(database: Database, sealing: Sealing) -> None:
    await add_looks(database, sealing, NOW)

    async with database.transaction() as tx:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await tx.execute("UPDATE record_look SET purpose = 'other'")


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE record_look SET viewer_id = 'c-2' WHERE look_no = 2", "look 2 was changed"),
        ("DELETE FROM record_look WHERE look_no = 2", "look 2 is missing"),
        ("DELETE FROM record_look WHERE look_no = 3", "looks 3 to 3 are missing"),
        ("DELETE FROM record_look_chain", "looks without a chain"),
    ],
)
async def test_who_gets_around_the_trigger_is_found_out(
    database: Database, sealing: Sealing, tampering: str, fault: str
) -> None:
    await add_looks(database, sealing, NOW, NOW, NOW)
    async with database.transaction() as tx:
        await tx.execute("ALTER TABLE record_look DISABLE TRIGGER ALL")
        await tx.execute(tampering)

    assert await faults(database, sealing) == [fault]


async def test_newest_looks_cut_off_with_the_end_moved_back_are_found_out(database: Database, sealing: Sealing) -> None:
    await add_looks(database, sealing, NOW, NOW, NOW)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM record_look WHERE look_no = 3")
        await tx.execute(
            "UPDATE record_look_chain SET last_no = 2, last_mac = (SELECT mac FROM record_look WHERE look_no = 2)"
        )

    assert await faults(database, sealing) == ["the ends of the chain were changed"]


async def test_looks_are_erased_after_two_years_and_the_chain_goes_on(database: Database, sealing: Sealing) -> None:
    old, young = NOW - KEEP - timedelta(seconds=1), NOW - KEEP
    await add_looks(database, sealing, old, old, young, NOW)

    erased = await erase_old_looks(database, sealing.look_key, NOW)

    await add_looks(database, sealing, NOW)
    async with database.reading() as tx:
        numbers = [chained.look_no async for chained in store.all_looks(tx)]
    assert erased == 2
    assert numbers == [3, 4, 5]
    assert await faults(database, sealing) == []


async def test_a_young_look_keeps_the_older_ones_behind_it(database: Database, sealing: Sealing) -> None:
    old = NOW - KEEP - timedelta(days=1)
    await add_looks(database, sealing, NOW, old)

    assert await erase_old_looks(database, sealing.look_key, NOW) == 0


async def test_erasing_goes_in_short_steps(database: Database, sealing: Sealing) -> None:
    old = NOW - KEEP - timedelta(days=1)
    await add_looks(database, sealing, *[old] * 5)

    erased = []
    for _ in range(4):
        async with database.transaction() as tx:
            erased.append(await store.erase_looks(tx, NOW - KEEP, sealing.look_key, limit=2))

    assert erased == [2, 2, 1, 0]
    assert await faults(database, sealing) == []
