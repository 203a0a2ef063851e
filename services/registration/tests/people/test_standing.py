"""What somebody may sign in as today, asked by whoever issues tokens: a move or a departure shows on its day."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ieum.testing.client import Tokens

Form = Callable[..., dict[str, Any]]


async def standings(client: httpx.AsyncClient, tokens: Tokens, person_id: str) -> Any:
    answer = await client.get(f"/people/{person_id}/standings", headers=tokens("service", "service:portal"))
    assert answer.status_code == 200
    return answer.json()["standings"]


async def test_a_counsellor_who_moves_stands_at_the_new_centre_and_who_leaves_stands_nowhere(
    service_client: httpx.AsyncClient, tokens: Tokens
) -> None:
    operator = tokens("operator", "o")
    taken = {"name": "김상담", "role": "counsellor", "centre_code": "15152", "starts_on": "2020-01-02"}
    person_id = (await service_client.post("/people", json=taken, headers=operator)).json()["person_id"]
    moved = {"role": "counsellor", "centre_code": "12031", "starts_on": "2021-01-02"}

    first = await standings(service_client, tokens, person_id)
    await service_client.post(f"/people/{person_id}/appointments", json=moved, headers=operator)
    second = await standings(service_client, tokens, person_id)
    await service_client.post(f"/people/{person_id}/departure", json={"ends_on": "2022-01-02"}, headers=operator)
    third = await standings(service_client, tokens, person_id)

    assert first == [{"role": "counsellor", "attributes": {"centre_code": "15152"}}]
    assert second == [{"role": "counsellor", "attributes": {"centre_code": "12031"}}]
    assert third == []


async def test_somebody_who_serves_and_seeks_work_stands_as_both(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form
) -> None:
    taken = {"name": "김청장", "role": "regional", "regional_office_code": "15000", "starts_on": "2020-01-02"}
    answer = await service_client.post("/people", json=taken, headers=tokens("operator", "o"))
    person_id = answer.json()["person_id"]

    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", person_id))

    assert await standings(service_client, tokens, person_id) == [
        {"role": "jobseeker", "attributes": {"centre_code": "15152"}},
        {"role": "regional", "attributes": {"regional_office_code": "15000"}},
    ]


@pytest.mark.parametrize("nobody", [str(uuid4()), "nobody", "service:portal"])
async def test_who_never_was_known_stands_nowhere(
    service_client: httpx.AsyncClient, tokens: Tokens, nobody: str
) -> None:
    assert await standings(service_client, tokens, nobody) == []


@pytest.mark.parametrize("role", ["counsellor", "director", "operator", "jobseeker"])
async def test_only_services_ask_for_standings(service_client: httpx.AsyncClient, tokens: Tokens, role: str) -> None:
    answer = await service_client.get(f"/people/{uuid4()}/standings", headers=tokens(role, str(uuid4())))

    assert answer.status_code == 403
