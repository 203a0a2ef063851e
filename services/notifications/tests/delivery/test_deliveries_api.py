from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from ieum.database import Database

Hear = Callable[..., Awaitable[None]]
Make = Callable[..., Any]


async def test_staff_see_where_a_persons_letters_are_and_nothing_of_what_is_in_them(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make, referred: Make
) -> None:
    await hear(proposed("a", title="용접원"), proposed("a", title="용접원"), referred("a"))

    answer = await service_client.get("/deliveries?person_id=a", headers=tokens("counsellor", "c", centre_code="11010"))

    items = answer.json()["items"]
    assert [(item["seq"], item["kind"], item["state"]) for item in items] == [
        (3, "referral_made", "pending"),
        (2, "match_proposed", "pending"),
        (1, "match_proposed", "pending"),
    ]
    assert items[1]["delivery_id"] == items[2]["delivery_id"]
    assert "용접원" not in answer.text


async def test_staff_of_another_centre_learn_nothing(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make
) -> None:
    await hear(proposed("a", centre_code="11010"))
    elsewhere = tokens("counsellor", "c", centre_code="26010")

    known = await service_client.get("/deliveries?person_id=a", headers=elsewhere)
    unknown = await service_client.get("/deliveries?person_id=nobody", headers=elsewhere)

    assert known.json() == unknown.json() == {"items": [], "next": None}


async def test_letters_that_need_somebody_are_listed_for_their_centre(
    service_client: AsyncClient, tokens: Make, hear: Hear, placed: Make, database: Database
) -> None:
    await hear(*(placed(f"j-{number}") for number in range(5)))
    async with database.transaction() as tx:
        for number, state in enumerate(("accepted", "refused", "unknown", "undeliverable", "pending")):
            await tx.execute("UPDATE delivery SET state = $2 WHERE recipient_id = $1", f"j-{number}", state)

    ours = await service_client.get("/deliveries", headers=tokens("director", "d", centre_code="11010"))
    theirs = await service_client.get("/deliveries", headers=tokens("director", "d", centre_code="26010"))
    everybodys = await service_client.get("/deliveries", headers=tokens("operator", "o"))

    assert [item["state"] for item in ours.json()["items"]] == ["undeliverable", "unknown", "refused"]
    assert theirs.json()["items"] == []
    assert everybodys.json() == ours.json()


@pytest.mark.parametrize("query", ["person_id=a&", ""])
async def test_pages_of_deliveries_follow_each_other(
    service_client: AsyncClient, tokens: Make, hear: Hear, proposed: Make, database: Database, query: str
) -> None:
    await hear(*(proposed("a") for _ in range(5)))
    async with database.transaction() as tx:
        await tx.execute("UPDATE delivery SET state = 'unknown'")
    headers = tokens("operator", "o")
    seen: list[int] = []
    cursor = ""

    while True:
        page = (await service_client.get(f"/deliveries?{query}limit=2{cursor}", headers=headers)).json()
        seen += [item["seq"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("role", "attributes"),
    [("jobseeker", {}), ("employer", {"employer_id": "e"}), ("ministry", {}), ("counsellor", {})],
)
async def test_whoever_is_not_staff_of_a_centre_sees_no_deliveries(
    service_client: AsyncClient, tokens: Make, role: str, attributes: dict[str, str]
) -> None:
    answer = await service_client.get("/deliveries?person_id=a", headers=tokens(role, "a", **attributes))

    assert answer.status_code == 403
