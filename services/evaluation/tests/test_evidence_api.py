from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from evaluation.figures.events import JobseekerRegistered, PlacementRecorded, PlacementReversed, VacancyOpened

from .conftest import Tell
from .histories import NOON

Tokens = Callable[..., dict[str, str]]
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
async def placements(nation: None, tell: Tell) -> None:
    """Nine days: each a vacancy of three and a jobseeker in Seoul, a placement in turn in Seoul and Gangnam; two of
    these are reversed."""
    for day in range(9):
        at = NOON + timedelta(days=day)
        await tell(f"v-{day}", VacancyOpened(centre_code="12012", openings=3), at=at)
        await tell(f"j-{day}", JobseekerRegistered(centre_code="12012"), at=at)
        await tell(f"p-{day}", PlacementRecorded(centre_code="12012" if day % 2 else "12003"), at=at)
    for day in (0, 3):
        await tell(f"p-{day}", PlacementReversed(centre_code="12012"), at=NOON + timedelta(days=20))


async def all_pages(
    client: httpx.AsyncClient, headers: dict[str, str], path: str, **query: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = (await client.get(path, params=NOVEMBER | query | cursor, headers=headers)).json()
        items += answer["items"]
        if answer["next"] is None:
            return items, answer["totals"]
        cursor = {"cursor": answer["next"]}


@pytest.mark.usefixtures("placements")
@pytest.mark.parametrize("scope", ["nation", "office:12010", "office:15000", "centre:12012", "centre:12003"])
async def test_the_amounts_of_all_pages_add_up_to_each_figure(
    service_client: httpx.AsyncClient, tokens: Tokens, scope: str
) -> None:
    headers = tokens("ministry")
    shown = (await service_client.get("/figures", params=NOVEMBER | {"scope": scope}, headers=headers)).json()

    for figure in shown["figures"]:
        path = f"/figures/{figure['indicator']}/events"
        items, totals = await all_pages(service_client, headers, path, scope=scope, limit="4")

        sums = dict.fromkeys(totals, 0)
        for item in items:
            sums[item["measure"]] += item["amount"]
        assert sums == totals
        parts = (figure["numerator"], figure["denominator"])
        assert list(totals.values()) == [part for part in parts if part is not None]
        assert len({item["entry_id"] for item in items}) == len(items)


@pytest.mark.usefixtures("placements")
async def test_rows_come_newest_day_first_and_a_reversal_stands_on_the_day_it_corrects(
    service_client: httpx.AsyncClient, tokens: Tokens
) -> None:
    items, _ = await all_pages(
        service_client, tokens("director"), "/figures/placements/events", scope="centre:12003", limit="2"
    )

    assert [(item["day"], item["type"], item["amount"]) for item in items] == [
        ("2026-11-10", "PlacementRecorded", 1),
        ("2026-11-08", "PlacementRecorded", 1),
        ("2026-11-06", "PlacementRecorded", 1),
        ("2026-11-04", "PlacementRecorded", 1),
        ("2026-11-02", "PlacementReversed", -1),
        ("2026-11-02", "PlacementRecorded", 1),
    ]
    assert items[4]["occurred_at"] == "2026-11-22T03:00:00Z"
    assert (items[4]["aggregate_id"], items[4]["version"]) == ("p-0", 2)
    assert items[4]["topic"] == "matching.placement.v1"


@pytest.mark.usefixtures("placements")
async def test_a_page_does_not_shift_when_newer_rows_come(
    service_client: httpx.AsyncClient, tokens: Tokens, tell: Tell
) -> None:
    headers = tokens("regional")
    query = NOVEMBER | {"limit": "3"}
    first = (await service_client.get("/figures/openings/events", params=query, headers=headers)).json()

    await tell("v-new", VacancyOpened(centre_code="12012", openings=1), at=NOON + timedelta(days=9))
    second = (
        await service_client.get("/figures/openings/events", params=query | {"cursor": first["next"]}, headers=headers)
    ).json()

    assert [item["day"] for item in first["items"] + second["items"]] == [
        f"2026-11-{day:02}" for day in range(10, 4, -1)
    ]


async def test_only_staff_and_the_ministry_drill_down(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    roles = ("counsellor", "director", "regional", "ministry", "jobseeker", "employer", "operator", "service")

    answers = [await service_client.get("/figures/fill_rate/events", headers=tokens(role)) for role in roles]

    assert [answer.status_code for answer in answers] == [200] * 4 + [403] * 4
    assert answers[0].json() == {"items": [], "next": None, "totals": {"placements": 0, "openings": 0}}


async def test_an_unknown_indicator_is_not_found(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    answer = await service_client.get("/figures/happiness/events", headers=tokens("ministry"))

    assert answer.status_code == 404


async def test_a_made_up_cursor_is_refused(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    answer = await service_client.get(
        "/figures/openings/events", params={"cursor": "bm90IGEgY3Vyc29y"}, headers=tokens("ministry")
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
