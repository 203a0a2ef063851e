"""Placements over HTTP: hires recorded once, never more than wanted, taken back once with a reason."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from ieum.testing.client import Tokens

from ..recommendations import telling
from ..recommendations.worlds import A_VACANCY, a_jobseeker, a_vacancy

Hear = Callable[..., Awaitable[None]]
Told = Callable[[], Awaitable[list[dict[str, Any]]]]
Refer = Callable[..., Awaitable[dict[str, Any]]]

TODAY = datetime.now(ZoneInfo("Asia/Seoul")).date()
STARTED = TODAY - timedelta(days=10)
BODY = {"jobseeker_id": "j-1", "vacancy_id": "v-1", "source": "own_search", "hired_on": TODAY.isoformat()}


@pytest.fixture
async def pair(hear: Hear) -> None:
    """As everywhere, but registered ten days ago whenever the test runs."""
    await hear(telling.registered(a_jobseeker(started_on=STARTED)), telling.opened(A_VACANCY))


async def answer_hired(client: httpx.AsyncClient, referral: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    return await client.post(f"/referrals/{referral['referral_id']}/answer", json={"answer": "hired"}, headers=headers)


async def test_hired_records_the_placement_in_the_same_transaction(
    service_client: httpx.AsyncClient, refer: Refer, as_employer: dict[str, str], told: Told
) -> None:
    referral = await refer()

    answer = await answer_hired(service_client, referral, as_employer)

    view = answer.json()
    assert (view["state"], view["version"]) == ("hired", 2)
    answered, recorded = sorted((await told())[1:], key=lambda event: event["type"], reverse=True)
    assert (answered["type"], answered["body"]["answer"]) == ("ReferralAnswered", "hired")
    assert (recorded["type"], recorded["aggregate_id"], recorded["version"]) == (
        "PlacementRecorded",
        view["placement_id"],
        1,
    )
    assert recorded["body"] == {
        "jobseeker_id": "j-1",
        "vacancy_id": "v-1",
        "employer_id": "e-1",
        "centre_code": "12012",
        "source": "referral",
        "referral_id": referral["referral_id"],
        "hired_on": TODAY.isoformat(),
    }


@pytest.mark.parametrize("days", [-11, 92])
async def test_a_hire_outside_the_registration_changes_nothing(
    service_client: httpx.AsyncClient, refer: Refer, as_employer: dict[str, str], told: Told, days: int
) -> None:
    referral = await refer()

    answer = await service_client.post(
        f"/referrals/{referral['referral_id']}/answer",
        json={"answer": "hired", "hired_on": (TODAY + timedelta(days=days)).isoformat()},
        headers=as_employer,
    )

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["hired_on"]
    assert [event["type"] for event in await told()] == ["ReferralMade"]


async def test_staff_record_a_hire_that_no_referral_brought(
    service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str], told: Told
) -> None:
    answer = await service_client.post("/placements", json=BODY, headers=as_counsellor)

    view = answer.json()
    assert answer.status_code == 201
    assert (view["state"], view["source"], view["recorded_by"]) == ("recorded", "own_search", "c-1")
    (event,) = await told()
    assert (event["type"], event["body"]["source"], event["body"]["referral_id"]) == (
        "PlacementRecorded",
        "own_search",
        None,
    )


async def test_a_placement_is_shown_to_those_it_concerns_and_to_nobody_else(
    service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str], tokens: Tokens
) -> None:
    recorded = (await service_client.post("/placements", json=BODY, headers=as_counsellor)).json()
    path = f"/placements/{recorded['placement_id']}"
    concerned = [as_counsellor, tokens("director", "d-1", centre_code="12012"), tokens("jobseeker", "j-1")]
    others = [
        tokens("counsellor", "c-2", centre_code="99999"),
        tokens("jobseeker", "j-2"),
        tokens("employer", "p-employer", employer_id="e-1"),
        tokens("ministry", "m-1"),
    ]

    shown = [
        await service_client.get(path, headers=headers) for headers in [*concerned, tokens("service", "service:x")]
    ]
    hidden = [await service_client.get(path, headers=headers) for headers in others]
    unknown = await service_client.get("/placements/p-nothing", headers=as_counsellor)

    assert [answer.json() for answer in shown] == [recorded] * 4
    assert [answer.status_code for answer in hidden] == [403] * 4
    # Nobody learns from the answer which placements there are.
    unknown_to_them = {name: value for name, value in unknown.json().items() if name != "request_id"}
    hidden_from_them = {name: value for name, value in hidden[0].json().items() if name != "request_id"}
    assert (unknown.status_code, unknown_to_them) == (403, hidden_from_them)


@pytest.mark.parametrize("hired_on", [0, 1_767_312_000, "1767312000", "2026-11-20T00:00:00Z", True])
async def test_the_day_of_a_hire_is_written_as_a_day(
    service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str], hired_on: object
) -> None:
    answer = await service_client.post("/placements", json={**BODY, "hired_on": hired_on}, headers=as_counsellor)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["hired_on"]


@pytest.mark.parametrize(
    ("role", "attributes", "body", "status"),
    [
        ("counsellor", {"centre_code": "99999"}, {}, 403),
        ("counsellor", {"centre_code": "12012"}, {"jobseeker_id": "j-nobody"}, 403),
        ("counsellor", {"centre_code": "12012"}, {"vacancy_id": "v-nothing"}, 404),
        ("counsellor", {"centre_code": "12012"}, {"source": "referral"}, 422),
        ("counsellor", {"centre_code": "12012"}, {"hired_on": None}, 422),
        ("employer", {"employer_id": "e-1"}, {}, 403),
        ("regional", {"regional_office_code": "12010"}, {}, 403),
    ],
)
async def test_only_staff_of_the_jobseekers_centre_record(
    service_client: httpx.AsyncClient,
    pair: None,
    tokens: Tokens,
    told: Told,
    role: str,
    attributes: dict[str, str],
    body: dict[str, Any],
    status: int,
) -> None:
    answer = await service_client.post("/placements", json=BODY | body, headers=tokens(role, "p-1", **attributes))

    assert answer.status_code == status
    assert await told() == []


async def test_a_registration_is_placed_once(
    service_client: httpx.AsyncClient, pair: None, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    await hear(telling.opened(a_vacancy(vacancy_id="v-2")))
    await service_client.post("/placements", json=BODY, headers=as_counsellor)

    answer = await service_client.post("/placements", json=BODY | {"vacancy_id": "v-2"}, headers=as_counsellor)

    assert answer.json()["type"] == "urn:ieum:problem:already-placed"


async def test_a_vacancy_never_has_more_placements_than_openings(
    service_client: httpx.AsyncClient, hear: Hear, as_counsellor: dict[str, str], told: Told
) -> None:
    count, openings = 8, 3
    await hear(
        telling.opened(a_vacancy(openings=openings)),
        *(telling.registered(a_jobseeker(jobseeker_id=f"j-{n}", started_on=STARTED)) for n in range(count)),
    )

    answers = await asyncio.gather(
        *(
            service_client.post("/placements", json=BODY | {"jobseeker_id": f"j-{n}"}, headers=as_counsellor)
            for n in range(count)
        )
    )

    refused = [answer.json()["type"] for answer in answers if answer.status_code != 201]
    assert refused == ["urn:ieum:problem:no-opening-left"] * (count - openings)
    assert len(await told()) == openings


async def test_a_placement_is_reversed_once_with_a_reason(
    service_client: httpx.AsyncClient,
    refer: Refer,
    as_employer: dict[str, str],
    as_counsellor: dict[str, str],
    told: Told,
) -> None:
    hired = (await answer_hired(service_client, await refer(), as_employer)).json()
    path = f"/placements/{hired['placement_id']}/reverse"

    first = await service_client.post(path, json={"reason": "첫날 나오지 않았습니다"}, headers=as_counsellor)
    second = await service_client.post(path, json={"reason": "other"}, headers=as_counsellor)

    assert (first.json()["state"], first.json()["reason"]) == ("reversed", "첫날 나오지 않았습니다")
    assert second.json()["type"] == "urn:ieum:problem:already-reversed"
    event = (await told())[-1]
    assert (event["type"], event["version"], event["body"]["reason"]) == ("PlacementReversed", 2, "other")
    shown = (await service_client.get(f"/referrals/{hired['referral_id']}", headers=as_employer)).json()
    assert (shown["state"], shown["placement_id"]) == ("hired", hired["placement_id"])
    assert shown["placement_reversed_at"] is not None
    assert (hired["shows_candidate"], shown["shows_candidate"]) == (True, False)


async def test_after_a_reversal_the_opening_and_the_pair_are_free_again(
    service_client: httpx.AsyncClient, refer: Refer, as_employer: dict[str, str], as_counsellor: dict[str, str]
) -> None:
    hired = (await answer_hired(service_client, await refer(), as_employer)).json()
    await service_client.post(
        f"/placements/{hired['placement_id']}/reverse", json={"reason": "recorded_in_error"}, headers=as_counsellor
    )

    again = await answer_hired(service_client, await refer(), as_employer)

    assert again.json()["state"] == "hired"


@pytest.mark.parametrize(
    ("role", "attributes", "body", "status"),
    [
        ("director", {"centre_code": "12012"}, {"reason": "other"}, 200),
        ("counsellor", {"centre_code": "99999"}, {"reason": "other"}, 403),
        ("employer", {"employer_id": "e-1"}, {"reason": "other"}, 403),
        ("jobseeker", {}, {"reason": "other"}, 403),
        ("counsellor", {"centre_code": "12012"}, {}, 422),
        ("counsellor", {"centre_code": "12012"}, {"reason": " "}, 422),
    ],
)
async def test_only_staff_of_the_centre_reverse_and_say_why(
    service_client: httpx.AsyncClient,
    pair: None,
    tokens: Tokens,
    as_counsellor: dict[str, str],
    role: str,
    attributes: dict[str, str],
    body: dict[str, Any],
    status: int,
) -> None:
    placement = (await service_client.post("/placements", json=BODY, headers=as_counsellor)).json()

    answer = await service_client.post(
        f"/placements/{placement['placement_id']}/reverse", json=body, headers=tokens(role, "p-1", **attributes)
    )

    assert answer.status_code == status


async def test_an_unknown_placement_looks_like_somebody_elses(
    service_client: httpx.AsyncClient, as_counsellor: dict[str, str]
) -> None:
    answer = await service_client.post("/placements/p-nothing/reverse", json={"reason": "other"}, headers=as_counsellor)

    assert answer.status_code == 403


async def test_placements_are_listed_for_their_jobseeker_and_centre(
    service_client: httpx.AsyncClient,
    pair: None,
    tokens: Tokens,
    as_counsellor: dict[str, str],
    as_stranger: dict[str, str],
) -> None:
    placement = (await service_client.post("/placements", json=BODY, headers=as_counsellor)).json()

    for headers, query, expected in [
        (as_counsellor, "centre_code=12012", [placement]),
        (as_counsellor, "jobseeker_id=j-2", []),
        (tokens("jobseeker", "j-1"), "", [placement]),
        (tokens("jobseeker", "j-2"), "", []),
        (as_stranger, "", []),
    ]:
        answer = await service_client.get(f"/placements?{query}", headers=headers)
        assert answer.json() == {"items": expected, "next": None}
    assert (await service_client.get("/placements?centre_code=12012", headers=as_stranger)).status_code == 403
