"""Matches over HTTP: who sees them, in which order, in which words."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from ieum.testing.client import Tokens

from . import telling
from .worlds import A_JOBSEEKER, A_VACANCY, a_jobseeker, a_vacancy

Hear = Callable[..., Awaitable[None]]


@pytest.fixture
def as_jobseeker(tokens: Tokens) -> dict[str, str]:
    return tokens("jobseeker", "j-1")


async def test_a_match_shows_the_vacancy_and_its_score_in_parts_and_words(
    service_client: httpx.AsyncClient, pair: None, as_jobseeker: dict[str, str]
) -> None:
    answer = await service_client.get("/jobseekers/j-1/matches", headers=as_jobseeker)

    (match,) = answer.json()["items"]
    assert match["vacancy"] == {
        "vacancy_id": "v-1",
        "title": "투자 분석가를 찾습니다",
        "employer_id": "e-1",
        "employer_name": "이음상사",
        "occupation_name": "투자·신용 분석가",
        "region_name": "서울 종로구",
        "pay_type": "hour",
        "pay_min": 12_000,
        "pay_max": None,
        "employment_type": "regular",
        "closes_on": None,
        "status": "open",
    }
    assert (match["rank"], match["score"], match["referral"]) == (1, 90, None)
    assert sum(part["points"] for part in match["parts"]) == match["score"]
    assert match["parts"][0] == {
        "name": "occupation",
        "points": 40,
        "of": 40,
        "text": {
            "ko": "희망하신 직종과 같습니다: 투자·신용 분석가",
            "en": "The very occupation you wish for: 투자·신용 분석가",
        },
    }


async def test_matches_are_paged_from_the_best_down(
    service_client: httpx.AsyncClient, hear: Hear, as_jobseeker: dict[str, str]
) -> None:
    await hear(*(telling.opened(a_vacancy(vacancy_id=f"v-{n:02}", hourly_pay=12_000 + 300 * n)) for n in range(12)))
    await hear(telling.registered(A_JOBSEEKER))

    first = (await service_client.get("/jobseekers/j-1/matches?limit=7", headers=as_jobseeker)).json()
    second = (
        await service_client.get(
            "/jobseekers/j-1/matches", params={"limit": 7, "cursor": first["next"]}, headers=as_jobseeker
        )
    ).json()

    items = [*first["items"], *second["items"]]
    assert [item["rank"] for item in items] == list(range(1, 11))
    assert items == sorted(items, key=lambda item: (-item["score"], item["vacancy"]["vacancy_id"]))
    assert second["next"] is None


async def test_a_jobseeker_who_was_not_heard_of_yet_sees_an_empty_list(
    service_client: httpx.AsyncClient, as_jobseeker: dict[str, str]
) -> None:
    answer = await service_client.get("/jobseekers/j-1/matches", headers=as_jobseeker)

    assert answer.json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("role", "person_id", "attributes", "status"),
    [
        ("jobseeker", "j-1", {}, 200),
        ("counsellor", "c-1", {"centre_code": "12012"}, 200),
        ("director", "d-1", {"centre_code": "12012"}, 200),
        ("service", "service:notifications", {}, 200),
        ("jobseeker", "j-2", {}, 403),
        ("counsellor", "c-1", {"centre_code": "99999"}, 403),
        ("employer", "p-1", {"employer_id": "e-1"}, 403),
        ("ministry", "m-1", {}, 403),
    ],
)
async def test_matches_are_seen_by_the_jobseeker_and_their_centre_alone(
    service_client: httpx.AsyncClient,
    pair: None,
    tokens: Tokens,
    role: str,
    person_id: str,
    attributes: dict[str, str],
    status: int,
) -> None:
    answer = await service_client.get("/jobseekers/j-1/matches", headers=tokens(role, person_id, **attributes))

    assert answer.status_code == status


async def test_somebody_elses_matches_look_like_nobodys(
    service_client: httpx.AsyncClient, pair: None, as_stranger: dict[str, str]
) -> None:
    known, unknown = [
        await service_client.get(f"/jobseekers/{key}/matches", headers=as_stranger) for key in ("j-1", "j-nobody")
    ]

    assert known.status_code == unknown.status_code == 403
    assert {**known.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


async def test_nobody_is_told_anything_without_a_token(service_client: httpx.AsyncClient) -> None:
    assert (await service_client.get("/jobseekers/j-1/matches")).status_code == 401


async def test_a_centre_sees_its_newest_matches_first_page_by_page(
    service_client: httpx.AsyncClient, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    await hear(*(telling.registered(a_jobseeker(jobseeker_id=f"j-{n}")) for n in range(3)))
    await hear(telling.registered(a_jobseeker(jobseeker_id="j-elsewhere", centre_code="14010")))
    await hear(telling.opened(A_VACANCY))
    await hear(telling.opened(a_vacancy(vacancy_id="v-2", hourly_pay=13_000)))

    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = (
            await service_client.get(
                "/matches",
                params={"centre_code": "12012", "limit": 2, **({"cursor": cursor} if cursor else {})},
                headers=as_counsellor,
            )
        ).json()
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            break

    seen = [(item["vacancy"]["vacancy_id"], item["jobseeker_id"], item["rank"]) for item in items]
    assert seen == [
        *(("v-2", f"j-{n}", 1) for n in range(3)),
        *(("v-1", f"j-{n}", 2) for n in range(3)),
    ]


async def test_staff_read_of_the_jobseeker_in_the_third_person(
    service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str]
) -> None:
    answers = [
        await service_client.get(path, headers=as_counsellor)
        for path in ("/matches?centre_code=12012", "/jobseekers/j-1/matches", "/vacancies/v-1/candidates")
    ]

    said = [answer.json()["items"][0]["parts"][0]["text"]["en"] for answer in answers]
    assert said == ["The very occupation wished for: 투자·신용 분석가"] * 3


async def test_a_centre_sees_what_is_new_since_an_instant(
    service_client: httpx.AsyncClient, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    await hear(telling.registered(A_JOBSEEKER), telling.opened(A_VACANCY))
    first = (await service_client.get("/matches?centre_code=12012", headers=as_counsellor)).json()["items"]
    await hear(telling.opened(a_vacancy(vacancy_id="v-2")))
    newer = (await service_client.get("/matches?centre_code=12012", headers=as_counsellor)).json()["items"][0]

    answer = await service_client.get(
        "/matches", params={"centre_code": "12012", "since": newer["proposed_at"]}, headers=as_counsellor
    )

    assert [item["vacancy"]["vacancy_id"] for item in answer.json()["items"]] == ["v-2"]
    assert first[0]["proposed_at"] < newer["proposed_at"]


@pytest.mark.parametrize(
    ("query", "status", "fields"),
    [
        ("centre_code=14010", 403, []),
        ("", 422, ["centre_code"]),
        ("centre_code=12012&since=yesterday", 422, ["since"]),
        ("centre_code=12012&since=2026-11-23T10:00:00", 422, ["since"]),
        ("centre_code=12012&since=0", 422, ["since"]),
        ("centre_code=12012&since=9999-12-31T23:59:59-23:00", 422, ["since"]),
        ("centre_code=12012&cursor=x", 422, ["cursor"]),
        ("centre_code=12012&limit=0", 422, ["limit"]),
    ],
)
async def test_a_centres_list_asks_for_the_callers_own_centre_and_sound_values(
    service_client: httpx.AsyncClient, as_counsellor: dict[str, str], query: str, status: int, fields: list[str]
) -> None:
    answer = await service_client.get(f"/matches?{query}", headers=as_counsellor)

    assert answer.status_code == status
    assert [error["field"] for error in answer.json().get("errors", [])] == fields


async def test_a_match_shows_the_referral_that_stands(
    service_client: httpx.AsyncClient,
    refer: Callable[..., Awaitable[dict[str, Any]]],
    as_jobseeker: dict[str, str],
) -> None:
    referral = await refer()

    (match,) = (await service_client.get("/jobseekers/j-1/matches", headers=as_jobseeker)).json()["items"]

    assert match["referral"] == {"referral_id": referral["referral_id"], "state": "made"}
