from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from evaluation.figures.events import (
    JobseekerRegistered,
    PlacementRecorded,
    PlacementReversed,
    VacancyChanged,
    VacancyOpened,
)
from evaluation.scopes.events import CentreOpened

from .conftest import Tell
from .histories import NOON

Tokens = Callable[..., dict[str, str]]
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
async def november(nation: None, tell: Tell) -> None:
    """Some life: 10 openings, 4 jobseekers and 1 placement in Seoul, 2 openings and 1 placement in Gangnam."""
    await tell("v-1", VacancyOpened(centre_code="12012", openings=7), VacancyChanged(centre_code="12012", openings=8))
    await tell("v-2", VacancyOpened(centre_code="12012", openings=2))
    await tell("v-3", VacancyOpened(centre_code="12003", openings=2))
    for number in range(4):
        await tell(f"j-{number}", JobseekerRegistered(centre_code="12012"))
    await tell("p-1", PlacementRecorded(centre_code="12012"))
    await tell("p-2", PlacementRecorded(centre_code="12003"))
    await tell("p-3", PlacementRecorded(centre_code="12012"))
    await tell("p-3", PlacementReversed(centre_code="12012"), at=NOON + timedelta(days=3))


@pytest.fixture
def get(service_client: httpx.AsyncClient, tokens: Tokens) -> Callable[..., Any]:
    """`await get("/figures", scope=…)` as a jobseeker; the answer's JSON."""

    async def get(path: str, role: str = "jobseeker", **query: str) -> Any:
        answer = await service_client.get(path, params=NOVEMBER | query, headers=tokens(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


Get = Callable[..., Any]


def values(figures: list[dict[str, Any]]) -> dict[str, str | None]:
    return {figure["indicator"]: figure["value"] for figure in figures}


@pytest.mark.usefixtures("november")
async def test_a_centre_shows_its_six_indicators(get: Get) -> None:
    answer = await get("/figures", scope="centre:12012")

    assert answer["scope"] == {"scope": "centre:12012", "kind": "centre", "code": "12012", "name": "서울고용센터"}
    assert (answer["from"], answer["to"]) == ("2026-11-01", "2026-11-30")
    assert values(answer["figures"]) == {
        "openings": "10",
        "jobseekers": "4",
        "opening_ratio": "2.50",
        "placements": "1",
        "placement_rate": "25.0",
        "fill_rate": "10.0",
    }


@pytest.mark.usefixtures("november")
async def test_an_office_and_the_nation_are_the_rates_of_their_sums(get: Get) -> None:
    office = await get("/figures", scope="office:12010")
    nation = await get("/figures")

    assert values(office["figures"])["fill_rate"] == "16.7"
    assert values(office["figures"])["placement_rate"] == "50.0"
    assert values(nation["figures"]) == values(office["figures"])
    assert nation["scope"]["name"] == "전국"


@pytest.mark.usefixtures("november")
async def test_a_rate_without_a_denominator_is_null_with_a_reason(get: Get) -> None:
    answer = await get("/figures", scope="centre:12003")

    rate = next(figure for figure in answer["figures"] if figure["indicator"] == "placement_rate")
    assert (rate["value"], rate["numerator"], rate["denominator"]) == (None, 1, 0)
    assert rate["text"] == {"ko": "취업률", "en": "Placement rate"}
    assert rate["reason"]["en"] == "Nobody registered as a jobseeker in this period."


@pytest.mark.usefixtures("november")
async def test_days_outside_the_period_do_not_count(get: Get) -> None:
    before = await get("/figures", to="2026-11-01")
    on_the_day = await get("/figures", **{"from": "2026-11-02", "to": "2026-11-02"})

    assert values(before["figures"])["openings"] == "0"
    assert values(on_the_day["figures"])["openings"] == "12"


@pytest.mark.usefixtures("november")
async def test_children_add_up_to_their_parent(get: Get) -> None:
    nation = await get("/figures")
    offices = await get("/figures/children")
    centres = await get("/figures/children", scope="office:12010")

    assert [child["scope"]["scope"] for child in offices["children"]] == ["office:12010", "office:15000"]
    assert [child["scope"]["scope"] for child in centres["children"]] == ["centre:12003", "centre:12012"]
    whole = [figure["numerator"] for figure in nation["figures"]]
    for children in (offices["children"], centres["children"]):
        parts = [[figure["numerator"] for figure in child["figures"]] for child in children]
        assert [sum(part) for part in zip(*parts, strict=True)] == whole


@pytest.mark.usefixtures("november")
async def test_below_a_centre_there_is_nothing(get: Get) -> None:
    assert (await get("/figures/children", scope="centre:12012"))["children"] == []


async def test_a_centre_not_heard_of_yet_counts_and_joins_its_office_once_heard(
    nation: None, tell: Tell, get: Get
) -> None:
    await tell("v-9", VacancyOpened(centre_code="13000", openings=5))
    before = await get("/figures/children")
    whole = await get("/figures")

    office = {"regional_office_code": "13000", "regional_office_name": "부산지방고용노동청"}
    await tell("13000", CentreOpened(name="부산고용센터", **office))
    after = await get("/figures/children")

    assert values(whole["figures"])["openings"] == "5"
    assert before["children"][-1]["scope"]["scope"] == "unassigned"
    assert values(before["children"][-1]["figures"])["openings"] == "5"
    assert [child["scope"]["scope"] for child in after["children"]] == ["office:12010", "office:13000", "office:15000"]
    assert values((await get("/figures", scope="centre:13000"))["figures"])["openings"] == "5"


@pytest.mark.usefixtures("nation")
async def test_the_tree_of_scopes_is_what_the_centres_said(get: Get) -> None:
    tree = await get("/scopes")

    offices = tree["children"]
    assert tree["scope"] == "nation"
    assert [office["name"] for office in offices] == ["서울지방고용노동청", "중부지방고용노동청"]
    assert [(centre["code"], centre["demonstration"]) for centre in offices[0]["children"]] == [
        ("12003", True),
        ("12012", False),
    ]


async def test_the_period_is_this_month_so_far_unless_asked_otherwise(
    service_client: httpx.AsyncClient, tokens: Tokens
) -> None:
    answer = (await service_client.get("/figures", headers=tokens("employer"))).json()

    assert answer["from"] == answer["to"][:8] + "01"


async def test_the_reader_chooses_the_language_of_the_nation(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    answer = await service_client.get("/scopes", headers=tokens("jobseeker") | {"Accept-Language": "en"})

    assert answer.json()["name"] == "Nation"
    assert answer.headers["vary"] == "Accept-Language"


async def test_indicators_tell_formula_and_source(get: Get) -> None:
    listed = (await get("/indicators"))["items"]

    rate = next(indicator for indicator in listed if indicator["indicator"] == "placement_rate")
    assert len(listed) == 6
    assert (rate["numerator"], rate["denominator"], rate["decimals"]) == ("placements", "jobseekers", 1)
    assert rate["formula"]["ko"] == "취업자수 ÷ 구직자수 × 100"
    assert "idx_cd=1505" in rate["source"]["url"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"scope": "region:11"}, "scope"),
        ({"scope": "centre:"}, "scope"),
        ({"scope": "x" * 41}, "scope"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": "2026-12-01"}, "from"),
        ({"to": "soon"}, "to"),
        ({"from": "0"}, "from"),
        ({"to": "1767312000"}, "to"),
        ({"from": "2026-11-01T00:00:00"}, "from"),
    ],
)
async def test_bad_queries_are_refused_naming_the_field(
    service_client: httpx.AsyncClient, tokens: Tokens, query: dict[str, str], field: str
) -> None:
    paths = ("/figures", "/figures/children", "/figures/openings/events")

    answers = [await service_client.get(path, params=NOVEMBER | query, headers=tokens("ministry")) for path in paths]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert {error["field"] for answer in answers for error in answer.json()["errors"]} == {field}


@pytest.mark.usefixtures("nation")
@pytest.mark.parametrize("scope", ["centre:99999", "office:99999"])
async def test_an_unknown_scope_is_not_found(service_client: httpx.AsyncClient, tokens: Tokens, scope: str) -> None:
    paths = ("/figures", "/figures/children", "/figures/openings/events")

    answers = [await service_client.get(path, params={"scope": scope}, headers=tokens("ministry")) for path in paths]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_nobody_looks_without_signing_in(service_client: httpx.AsyncClient) -> None:
    paths = ("/figures", "/figures/children", "/figures/openings/events", "/scopes", "/indicators", "/stream")

    answers = [await service_client.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [401] * len(paths)
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


async def test_every_route_is_described(service_client: httpx.AsyncClient) -> None:
    described = (await service_client.get("/openapi.json")).json()["paths"]

    assert set(described) >= {
        "/scopes",
        "/indicators",
        "/figures",
        "/figures/children",
        "/figures/{indicator}/events",
        "/stream",
    }
    assert list(described["/stream"]["get"]["responses"]["200"]["content"]) == ["text/event-stream"]
