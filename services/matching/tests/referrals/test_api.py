"""Referrals over HTTP: made by the jobseeker's centre, answered by the employer, told to all."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from ieum.messaging import Event
from ieum.testing.client import Tokens

from ..recommendations import telling
from ..recommendations.worlds import A_JOBSEEKER, A_VACANCY, a_jobseeker, a_vacancy

Hear = Callable[..., Awaitable[None]]
Told = Callable[[], Awaitable[list[dict[str, Any]]]]
Refer = Callable[..., Awaitable[dict[str, Any]]]

BODY = {"jobseeker_id": "j-1", "vacancy_id": "v-1"}
IDS = {
    "jobseeker_id": "j-1",
    "vacancy_id": "v-1",
    "employer_id": "e-1",
    "employer_name": "이음상사",
    "title": "투자 분석가를 찾습니다",
    "centre_code": "12012",
    "counsellor_id": "c-1",
}


async def test_a_counsellor_refers_a_jobseeker_of_the_centre(
    service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str], told: Told
) -> None:
    answer = await service_client.post("/referrals", json=BODY, headers=as_counsellor)

    view = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/referrals/{view['referral_id']}"
    assert view["state"] == "made"
    assert [(e["type"], e["aggregate_id"], e["version"], e["body"]) for e in await told()] == [
        ("ReferralMade", view["referral_id"], 1, IDS)
    ]


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (telling.rewritten(a_jobseeker(visible=False)), "consent-missing"),
        (telling.became(a_vacancy(status="closed")), "vacancy-not-open"),
        (
            telling.stopped(replace(A_JOBSEEKER, stopped_on=A_JOBSEEKER.started_on, stop_reason="employed")),
            "not-registered",
        ),
    ],
)
async def test_a_referral_that_cannot_be_made_says_why(
    service_client: httpx.AsyncClient,
    pair: None,
    hear: Hear,
    as_counsellor: dict[str, str],
    told: Told,
    event: Event,
    problem: str,
) -> None:
    await hear(event)

    answer = await service_client.post("/referrals", json=BODY, headers=as_counsellor)

    assert answer.status_code == 409
    assert answer.json()["type"] == f"urn:ieum:problem:{problem}"
    assert await told() == []


async def test_consent_that_was_asked_for_stands_in_for_a_visible_profile(
    service_client: httpx.AsyncClient, pair: None, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    await hear(telling.rewritten(a_jobseeker(visible=False)))

    answer = await service_client.post("/referrals", json={**BODY, "cv_consent": True}, headers=as_counsellor)

    assert answer.status_code == 201


async def test_nobody_is_referred_twice_until_the_first_is_withdrawn(
    service_client: httpx.AsyncClient, refer: Refer, as_counsellor: dict[str, str]
) -> None:
    first = await refer()

    second = await service_client.post("/referrals", json=BODY, headers=as_counsellor)
    await service_client.post(
        f"/referrals/{first['referral_id']}/withdraw", json={"reason": "made_in_error"}, headers=as_counsellor
    )
    third = await service_client.post("/referrals", json=BODY, headers=as_counsellor)

    assert second.status_code == 409
    assert second.json()["type"] == "urn:ieum:problem:already-referred"
    assert third.status_code == 201


@pytest.mark.parametrize(
    ("role", "attributes", "body", "status"),
    [
        ("counsellor", {"centre_code": "99999"}, {}, 403),
        ("counsellor", {"centre_code": "12012"}, {"jobseeker_id": "j-nobody"}, 403),
        ("counsellor", {}, {}, 403),
        ("counsellor", {"centre_code": "12012"}, {"vacancy_id": "v-nothing"}, 404),
        ("employer", {"employer_id": "e-1"}, {}, 403),
        ("jobseeker", {}, {}, 403),
        ("counsellor", {"centre_code": "12012"}, {"jobseeker_id": 7}, 422),
        ("counsellor", {"centre_code": "12012"}, {"jobseeker_id": None}, 422),
    ],
)
async def test_only_staff_of_the_jobseekers_centre_refer(
    service_client: httpx.AsyncClient,
    pair: None,
    tokens: Tokens,
    role: str,
    attributes: dict[str, str],
    body: dict[str, Any],
    status: int,
) -> None:
    answer = await service_client.post("/referrals", json=BODY | body, headers=tokens(role, "p-1", **attributes))

    assert answer.status_code == status


async def test_the_employer_answers_and_the_reason_in_own_words_stays_here(
    service_client: httpx.AsyncClient, refer: Refer, as_employer: dict[str, str], told: Told
) -> None:
    referral = await refer()
    path = f"/referrals/{referral['referral_id']}/answer"

    interview = await service_client.post(path, json={"answer": "interview", "reason": ""}, headers=as_employer)
    declined = await service_client.post(
        path, json={"answer": "declined", "reason": "면접에서 뵈었지만 맞지 않았습니다"}, headers=as_employer
    )

    assert (interview.json()["state"], interview.json()["reason"]) == ("interview", None)
    assert (declined.json()["state"], declined.json()["version"]) == ("declined", 3)
    assert declined.json()["reason"] == "면접에서 뵈었지만 맞지 않았습니다"
    assert [(e["type"], e["version"], e["body"]) for e in (await told())[1:]] == [
        ("ReferralAnswered", 2, {**IDS, "answer": "interview", "reason": None}),
        ("ReferralAnswered", 3, {**IDS, "answer": "declined", "reason": "other"}),
    ]


async def test_a_settled_referral_takes_no_other_answer(
    service_client: httpx.AsyncClient, refer: Refer, as_employer: dict[str, str], as_counsellor: dict[str, str]
) -> None:
    referral = await refer()
    path = f"/referrals/{referral['referral_id']}"
    await service_client.post(f"{path}/answer", json={"answer": "declined"}, headers=as_employer)

    again = await service_client.post(f"{path}/answer", json={"answer": "hired"}, headers=as_employer)
    withdrawn = await service_client.post(f"{path}/withdraw", json={"reason": "other"}, headers=as_counsellor)

    assert {again.json()["type"], withdrawn.json()["type"]} == {"urn:ieum:problem:referral-settled"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answer": "maybe"}, "answer"),
        ({}, "answer"),
        ({"answer": "declined", "hired_on": "2026-11-20"}, "hired_on"),
        ({"answer": "hired", "hired_on": "2026-02-30"}, "hired_on"),
        ({"answer": "declined", "reason": "x" * 501}, "reason"),
        ({"answer": "declined", "reason": "900101-1234568 홍길동"}, "reason"),
        ({"answer": "declined", "reason": "외국인 9001015234568"}, "reason"),
        ({"answer": "hired", "hired_on": 0}, "hired_on"),
        ({"answer": "hired", "hired_on": "1767312000"}, "hired_on"),
        ({"answer": "hired", "hired_on": "2026-11-20T00:00:00"}, "hired_on"),
    ],
)
async def test_an_unsound_answer_names_the_field(
    service_client: httpx.AsyncClient, refer: Refer, as_employer: dict[str, str], body: dict[str, Any], field: str
) -> None:
    referral = await refer()

    answer = await service_client.post(f"/referrals/{referral['referral_id']}/answer", json=body, headers=as_employer)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_reason_may_have_500_characters_and_is_told_so_in_characters(
    service_client: httpx.AsyncClient, refer: Refer, as_employer: dict[str, str]
) -> None:
    path = f"/referrals/{(await refer())['referral_id']}/answer"

    longer = await service_client.post(path, json={"answer": "declined", "reason": "가" * 501}, headers=as_employer)
    whole = await service_client.post(path, json={"answer": "declined", "reason": "가" * 500}, headers=as_employer)

    rule = {"field": "reason", "rule": "at most 500 characters", "ko": "500자 이하여야 합니다"}
    assert longer.json()["errors"] == [rule]
    assert (whole.status_code, whole.json()["reason"]) == (200, "가" * 500)


async def test_somebody_elses_referral_looks_like_none(
    service_client: httpx.AsyncClient, refer: Refer, tokens: Tokens, as_stranger: dict[str, str]
) -> None:
    known = (await refer())["referral_id"]
    other_employer = tokens("employer", "p-2", employer_id="e-2")

    for path, body, headers in [
        ("/referrals/{}", None, as_stranger),
        ("/referrals/{}", None, tokens("jobseeker", "j-2")),
        ("/referrals/{}/answer", {"answer": "declined"}, other_employer),
        ("/referrals/{}/withdraw", {"reason": "other"}, as_stranger),
    ]:
        method = "GET" if body is None else "POST"
        answers = [
            await service_client.request(method, path.format(key), json=body, headers=headers)
            for key in (known, "r-nothing")
        ]
        assert [answer.status_code for answer in answers] == [403, 403]
        assert answers[0].json() | {"request_id": ""} == answers[1].json() | {"request_id": ""}


async def test_a_referral_is_shown_to_those_it_concerns(
    service_client: httpx.AsyncClient, refer: Refer, tokens: Tokens, as_employer: dict[str, str]
) -> None:
    referral = await refer()

    for headers in (as_employer, tokens("jobseeker", "j-1"), tokens("director", "d-1", centre_code="12012")):
        answer = await service_client.get(f"/referrals/{referral['referral_id']}", headers=headers)

        assert answer.json() == referral
        assert answer.headers["etag"] == '"1"'


async def test_the_jobseeker_may_withdraw_too(
    service_client: httpx.AsyncClient, refer: Refer, tokens: Tokens, told: Told
) -> None:
    referral = await refer()

    answer = await service_client.post(
        f"/referrals/{referral['referral_id']}/withdraw",
        json={"reason": "jobseeker_asked"},
        headers=tokens("jobseeker", "j-1"),
    )

    assert answer.json()["state"] == "withdrawn"
    assert (await told())[-1]["body"] == {**IDS, "reason": "jobseeker_asked"}


async def test_lists_hold_the_callers_own_part_and_nothing_else(
    service_client: httpx.AsyncClient, hear: Hear, tokens: Tokens, as_employer: dict[str, str]
) -> None:
    jobseekers = [a_jobseeker(jobseeker_id=f"j-{n}", centre_code="12012" if n < 3 else "14010") for n in range(5)]
    vacancies = [A_VACANCY, a_vacancy(vacancy_id="v-2", employer_id="e-2")]
    await hear(*map(telling.registered, jobseekers), *map(telling.opened, vacancies))
    for jobseeker in jobseekers:
        for vacancy in vacancies:
            body = {"jobseeker_id": jobseeker.jobseeker_id, "vacancy_id": vacancy.vacancy_id}
            headers = tokens("counsellor", "c-1", centre_code=jobseeker.centre_code)
            await service_client.post("/referrals", json=body, headers=headers)

    async def listed(headers: dict[str, str], **query: Any) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        cursor: str | None = ""
        while cursor is not None:
            asked = {**query, "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = (await service_client.get("/referrals", params=asked, headers=headers)).json()
            found += [(item["jobseeker_id"], item["vacancy_id"]) for item in page["items"]]
            cursor = page["next"]
        return found

    staff = tokens("counsellor", "c-1", centre_code="12012")
    everybody = [(f"j-{n}", key) for n in reversed(range(5)) for key in ("v-2", "v-1")]
    assert await listed(staff) == everybody[4:]
    assert await listed(staff, employer_id="e-2", state="made") == [pair for pair in everybody[4:] if pair[1] == "v-2"]
    assert await listed(staff, state="declined") == []
    assert await listed(as_employer) == [pair for pair in everybody if pair[1] == "v-1"]
    assert await listed(tokens("jobseeker", "j-4")) == everybody[:2]
    assert await listed(tokens("service", "service:notifications")) == everybody
    for headers, query in [(staff, "centre_code=14010"), (as_employer, "employer_id=e-2")]:
        assert (await service_client.get(f"/referrals?{query}", headers=headers)).status_code == 403


async def test_a_repeated_request_makes_one_referral(
    service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str], told: Told
) -> None:
    headers = {**as_counsellor, "Idempotency-Key": "once"}

    first, second = [await service_client.post("/referrals", json=BODY, headers=headers) for _ in range(2)]

    assert first.json() == second.json()
    assert len(await told()) == 1
