from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

Hear = Callable[..., Awaitable[None]]
Make = Callable[..., Any]


async def test_a_person_reads_their_own_messages_newest_first(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make, referred: Make
) -> None:
    await hear(proposed("a"), referred("a"), proposed("b"))

    answer = await service_client.get("/messages", headers=tokens("jobseeker", "a"))

    assert answer.status_code == 200
    body = answer.json()
    assert [(item["seq"], item["kind"]) for item in body["items"]] == [(2, "referral_made"), (1, "match_proposed")]
    assert (body["next"], body["unread"]) == (None, 2)
    assert body["items"][1]["title"] == {"ko": "새 일자리: 용접원", "en": "New match: 용접원"}
    assert body["items"][1]["params"]["score"] == 87


async def test_people_of_an_employer_read_the_employers_messages(
    service_client: AsyncClient, tokens: Make, hear: Hear, referred: Make
) -> None:
    await hear(referred(employer_id="e-1"), referred(employer_id="e-2"))

    answer = await service_client.get("/messages", headers=tokens("employer", "person-9", employer_id="e-1"))

    assert [item["kind"] for item in answer.json()["items"]] == ["referral_received"]


async def test_an_employers_person_without_an_employer_reads_nothing(service_client: AsyncClient, tokens: Make) -> None:
    answer = await service_client.get("/messages", headers=tokens("employer", "person-9"))

    assert answer.status_code == 403


async def test_a_counsellor_reads_the_answers_to_their_referrals(
    service_client: AsyncClient, tokens: Make, hear: Hear, answered: Make
) -> None:
    await hear(answered(answer="hired"))

    answer = await service_client.get("/messages", headers=tokens("counsellor", "counsellor-1", centre_code="11010"))

    assert [(item["kind"], item["params"]["answer"]) for item in answer.json()["items"]] == [
        ("referral_result", "hired")
    ]


async def test_pages_follow_each_other_without_repeating_or_missing_one(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make
) -> None:
    await hear(*(proposed("a") for _ in range(7)))
    seen: list[int] = []
    cursor: str | None = None

    while True:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await service_client.get("/messages", params=params, headers=tokens("jobseeker", "a"))).json()
        seen += [item["seq"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == [7, 6, 5, 4, 3, 2, 1]


async def test_reading_a_message_takes_it_off_the_unread_ones(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make
) -> None:
    await hear(proposed("a"), proposed("a"))
    headers = tokens("jobseeker", "a")

    first = await service_client.post("/messages/1/read", headers=headers)
    again = await service_client.post("/messages/1/read", headers=headers)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["read_at"] == again.json()["read_at"] is not None
    unread = (await service_client.get("/messages?unread=true", headers=headers)).json()
    assert ([item["seq"] for item in unread["items"]], unread["unread"]) == ([2], 1)


async def test_counting_unread_messages_ends_at_a_hundred(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make
) -> None:
    await hear(*(proposed("a") for _ in range(120)))

    answer = await service_client.get("/messages?limit=1", headers=tokens("jobseeker", "a"))

    assert answer.json()["unread"] == 100


@pytest.mark.parametrize("seq", ["1", "99"])
async def test_somebody_elses_message_looks_like_none(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make, seq: str
) -> None:
    await hear(proposed("a"))

    answer = await service_client.post(f"/messages/{seq}/read", headers=tokens("jobseeker", "b"))

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:ieum:problem:not-found"


@pytest.mark.parametrize("seq", ["0", "-1", "x", str(2**63)])
async def test_what_is_no_number_of_a_message_is_named(service_client: AsyncClient, tokens: Make, seq: str) -> None:
    answer = await service_client.post(f"/messages/{seq}/read", headers=tokens("jobseeker", "a"))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "seq"


@pytest.mark.parametrize("cursor", ["x", "WzBd", "WyJhIl0", "W10"])
async def test_a_made_up_cursor_is_named(service_client: AsyncClient, tokens: Make, cursor: str) -> None:
    answer = await service_client.get(f"/messages?cursor={cursor}", headers=tokens("jobseeker", "a"))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


async def test_services_and_strangers_have_no_messages(service_client: AsyncClient, tokens: Make) -> None:
    service = await service_client.get("/messages", headers=tokens("service", "service:matching"))
    stranger = await service_client.get("/messages")

    assert (service.status_code, stranger.status_code) == (403, 401)
