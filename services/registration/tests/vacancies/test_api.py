"""Vacancies are opened, changed and moved by those they belong to, by version, and tell what happened."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from ieum.testing.client import Tokens

from .conftest import FORM, REGION, Hiring, Open

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


async def test_a_vacancy_is_opened_and_told_whole(service_client: httpx.AsyncClient, own: Hiring, told: Told) -> None:
    body = {**FORM, "employer_id": str(own.employer_id)}

    answer = await service_client.post("/vacancies", json=body, headers=own.headers)

    assert answer.status_code == 201
    view = answer.json()
    assert view["status"] == "open"
    assert view["hourly_pay"] == 11_483
    assert answer.headers["etag"] == '"1"'
    ((kind, key, version, event),) = await told()
    assert (kind, key, version) == ("VacancyOpened", view["vacancy_id"], 1)
    assert event == {
        **FORM,
        "employer_id": str(own.employer_id),
        "employer_name": "기업1",
        "centre_code": view["centre_code"],
        "occupation_name": view["occupation_name"],
        "region_name": "경기 의정부시",
        "hourly_pay": 11_483,
        "source": "portal",
    }


async def test_least_is_asked_for(open_one: Open) -> None:
    view = await open_one(
        openings=1, pay_min=None, pay_max=None, weekly_hours=None, career="any", education="00", closes_on=None
    )

    assert view["closes_on"] is None
    assert view["hourly_pay"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "탭\t"}, None),
        ({"title": "널\x00"}, "title"),
        ({"title": "\u202e"}, "title"),
        ({"title": "\u200b"}, "title"),
        ({"title": "담당 홍길동 900101-1234568 문의"}, "title"),
        ({"occupation_code": "133"}, "occupation_code"),
        ({"occupation_code": 133200}, "occupation_code"),
        ({"region_code": "00000"}, "region_code"),
        ({"openings": 0}, "openings"),
        ({"openings": "2"}, "openings"),
        ({"openings": 2.5}, "openings"),
        ({"openings": 2**70}, "openings"),
        ({"pay_type": "week"}, "pay_type"),
        ({"pay_min": -1}, "pay_min"),
        ({"pay_min": 0}, "pay_min"),
        ({"pay_max": 100}, "pay_max"),
        ({"employment_type": None}, "employment_type"),
        ({"weekly_hours": 200}, "weekly_hours"),
        ({"career": "x"}, "career"),
        ({"education": "3"}, "education"),
        ({"closes_on": "2026-02-30"}, "closes_on"),
        ({"closes_on": "2020-01-01"}, "closes_on"),
        ({"closes_on": 20991231}, "closes_on"),
        ({"closes_on": "4102358400"}, "closes_on"),
        ({"status": "filled"}, "status"),
    ],
)
async def test_a_bad_field_is_named_with_its_rule(
    service_client: httpx.AsyncClient, own: Hiring, told: Told, changes: dict[str, Any], field: str | None
) -> None:
    body = {**FORM, **changes, "employer_id": str(own.employer_id)}

    answer = await service_client.post("/vacancies", json=body, headers=own.headers)

    assert answer.status_code == (422 if field else 201)
    if field:
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert answer.json()["errors"][0]["rule"]
        assert await told() == []


async def test_all_faults_are_told_at_once(service_client: httpx.AsyncClient, own: Hiring) -> None:
    body = {**FORM, "employer_id": str(own.employer_id), "title": "", "openings": 0, "career": "x"}

    answer = await service_client.post("/vacancies", json=body, headers=own.headers)

    assert {error["field"] for error in answer.json()["errors"]} == {"title", "openings", "career"}


async def test_employers_act_for_themselves_only(
    service_client: httpx.AsyncClient, hiring: Callable[[], Awaitable[Hiring]], open_one: Open, told: Told
) -> None:
    own, other = await open_one(), await hiring()
    before = len(await told())
    tag = {"If-Match": '"1"'}

    answers = [
        await service_client.post(
            "/vacancies", json={**FORM, "employer_id": own["employer_id"]}, headers=other.headers
        ),
        await service_client.put(f"/vacancies/{own['vacancy_id']}", json=FORM, headers={**other.headers, **tag}),
        await service_client.post(f"/vacancies/{own['vacancy_id']}/close", headers={**other.headers, **tag}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert all(own["title"] not in answer.text for answer in answers)
    assert len(await told()) == before


async def test_staff_act_for_what_their_centre_serves(
    service_client: httpx.AsyncClient,
    appointed: Callable[..., Awaitable[dict[str, str]]],
    tokens: Tokens,
    own: Hiring,
    open_one: Open,
) -> None:
    view = await open_one()
    ours = await appointed("counsellor", view["centre_code"])
    elsewhere = await appointed("counsellor", "12003")
    moved_away = tokens("counsellor", "00000000-0000-0000-0000-000000000009", centre_code=view["centre_code"])
    body = {**FORM, "employer_id": str(own.employer_id), "title": "대신 등록"}

    allowed = await service_client.post("/vacancies", json=body, headers=ours)
    refused = await service_client.post("/vacancies", json=body, headers=elsewhere)
    former = await service_client.post("/vacancies", json=body, headers=moved_away)
    closed = await service_client.post(
        f"/vacancies/{view['vacancy_id']}/close", json={"reason": "요청"}, headers={**ours, "If-Match": '"1"'}
    )
    other_close = await service_client.post(
        f"/vacancies/{allowed.json()['vacancy_id']}/close", headers={**elsewhere, "If-Match": '"1"'}
    )

    assert [one.status_code for one in (allowed, refused, former, closed, other_close)] == [201, 403, 403, 200, 403]


async def test_an_unknown_employer_is_named(
    service_client: httpx.AsyncClient, appointed: Callable[..., Awaitable[dict[str, str]]], open_one: Open
) -> None:
    view = await open_one()
    staff = await appointed("director", view["centre_code"])
    body = {**FORM, "employer_id": "00000000-0000-0000-0000-000000000000"}

    answer = await service_client.post("/vacancies", json=body, headers=staff)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "employer_id"


async def test_a_change_names_what_changed_and_moves_the_version(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, told: Told
) -> None:
    view = await open_one()
    path, headers = f"/vacancies/{view['vacancy_id']}", {**own.headers, "If-Match": '"1"'}

    answer = await service_client.put(path, json={**FORM, "openings": 5, "region_code": "11680"}, headers=headers)

    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    kind, _, version, event = (await told())[-1]
    assert (kind, version) == ("VacancyChanged", 2)
    assert event["changed"] == ["region_code", "region_name", "openings", "centre_code"]
    assert event["openings"] == 5


async def test_a_change_to_the_same_is_no_change(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, told: Told
) -> None:
    view = await open_one()

    answer = await service_client.put(
        f"/vacancies/{view['vacancy_id']}", json=FORM, headers={**own.headers, "If-Match": '"1"'}
    )

    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert len(await told()) == 1


async def test_a_stale_or_missing_version_is_refused(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, told: Told
) -> None:
    view = await open_one()
    path = f"/vacancies/{view['vacancy_id']}"

    stale = await service_client.put(path, json=FORM, headers={**own.headers, "If-Match": '"7"'})
    missing = await service_client.put(path, json=FORM, headers=own.headers)
    unreadable = await service_client.post(f"{path}/close", headers={**own.headers, "If-Match": "seven"})

    assert [stale.status_code, missing.status_code, unreadable.status_code] == [412, 428, 422]
    assert len(await told()) == 1


async def test_an_unknown_vacancy_is_not_there(service_client: httpx.AsyncClient, own: Hiring) -> None:
    unknown = "/vacancies/00000000-0000-0000-0000-000000000000"
    tagged = {**own.headers, "If-Match": '"1"'}

    answers = [
        await service_client.get(unknown, headers=own.headers),
        await service_client.get("/vacancies/none", headers=own.headers),
        await service_client.put(unknown, json=FORM, headers=tagged),
        await service_client.post(f"{unknown}/close", headers=tagged),
        await service_client.get(f"{unknown}/job-posting"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


async def test_vacancies_are_found_by_state_employer_centre_and_words(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, tokens: Tokens
) -> None:
    first = await open_one(title="용접공 모집")
    second = await open_one(title="경리 모집")
    await service_client.post(f"/vacancies/{first['vacancy_id']}/pause", headers={**own.headers, "If-Match": '"1"'})

    async def titles(**asked: Any) -> list[str]:
        answer = await service_client.get("/vacancies", params=asked, headers=tokens("jobseeker"))
        assert answer.status_code == 200, answer.text
        return [one["title"] for one in answer.json()["items"]]

    assert await titles() == ["경리 모집", "용접공 모집"]
    assert await titles(status="paused") == ["용접공 모집"]
    assert await titles(status="open", employer_id=str(own.employer_id)) == ["경리 모집"]
    assert await titles(centre_code=second["centre_code"], q="용접") == ["용접공 모집"]
    assert await titles(centre_code="12003") == []
    assert await titles(q="기업1") == ["경리 모집", "용접공 모집"]
    assert await titles(q="%") == []
    page = (await service_client.get("/vacancies", params={"limit": 1}, headers=own.headers)).json()
    rest = (await service_client.get("/vacancies", params={"cursor": page["next"]}, headers=own.headers)).json()
    assert [one["title"] for one in rest["items"]] == ["용접공 모집"]


@pytest.mark.parametrize(
    "query", ["status=gone", "employer_id=x", "limit=0", "cursor=%00", "q=%00", "limit=x", "q=" + "x" * 200]
)
async def test_a_wrong_question_is_a_problem_and_no_failure(
    service_client: httpx.AsyncClient, own: Hiring, query: str
) -> None:
    answer = await service_client.get(f"/vacancies?{query}", headers=own.headers)

    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_the_region_decides_the_centre(open_one: Open) -> None:
    here, there = await open_one(region_code=REGION), await open_one(region_code="26260")

    assert here["centre_code"] != there["centre_code"]
