"""Contacts over HTTP: who learns how to reach whom."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ieum.testing.client import Tokens

Appointed = Callable[..., Awaitable[dict[str, str]]]
Form = Callable[..., dict[str, Any]]


async def test_a_service_learns_how_to_reach_a_person_and_an_employer(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, representative: dict[str, Any]
) -> None:
    person_id, employer_id = str(uuid4()), representative["employer_id"]
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", person_id))
    await service_client.post("/people", json=representative, headers=tokens("operator", "o"))
    service = tokens("service", "service:notifications")

    person = await service_client.get(f"/contacts/{person_id}?purpose=match_proposed", headers=service)
    employer = await service_client.get(f"/contacts/employer:{employer_id}?purpose=referral_made", headers=service)

    assert person.json() == {
        "person_id": person_id,
        "name": "홍길동",
        "email": "hong@example.com",
        "phone": "+821012345678",
        "language": "ko",
    }
    assert employer.json()["phone"] == "+8221234567"
    assert employer.json()["person_id"] == f"employer:{employer_id}"
    assert person.headers["cache-control"] == "no-store"


async def test_contact_details_are_shown_to_staff_of_the_persons_centre_only(
    service_client: httpx.AsyncClient, tokens: Tokens, appointed: Appointed, form: Form
) -> None:
    person_id = str(uuid4())
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", person_id))
    here, there = await appointed("counsellor"), await appointed("counsellor", "12031")

    statuses = {
        "own centre": (await service_client.get(f"/contacts/{person_id}?purpose=call", headers=here)).status_code,
        "other centre": (await service_client.get(f"/contacts/{person_id}?purpose=call", headers=there)).status_code,
        "unknown": (await service_client.get(f"/contacts/{uuid4()}?purpose=call", headers=here)).status_code,
        "not an id": (await service_client.get("/contacts/x?purpose=call", headers=here)).status_code,
        "employer": (await service_client.get(f"/contacts/employer:{uuid4()}?purpose=call", headers=here)).status_code,
        "no purpose": (await service_client.get(f"/contacts/{person_id}", headers=here)).status_code,
        "the person": (
            await service_client.get(f"/contacts/{person_id}?purpose=call", headers=tokens("jobseeker", person_id))
        ).status_code,
    }

    assert statuses == {
        "own centre": 200,
        "other centre": 403,
        "unknown": 403,
        "not an id": 403,
        "employer": 403,
        "no purpose": 422,
        "the person": 403,
    }


@pytest.mark.parametrize("asked", [str(uuid4()), "x", f"employer:{uuid4()}", "employer:x", "employer:"])
async def test_a_service_learns_that_nobody_is_there(
    service_client: httpx.AsyncClient, tokens: Tokens, asked: str
) -> None:
    answer = await service_client.get(f"/contacts/{asked}?purpose=x", headers=tokens("service", "service:s"))

    assert answer.status_code == 404


async def test_a_look_that_a_service_asks_for_is_that_of_the_employers_person(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form
) -> None:
    person_id, asked_for = str(uuid4()), str(uuid4())
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", person_id))
    path = f"/contacts/{person_id}?purpose=referral&for_employer_person={asked_for}"

    found = await service_client.get(path, headers=tokens("service", "service:portal"))

    assert found.json()["name"] == "홍길동"
    looks = (
        await service_client.get(f"/record-looks?person_id={person_id}", headers=tokens("jobseeker", person_id))
    ).json()["items"]
    assert (looks[0]["viewer_id"], looks[0]["viewer_role"], looks[0]["seen"]) == (asked_for, "employer", "contact")


async def test_only_a_service_asks_for_an_employers_person(
    service_client: httpx.AsyncClient, tokens: Tokens, appointed: Appointed, form: Form
) -> None:
    person_id = str(uuid4())
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", person_id))
    path = f"/contacts/{person_id}?purpose=referral&for_employer_person=somebody"

    refused = await service_client.get(path, headers=await appointed("counsellor"))

    assert refused.status_code == 403
