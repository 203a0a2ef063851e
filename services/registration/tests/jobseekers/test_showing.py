"""Looking at registrations: whose they are, and who sees them on which day."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ieum.database import Database
from ieum.testing.client import Tokens
from registration.clock.store import clock

Form = Callable[..., dict[str, Any]]
Appointed = Callable[..., Awaitable[dict[str, str]]]

SEOUL_WEST = "12031"


async def test_a_record_is_shown_whole_to_its_person_and_to_the_centres_staff(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], appointed: Appointed
) -> None:
    person_id, headers = me

    own = await service_client.get(f"/jobseekers/{person_id}", headers=headers)
    staff = await service_client.get(f"/jobseekers/{person_id}", headers=await appointed("director"))

    assert own.json() == staff.json()
    assert own.headers["etag"] == '"1"'
    assert own.headers["cache-control"] == "no-store"
    assert own.json()["person"] == {
        "name": "홍길동",
        "email": "hong@example.com",
        "phone": "+821012345678",
        "birth_year": 1990,
        "language": "ko",
    }


@pytest.mark.parametrize("target", ["theirs", str(uuid4()), "nobody", "%00", "1" * 300])
@pytest.mark.parametrize("role", ["jobseeker", "counsellor", "director"])
async def test_somebody_elses_record_and_one_that_is_not_there_are_forbidden_alike(
    service_client: httpx.AsyncClient,
    me: tuple[str, dict[str, str]],
    tokens: Tokens,
    appointed: Appointed,
    form: Form,
    role: str,
    target: str,
) -> None:
    url = f"/jobseekers/{me[0] if target == 'theirs' else target}"
    headers = tokens(role, str(uuid4())) if role == "jobseeker" else await appointed(role, SEOUL_WEST)
    headers |= {"If-Match": '"1"', "X-Request-Id": "the-same-request"}

    answers = [
        await service_client.get(url, headers=headers),
        await service_client.put(url, json=form(), headers=headers),
        await service_client.post(f"{url}/stop", json={"reason": "employed"}, headers=headers),
    ]

    expected = 422 if target == "%00" else 403
    assert [answer.status_code for answer in answers] == [expected] * 3
    assert len({answer.text for answer in answers}) == 1


async def test_who_is_not_registered_yet_learns_that_of_themselves(
    service_client: httpx.AsyncClient, tokens: Tokens
) -> None:
    person_id = str(uuid4())

    answer = await service_client.get(f"/jobseekers/{person_id}", headers=tokens("jobseeker", person_id))

    assert answer.status_code == 404


async def test_staff_who_move_lose_the_old_centre_that_day(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], appointed: Appointed, database: Database
) -> None:
    url = f"/jobseekers/{me[0]}"
    async with database.reading() as tx:
        day = (await clock(tx)).day
    mover, leaver, starter = uuid4(), uuid4(), uuid4()
    moved = await appointed("counsellor", ends_on=day, person_id=mover)
    await appointed("counsellor", SEOUL_WEST, starts_on=day, person_id=mover)
    leaves = await appointed("counsellor", ends_on=day + timedelta(days=1), person_id=leaver)
    starts = await appointed("counsellor", starts_on=day + timedelta(days=1), person_id=starter)

    seen = {
        name: (await service_client.get(url, headers=headers)).status_code
        for name, headers in {"moved today": moved, "leaves tomorrow": leaves, "starts tomorrow": starts}.items()
    }

    assert seen == {"moved today": 403, "leaves tomorrow": 200, "starts tomorrow": 403}


async def test_a_token_of_a_role_that_the_calendar_does_not_give_opens_nothing(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], tokens: Tokens, appointed: Appointed
) -> None:
    person_id = uuid4()
    await appointed("counsellor", person_id=person_id)

    as_director = await service_client.get(
        f"/jobseekers/{me[0]}", headers=tokens("director", str(person_id), centre_code="15152")
    )
    stranger = await service_client.get(
        f"/jobseekers/{me[0]}", headers=tokens("counsellor", "c-1", centre_code="15152")
    )

    assert (as_director.status_code, stranger.status_code) == (403, 403)


async def test_a_list_masks_names_and_pages_without_shifting(
    service_client: httpx.AsyncClient, appointed: Appointed, tokens: Tokens, form: Form
) -> None:
    names = ["홍길동", "이순신", "성춘향", "남궁민수", "이산"]
    for name in names:
        person = tokens("jobseeker", str(uuid4()))
        await service_client.post("/jobseekers", json=form(person={"name": name}), headers=person)
    headers = await appointed("counsellor")

    shown: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await service_client.get(f"/jobseekers?centre_code=15152&limit=2{cursor}", headers=headers)).json()
        shown += [item["name_masked"] for item in page["items"]]
        assert all("person" not in item for item in page["items"])
        cursor = f"&cursor={page['next']}" if page["next"] else None

    assert shown == ["이*", "남**수", "성*향", "이*신", "홍*동"]


async def test_a_search_finds_a_whole_name_and_only_in_the_own_centre(
    service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]], appointed: Appointed
) -> None:
    headers = await appointed("counsellor")

    async def found(query: str) -> list[str]:
        answer = await service_client.get(f"/jobseekers?centre_code=15152&q={query}", headers=headers)
        return [item["jobseeker_id"] for item in answer.json()["items"]]

    other = await service_client.get("/jobseekers?centre_code=12031", headers=headers)

    assert await found("홍 길동") == [me[0]]
    assert await found("홍") == []
    assert other.status_code == 403


async def test_a_jobseeker_sees_no_list(service_client: httpx.AsyncClient, me: tuple[str, dict[str, str]]) -> None:
    assert (await service_client.get("/jobseekers?centre_code=15152", headers=me[1])).status_code == 403
