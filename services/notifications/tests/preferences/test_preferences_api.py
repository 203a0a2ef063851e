from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from ieum.database import Database

Hear = Callable[..., Awaitable[None]]
Make = Callable[..., Any]

CHOSEN: dict[str, Any] = {
    "kinds": {"match_proposed": {"live": True, "email": False, "sms": True}},
    "language": "en",
    "quiet_from": "22:00",
    "quiet_to": "07:30",
}


async def test_defaults_are_shown_until_something_is_chosen(service_client: AsyncClient, tokens: Make) -> None:
    answer = await service_client.get("/preferences", headers=tokens("jobseeker", "a"))

    body = answer.json()
    assert (answer.status_code, answer.headers["etag"], body["version"]) == (200, '"0"', 0)
    assert body["kinds"]["match_proposed"] == {"live": True, "email": True, "sms": False}
    assert (body["language"], body["quiet_from"], body["quiet_to"]) == (None, None, None)
    assert {"ko", "en"} <= set(body["languages"])


@pytest.mark.parametrize(
    ("role", "attributes", "kinds"),
    [
        (
            "jobseeker",
            {},
            {"match_proposed", "referral_made", "referral_answered", "placement_recorded", "placement_reversed"},
        ),
        ("employer", {"employer_id": "e"}, {"referral_received", "hire_reversed"}),
        ("counsellor", {"centre_code": "11010"}, {"referral_result"}),
    ],
)
async def test_everybody_sees_the_kinds_that_concern_them(
    service_client: AsyncClient, tokens: Make, role: str, attributes: dict[str, str], kinds: set[str]
) -> None:
    answer = await service_client.get("/preferences", headers=tokens(role, "a", **attributes))

    assert set(answer.json()["kinds"]) == kinds


async def test_a_choice_is_kept_and_the_rest_stays_at_its_default(service_client: AsyncClient, tokens: Make) -> None:
    headers = tokens("jobseeker", "a")

    changed = await service_client.put("/preferences", json=CHOSEN, headers=headers | {"If-Match": '"0"'})
    shown = await service_client.get("/preferences", headers=headers)

    assert (changed.status_code, changed.headers["etag"]) == (200, '"1"')
    assert shown.json() == changed.json()
    assert shown.json()["kinds"]["match_proposed"] == {"live": True, "email": False, "sms": True}
    assert shown.json()["kinds"]["referral_made"] == {"live": True, "email": True, "sms": False}
    assert (shown.json()["quiet_from"], shown.json()["quiet_to"]) == ("22:00", "07:30")


async def test_a_choice_decides_what_is_made_of_the_next_event(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make, database: Database
) -> None:
    silent = {"kinds": {"match_proposed": {"live": False, "email": False}}}
    await service_client.put("/preferences", json=silent, headers=tokens("jobseeker", "a") | {"If-Match": '"0"'})

    await hear(proposed("a"))

    async with database.reading() as tx:
        assert await tx.fetchval("SELECT live FROM message") is False
        assert await tx.fetchval("SELECT count(*) FROM delivery") == 0


@pytest.mark.parametrize(("if_match", "status"), [(None, 428), ('"3"', 412), ("3", 422)])
async def test_a_change_names_the_version_it_changes(
    service_client: AsyncClient, tokens: Make, if_match: str | None, status: int
) -> None:
    headers = tokens("jobseeker", "a") | ({"If-Match": if_match} if if_match else {})

    answer = await service_client.put("/preferences", json=CHOSEN, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kinds": {"weather": {"live": True, "email": True}}}, "kinds.weather"),
        ({"kinds": {"referral_received": {"live": True, "email": True}}}, "kinds.referral_received"),
        ({"kinds": {"match_proposed": {"live": True, "email": True, "pigeon": True}}}, "kinds.match_proposed.pigeon"),
        ({"kinds": {"match_proposed": {"live": True}}}, "kinds.match_proposed.email"),
        ({"kinds": []}, "kinds"),
        ({"language": "xx"}, "language"),
        ({"quiet_from": "24:00"}, "quiet_from"),
        ({"quiet_from": "9:00"}, "quiet_from"),
        ({"quiet_from": None}, "body"),
        ({"quiet_from": "07:30"}, "body"),
        ({"loud_from": "07:30"}, "loud_from"),
    ],
)
async def test_what_cannot_be_chosen_is_named(
    service_client: AsyncClient, tokens: Make, change: dict[str, Any], field: str
) -> None:
    headers = tokens("jobseeker", "a") | {"If-Match": '"0"'}

    answer = await service_client.put("/preferences", json=CHOSEN | change, headers=headers)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
