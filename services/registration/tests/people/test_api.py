"""People over HTTP: who takes whom in, who moves whom."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ieum.service import Service
from ieum.testing.client import Tokens

Appointed = Callable[..., Awaitable[dict[str, str]]]
Form = Callable[..., dict[str, Any]]

COUNSELLOR: dict[str, Any] = {
    "name": "김상담",
    "email": "kim@example.com",
    "role": "counsellor",
    "centre_code": "15152",
    "starts_on": "2026-01-02",
}


async def test_staff_are_taken_in_with_a_post(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    answer = await service_client.post("/people", json=COUNSELLOR, headers=tokens("operator", "o"))

    taken = answer.json()
    shown = await service_client.get(f"/people/{taken['person_id']}", headers=tokens("ministry", "m"))
    assert answer.status_code == 201
    assert taken == {
        "person_id": taken["person_id"],
        "name_masked": "김*담",
        "role": "counsellor",
        "attributes": {"centre_code": "15152"},
    }
    assert shown.json()["name"] == "김상담"
    assert [post["starts_on"] for post in shown.json()["appointments"]] == ["2026-01-02"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "kim"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"centre_code": "99999"}, "centre_code"),
        ({"centre_code": None}, "centre_code"),
        ({"role": "regional", "centre_code": None, "regional_office_code": "99999"}, "regional_office_code"),
        ({"role": "ministry"}, "centre_code"),
        ({"role": "employer", "centre_code": None}, "employer_id"),
        ({"role": "jobseeker"}, "role"),
        ({"employer_id": str(uuid4())}, "employer_id"),
        ({"role": "employer", "centre_code": None, "starts_on": None, "employer_id": str(uuid4())}, "employer_id"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"starts_on": 1_767_312_000}, "starts_on"),
        ({"starts_on": 0}, "starts_on"),
        ({"starts_on": 1.5}, "starts_on"),
        ({"starts_on": True}, "starts_on"),
        ({"starts_on": "1767312000"}, "starts_on"),
        ({"starts_on": "2026-01-02T00:00:00"}, "starts_on"),
        ({"starts_on": "２０２６-01-02"}, "starts_on"),
        ({"salary": 1}, "salary"),
    ],
)
async def test_a_person_that_is_not_right_is_refused_by_field(
    service_client: httpx.AsyncClient, tokens: Tokens, change: dict[str, Any], field: str
) -> None:
    answer = await service_client.post("/people", json={**COUNSELLOR, **change}, headers=tokens("operator", "o"))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_director_takes_in_counsellors_at_the_own_centre_only(
    service_client: httpx.AsyncClient, appointed: Appointed
) -> None:
    director = await appointed("director")

    answers = [
        (await service_client.post("/people", json=body, headers=director)).status_code
        for body in (COUNSELLOR, {**COUNSELLOR, "centre_code": "12031"}, {**COUNSELLOR, "role": "director"})
    ]

    assert answers == [201, 403, 403]


@pytest.mark.parametrize("role", ["jobseeker", "employer", "counsellor", "regional"])
async def test_others_take_nobody_in(service_client: httpx.AsyncClient, tokens: Tokens, role: str) -> None:
    answer = await service_client.post("/people", json=COUNSELLOR, headers=tokens(role, str(uuid4())))

    assert answer.status_code == 403


async def test_a_move_ends_the_post_before(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    operator = tokens("operator", "o")
    person_id = (await service_client.post("/people", json=COUNSELLOR, headers=operator)).json()["person_id"]

    moved = await service_client.post(
        f"/people/{person_id}/appointments",
        json={"role": "director", "centre_code": "12031", "starts_on": "2026-07-01"},
        headers=operator,
    )
    early = await service_client.post(
        f"/people/{person_id}/appointments",
        json={"role": "director", "centre_code": "12031", "starts_on": "2026-07-01"},
        headers=operator,
    )
    gone = await service_client.post(f"/people/{person_id}/departure", json={"ends_on": "2027-01-01"}, headers=operator)

    assert moved.status_code == 201
    assert early.status_code == 409
    assert [(post["centre_code"], post["starts_on"], post["ends_on"]) for post in gone.json()["appointments"]] == [
        ("15152", "2026-01-02", "2026-07-01"),
        ("12031", "2026-07-01", "2027-01-01"),
    ]


async def test_nobody_leaves_a_post_they_do_not_hold(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    operator = tokens("operator", "o")
    person_id = (await service_client.post("/people", json=COUNSELLOR, headers=operator)).json()["person_id"]

    before = await service_client.post(
        f"/people/{person_id}/departure", json={"ends_on": "2026-01-02"}, headers=operator
    )
    unknown = await service_client.post(
        f"/people/{uuid4()}/departure", json={"ends_on": "2026-07-01"}, headers=operator
    )

    assert (before.status_code, before.json()["errors"][0]["field"]) == (422, "ends_on")
    assert unknown.status_code == 404


async def test_a_jobseekers_record_is_not_shown_as_staff(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form
) -> None:
    person_id = str(uuid4())
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", person_id))

    answers = [
        (await service_client.get(f"/people/{asked}", headers=tokens("counsellor", "c"))).status_code
        for asked in (person_id, str(uuid4()), "nobody")
    ]

    assert answers == [403, 403, 403]


async def test_the_demo_list_is_not_there_unless_it_is_turned_on(service_client: httpx.AsyncClient) -> None:
    assert (await service_client.get("/people")).status_code == 404


async def test_the_demo_list_shows_whom_to_sign_in_as(
    service: Service,
    service_client: httpx.AsyncClient,
    tokens: Tokens,
    appointed: Appointed,
    form: Form,
    representative: dict[str, Any],
) -> None:
    service.http.state.demo_sign_in = True
    await service_client.post("/people", json=representative, headers=tokens("operator", "o"))
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", str(uuid4())))
    await appointed("counsellor")
    await appointed("director", ends_on=date(2020, 2, 1))  # left long ago

    everybody = (await service_client.get("/people?limit=2")).json()
    rest = (await service_client.get(f"/people?limit=2&cursor={everybody['next']}")).json()
    only = (await service_client.get("/people?role=employer")).json()

    assert [(one["role"], one["name"]) for one in everybody["items"] + rest["items"]] == [
        ("counsellor", "김상담"),
        ("employer", "박사장"),
        ("jobseeker", "홍길동"),
    ]
    assert [one["attributes"] for one in everybody["items"] + rest["items"]] == [
        {"centre_code": "15152"},
        {"employer_id": representative["employer_id"]},
        {"centre_code": "15152"},
    ]
    assert [one["name"] for one in only["items"]] == ["박사장"]


@pytest.mark.parametrize("day", [1_782_864_000, "1782864000", "20260701", None])
async def test_days_of_posts_are_written_as_days(
    service_client: httpx.AsyncClient, tokens: Tokens, day: int | str | None
) -> None:
    operator = tokens("operator", "o")
    taken = (await service_client.post("/people", json=COUNSELLOR, headers=operator)).json()
    path = f"/people/{taken['person_id']}"

    moved = await service_client.post(
        f"{path}/appointments",
        json={"role": "director", "centre_code": "12031", "starts_on": day},
        headers=operator,
    )
    gone = await service_client.post(f"{path}/departure", json={"ends_on": day}, headers=operator)

    assert [moved.status_code, gone.status_code] == [422, 422]
    assert [one.json()["errors"][0]["field"] for one in (moved, gone)] == ["starts_on", "ends_on"]
