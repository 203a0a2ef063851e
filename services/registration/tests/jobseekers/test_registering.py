"""Registering over HTTP: oneself, on somebody's behalf, twice, refused; and what is told of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from ieum.database import Database
from ieum.testing.client import Tokens

Form = Callable[..., dict[str, Any]]
Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]
Appointed = Callable[..., Awaitable[dict[str, str]]]

SEOUL_WEST = "12031"


async def test_somebody_registers_themselves_under_their_own_id(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, told: Told
) -> None:
    me = str(uuid4())

    answer = await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", me))

    view = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/jobseekers/{me}"
    assert answer.headers["etag"] == '"1"'
    assert (view["jobseeker_id"], view["state"], view["name_masked"]) == (me, "registered", "홍*동")
    (kind, aggregate_id, version, event), *rest = await told()
    assert (kind, aggregate_id, version, rest) == ("JobseekerRegistered", me, 1, [])
    assert event == {
        "centre_code": "15152",
        "started_on": view["period"]["started_on"],
        "wished_occupations": ["012201", "01A"],
        "wished_regions": ["41150"],
        "wage_floor": 12000,
        "employment_types": ["regular"],
        "weekly_hours_min": 20,
        "weekly_hours_max": 40,
        "career_years": 3,
        "education": "05",
        "visible": True,
        "matching_consent": True,
    }


async def test_neither_the_answer_nor_the_event_nor_a_kept_answer_names_the_person(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, database: Database
) -> None:
    headers = {**tokens("jobseeker", str(uuid4())), "Idempotency-Key": "k-1"}

    answer = await service_client.post("/jobseekers", json=form(), headers=headers)

    async with database.reading() as tx:
        kept = str([bytes(row["body"]).decode() for row in await tx.fetch("SELECT body FROM outbox")])
        kept += str(await tx.fetch("SELECT i::text FROM idempotency i"))
    for secret in ("홍길동", "hong@example.com", "12345678", b"hong".hex(), "홍길동".encode().hex()):
        assert secret not in answer.text
        assert secret not in kept


async def test_a_jobseeker_without_consent_is_told_of_as_invisible(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, told: Told
) -> None:
    body = form(visible=True, matching_consent=False)

    answer = await service_client.post("/jobseekers", json=body, headers=tokens("jobseeker", str(uuid4())))

    (_, _, _, event), *_ = await told()
    assert answer.status_code == 201
    assert (event["visible"], event["matching_consent"]) == (False, False)


async def test_staff_register_somebody_at_their_own_centre(
    service_client: httpx.AsyncClient, appointed: Appointed, form: Form, told: Told
) -> None:
    answer = await service_client.post("/jobseekers", json=form(), headers=await appointed("counsellor"))

    assert answer.status_code == 201
    assert UUID(answer.json()["jobseeker_id"]).version == 4
    assert [kind for kind, *_ in await told()] == ["JobseekerRegistered"]


async def test_staff_register_nobody_at_another_centre(
    service_client: httpx.AsyncClient, appointed: Appointed, form: Form, told: Told
) -> None:
    headers = await appointed("counsellor", SEOUL_WEST)

    answer = await service_client.post("/jobseekers", json=form(), headers=headers)

    assert answer.status_code == 403
    assert await told() == []


@pytest.mark.parametrize("role", ["employer", "regional", "ministry", "operator", "service"])
async def test_other_roles_register_nobody(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, role: str
) -> None:
    answer = await service_client.post("/jobseekers", json=form(), headers=tokens(role, str(uuid4())))

    assert answer.status_code == 403


async def test_nobody_registers_without_signing_in(service_client: httpx.AsyncClient, form: Form) -> None:
    assert (await service_client.post("/jobseekers", json=form())).status_code == 401


async def test_a_refusal_names_field_and_rule_and_is_kept_without_the_person(
    service_client: httpx.AsyncClient,
    tokens: Tokens,
    appointed: Appointed,
    form: Form,
    told: Told,
    database: Database,
) -> None:
    body = form(person={"email": None, "phone": None}, wishes={"wage_floor": -1})

    answer = await service_client.post(
        "/jobseekers", json=body, headers={**tokens("jobseeker", str(uuid4())), "Accept-Language": "en"}
    )

    problem = answer.json()
    assert answer.status_code == 422
    assert problem["type"] == "urn:ieum:problem:registration-refused"
    assert problem["detail"] == "By the entry rules 2026-11b."
    assert [(error["field"], error["rule"]) for error in problem["errors"]] == [
        ("person.email", "e-mail or phone is required"),
        ("wishes.wage_floor", "at least 0"),
    ]
    assert await told() == []
    listed = await service_client.get("/refusals?centre_code=15152", headers=await appointed("counsellor"))
    (refusal,) = listed.json()["items"]
    assert refusal["rules_version"] == "2026-11b"
    assert [reason["field"] for reason in refusal["reasons"]] == ["person.email", "wishes.wage_floor"]
    assert (refusal["on_behalf"], refusal["change"]) == (False, False)
    async with database.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM person WHERE name_masked = '홍*동'") == 0
        assert "홍" not in str(await tx.fetch("SELECT r::text FROM refusal r"))


async def test_refusals_of_another_centre_are_not_shown(
    service_client: httpx.AsyncClient, tokens: Tokens, appointed: Appointed, form: Form
) -> None:
    await service_client.post("/jobseekers", json=form(education="99"), headers=tokens("jobseeker", str(uuid4())))

    other = await service_client.get("/refusals?centre_code=15152", headers=await appointed("counsellor", SEOUL_WEST))
    ministry = await service_client.get("/refusals", headers=tokens("ministry", "m"))

    assert other.status_code == 403
    assert len(ministry.json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"person": {"name": 7}}, "person.name"),
        ({"person": {"name": "홍\x00길동"}}, "person.name"),
        ({"person": {"birth_year": "1990"}}, "person.birth_year"),
        ({"person": {"birth_year": 10**30}}, "person.birth_year"),
        ({"person": {"resident_number": "900101-1234567"}}, "person.resident_number"),
        ({"person": {"language": "fr"}}, "person.language"),
        ({"wishes": {"occupations": "01"}}, "wishes.occupations"),
        ({"wishes": {"occupations": ["01\x00"]}}, "wishes.occupations.0"),
        ({"wishes": {"occupations": ["01"] * 51}}, "wishes.occupations"),
        ({"wishes": {"wage_floor": 1.5}}, "wishes.wage_floor"),
        ({"wishes": {"wage_floor": True}}, "wishes.wage_floor"),
        ({"centre_code": None}, "centre_code"),
        ({"career_years": 10**12}, "career_years"),
        ({"visible": "yes"}, "visible"),
        ({"version": 3}, "version"),
    ],
)
async def test_a_body_of_the_wrong_shape_is_refused_by_field(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, body: dict[str, Any], field: str
) -> None:
    broken = form()
    for name, value in body.items():
        broken[name] = broken[name] | value if isinstance(value, dict) else value

    answer = await service_client.post("/jobseekers", json=broken, headers=tokens("jobseeker", str(uuid4())))

    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_an_unknown_centre_is_a_refusal_that_only_the_ministry_sees(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form
) -> None:
    answer = await service_client.post(
        "/jobseekers", json=form(centre_code="99999"), headers=tokens("jobseeker", str(uuid4()))
    )

    listed = await service_client.get("/refusals", headers=tokens("ministry", "m"))
    assert answer.json()["errors"][0]["field"] == "centre_code"
    assert [refusal["centre_code"] for refusal in listed.json()["items"]] == [None]


async def test_the_same_person_is_not_registered_twice_under_another_id(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, told: Told
) -> None:
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", str(uuid4())))

    again = await service_client.post(
        "/jobseekers",
        json=form(person={"name": "홍 길동", "email": "HONG@example.com"}),
        headers={**tokens("jobseeker", str(uuid4())), "Accept-Language": "en"},
    )

    assert again.status_code == 409
    assert again.json()["type"] == "urn:ieum:problem:duplicate-registration"
    assert again.json()["errors"][0]["rule"] == "one person, one record"
    assert len(await told()) == 1


async def test_a_couple_may_share_phone_and_address(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form
) -> None:
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", str(uuid4())))

    other = await service_client.post(
        "/jobseekers", json=form(person={"name": "성춘향"}), headers=tokens("jobseeker", str(uuid4()))
    )

    assert other.status_code == 201


async def test_two_at_once_register_the_same_person_once(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, told: Told
) -> None:
    answers = await asyncio.gather(
        *(service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", str(uuid4()))) for _ in range(6))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(await told()) == 1


async def test_who_is_registered_changes_instead_of_registering_again(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form
) -> None:
    headers = tokens("jobseeker", str(uuid4()))
    await service_client.post("/jobseekers", json=form(), headers=headers)

    again = await service_client.post("/jobseekers", json=form(), headers=headers)

    assert again.status_code == 409
    assert again.json()["type"] == "urn:ieum:problem:already-registered"


async def test_a_repeated_request_has_one_effect_and_another_body_is_refused(
    service_client: httpx.AsyncClient, tokens: Tokens, form: Form, told: Told
) -> None:
    headers = {**tokens("jobseeker", str(uuid4())), "Idempotency-Key": "once"}

    first = await service_client.post("/jobseekers", json=form(), headers=headers)
    second = await service_client.post("/jobseekers", json=form(), headers=headers)
    other = await service_client.post("/jobseekers", json=form(career_years=4), headers=headers)

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.content == second.content
    assert len(await told()) == 1


async def test_staff_who_register_somebody_known_give_the_old_record_a_new_period(
    service_client: httpx.AsyncClient, tokens: Tokens, appointed: Appointed, form: Form, told: Told
) -> None:
    me = str(uuid4())
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", me))
    await service_client.post(
        f"/jobseekers/{me}/stop", json={"reason": "withdrawn"}, headers={**tokens("jobseeker", me), "If-Match": '"1"'}
    )

    again = await service_client.post(
        "/jobseekers", json=form(centre_code=SEOUL_WEST), headers=await appointed("counsellor", SEOUL_WEST)
    )

    view = again.json()
    assert again.status_code == 201
    assert (view["jobseeker_id"], view["period"]["number"], view["version"]) == (me, 2, 3)
    assert [(kind, version) for kind, _, version, _ in await told()] == [
        ("JobseekerRegistered", 1),
        ("JobseekerStopped", 2),
        ("JobseekerRegistered", 3),
    ]


async def test_staff_do_not_register_somebody_who_is_registered(
    service_client: httpx.AsyncClient, tokens: Tokens, appointed: Appointed, form: Form
) -> None:
    await service_client.post("/jobseekers", json=form(), headers=tokens("jobseeker", str(uuid4())))

    again = await service_client.post("/jobseekers", json=form(), headers=await appointed("counsellor"))

    assert again.status_code == 409
    assert again.json()["type"] == "urn:ieum:problem:duplicate-registration"
