"""Whoever leaves loses what they could do: employers' people too, and staff on their first day."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ieum.database import Database
from ieum.testing.client import Tokens
from registration.clock.store import clock

COUNSELLOR = {"name": "김상담", "role": "counsellor", "centre_code": "15152"}


@pytest.fixture
def operator(tokens: Tokens) -> dict[str, str]:
    """Who keeps the HR calendar."""
    return tokens("operator", "o-1")


@pytest.fixture
async def day(database: Database) -> Any:
    """`day(1)`: tomorrow in Seoul, as it is written."""
    async with database.reading() as tx:
        now = (await clock(tx)).day
    return lambda ahead: (now + timedelta(days=ahead)).isoformat()


@pytest.fixture
async def hiring_person(database: Database, service_client: httpx.AsyncClient, operator: dict[str, str]) -> Any:
    """Somebody who acts for an employer: (person, employer)."""
    employer_id = uuid4()
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO employer (employer_id, name, region_code, centre_code, source, registered_by)
            VALUES ($1, '이음상사', '41150', '15152', 'portal', 'test')
            """,
            employer_id,
        )
    body = {"name": "박사장", "role": "employer", "employer_id": str(employer_id), "phone": "02-123-4567"}
    answer = await service_client.post("/people", json=body, headers=operator)
    return answer.json()["person_id"], str(employer_id)


async def standings(client: httpx.AsyncClient, tokens: Tokens, person_id: str) -> list[str]:
    answer = await client.get(f"/people/{person_id}/standings", headers=tokens("service", "service:portal"))
    return [standing["role"] for standing in answer.json()["standings"]]


async def leave(client: httpx.AsyncClient, headers: dict[str, str], person_id: str, ends_on: str) -> httpx.Response:
    return await client.post(f"/people/{person_id}/departure", json={"ends_on": ends_on}, headers=headers)


async def test_an_employers_person_acts_no_more_from_the_day_on(
    service_client: httpx.AsyncClient, operator: dict[str, str], tokens: Tokens, hiring_person: Any, day: Any
) -> None:
    person_id, employer_id = hiring_person
    contact = f"/contacts/employer:{employer_id}?purpose=referral_made"
    service = tokens("service", "service:notifications")

    planned = await leave(service_client, operator, person_id, day(1))
    while_planned = await standings(service_client, tokens, person_id)
    gone = await leave(service_client, operator, person_id, day(0))

    assert (planned.status_code, planned.json()["employer_ends_on"], while_planned) == (200, day(1), ["employer"])
    assert (gone.status_code, gone.json()["employer_ends_on"]) == (200, day(0))
    assert await standings(service_client, tokens, person_id) == []
    assert (await service_client.get(contact, headers=service)).status_code == 404


async def test_who_has_left_an_employer_does_not_come_back_by_leaving_later(
    service_client: httpx.AsyncClient, operator: dict[str, str], tokens: Tokens, hiring_person: Any, day: Any
) -> None:
    person_id, _ = hiring_person
    await leave(service_client, operator, person_id, day(0))

    later = await leave(service_client, operator, person_id, day(5))

    assert (later.status_code, later.json()["errors"][0]["field"]) == (422, "ends_on")
    assert await standings(service_client, tokens, person_id) == []


@pytest.mark.parametrize("ahead", [0, 3])
async def test_a_post_is_cancelled_on_its_first_day_or_before_and_that_is_kept(
    service_client: httpx.AsyncClient,
    operator: dict[str, str],
    tokens: Tokens,
    database: Database,
    day: Any,
    ahead: int,
) -> None:
    body = {**COUNSELLOR, "starts_on": day(ahead)}
    person_id = (await service_client.post("/people", json=body, headers=operator)).json()["person_id"]

    gone = await leave(service_client, operator, person_id, day(ahead))

    assert (gone.status_code, gone.json()["appointments"]) == (200, [])
    assert await standings(service_client, tokens, person_id) == []
    async with database.reading() as tx:
        (kept,) = await tx.fetch("SELECT role, centre_code, starts_on, cancelled_by FROM cancelled_appointment")
    assert (kept["role"], kept["centre_code"], str(kept["starts_on"]), kept["cancelled_by"]) == (
        "counsellor",
        "15152",
        day(ahead),
        "o-1",
    )


async def test_somebody_moves_on_the_first_day(
    service_client: httpx.AsyncClient, operator: dict[str, str], tokens: Tokens, day: Any
) -> None:
    person_id = (await service_client.post("/people", json=COUNSELLOR, headers=operator)).json()["person_id"]
    move = {"role": "director", "centre_code": "12031", "starts_on": day(0)}

    moved = await service_client.post(f"/people/{person_id}/appointments", json=move, headers=operator)

    assert moved.status_code == 201
    assert [(post["role"], post["starts_on"]) for post in moved.json()["appointments"]] == [("director", day(0))]
    assert await standings(service_client, tokens, person_id) == ["director"]


async def test_a_move_that_was_planned_goes_with_the_departure_of_that_day(
    service_client: httpx.AsyncClient, operator: dict[str, str], day: Any
) -> None:
    body = {**COUNSELLOR, "starts_on": "2020-01-02"}
    person_id = (await service_client.post("/people", json=body, headers=operator)).json()["person_id"]
    move = {"role": "counsellor", "centre_code": "12031", "starts_on": day(2)}
    await service_client.post(f"/people/{person_id}/appointments", json=move, headers=operator)

    gone = await leave(service_client, operator, person_id, day(2))

    assert [(post["centre_code"], post["ends_on"]) for post in gone.json()["appointments"]] == [("15152", day(2))]


async def test_what_was_held_for_days_is_not_cancelled(
    service_client: httpx.AsyncClient, operator: dict[str, str], day: Any
) -> None:
    body = {**COUNSELLOR, "starts_on": day(-1)}
    person_id = (await service_client.post("/people", json=body, headers=operator)).json()["person_id"]

    gone = await leave(service_client, operator, person_id, day(-1))

    assert (gone.status_code, gone.json()["errors"][0]["field"]) == (422, "ends_on")
