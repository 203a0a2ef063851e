"""Employers are registered once, by a verified number, and can be found by everybody who is signed in."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from ieum.testing.client import Tokens

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]

FORM = {"business_number": "124-81-00998", "name": "한빛정밀", "region_code": "11680", "industry": "절삭가공업"}


@pytest.fixture
def employer(tokens: Tokens) -> dict[str, str]:
    return tokens("employer", "p-employer")


async def test_an_employer_is_registered_and_told(
    service_client: httpx.AsyncClient, employer: dict[str, str], told: Told
) -> None:
    answer = await service_client.post("/employers", json=FORM, headers=employer)

    assert answer.status_code == 201
    view = answer.json()
    assert view["business_number"] == "1248100998"
    assert view["region_name"] == "서울 강남구"
    assert answer.headers["location"] == f"/employers/{view['employer_id']}"
    assert answer.headers["etag"] == '"1"'
    ((kind, key, version, body),) = await told()
    assert (kind, key, version) == ("EmployerRegistered", view["employer_id"], 1)
    assert body == {
        "name": "한빛정밀",
        "region_code": "11680",
        "centre_code": view["centre_code"],
        "industry": "절삭가공업",
    }


async def test_a_number_is_registered_once(
    service_client: httpx.AsyncClient, employer: dict[str, str], told: Told
) -> None:
    await service_client.post("/employers", json=FORM, headers=employer)

    again = await service_client.post("/employers", json={**FORM, "business_number": "1248100998"}, headers=employer)

    assert again.status_code == 409
    assert again.json()["type"] == "urn:ieum:problem:business-number-taken"
    assert len(await told()) == 1


async def test_the_same_request_repeated_gets_the_same_answer(
    service_client: httpx.AsyncClient, employer: dict[str, str]
) -> None:
    headers = {**employer, "Idempotency-Key": "once"}
    first = await service_client.post("/employers", json=FORM, headers=headers)

    repeated = await service_client.post("/employers", json=FORM, headers=headers)
    other = await service_client.post("/employers", json={**FORM, "name": "다른 회사"}, headers=headers)

    assert (repeated.status_code, repeated.json()) == (201, first.json())
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"business_number": "124-81-00997"}, "business_number"),
        ({"business_number": 1248100998}, "business_number"),
        ({"name": ""}, "name"),
        ({"name": "가" * 201}, "name"),
        ({"name": "줄\n바꿈"}, "name"),
        ({"name": "널\x00"}, "name"),
        ({"region_code": "00000"}, "region_code"),
        ({"region_code": "없음"}, "region_code"),
        ({"industry": "가" * 201}, "industry"),
        ({"name": "홍길동 900101-1234568"}, "name"),
        ({"industry": "900101-5234568"}, "industry"),
        ({"phone": "010-1234-5678"}, "phone"),
    ],
)
async def test_a_bad_field_is_named_with_its_rule(
    service_client: httpx.AsyncClient, employer: dict[str, str], told: Told, changes: dict[str, Any], field: str
) -> None:
    answer = await service_client.post("/employers", json={**FORM, **changes}, headers=employer)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert answer.json()["errors"][0]["ko"]
    assert await told() == []


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"3", b"null", b"{", b"\xff"])
async def test_a_body_of_the_wrong_kind_is_a_problem_and_no_failure(
    service_client: httpx.AsyncClient, employer: dict[str, str], body: bytes
) -> None:
    answer = await service_client.post(
        "/employers", content=body, headers={**employer, "Content-Type": "application/json"}
    )

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_jobseekers_register_no_employers(service_client: httpx.AsyncClient, tokens: Tokens) -> None:
    refused = await service_client.post("/employers", json=FORM, headers=tokens("jobseeker"))
    unknown = await service_client.post("/employers", json=FORM)

    assert (refused.status_code, unknown.status_code) == (403, 401)


async def test_employers_are_listed_newest_first_and_found_by_name_number_and_centre(
    service_client: httpx.AsyncClient, employer: dict[str, str], tokens: Tokens
) -> None:
    made = []
    for number, name, region in (
        ("124-81-00998", "한빛정밀", "11680"),
        ("220-81-62517", "다온테크", "26260"),
        ("123-45-67891", "한빛물산", "26260"),
    ):
        form = {"business_number": number, "name": name, "region_code": region}
        made.append((await service_client.post("/employers", json=form, headers=employer)).json())

    async def names(**asked: Any) -> list[str]:
        answer = await service_client.get("/employers", params=asked, headers=tokens("jobseeker"))
        assert answer.status_code == 200
        return [one["name"] for one in answer.json()["items"]]

    assert await names() == ["한빛물산", "다온테크", "한빛정밀"]
    assert await names(q="한빛") == ["한빛물산", "한빛정밀"]
    assert await names(business_number="220-81-62517") == ["다온테크"]
    assert await names(centre_code=made[1]["centre_code"]) == ["한빛물산", "다온테크"]
    first = (await service_client.get("/employers", params={"limit": 2}, headers=employer)).json()
    rest = (await service_client.get("/employers", params={"cursor": first["next"]}, headers=employer)).json()
    assert [one["name"] for one in first["items"] + rest["items"]] == ["한빛물산", "다온테크", "한빛정밀"]
    assert rest["next"] is None


async def test_one_employer_is_looked_at_and_an_unknown_one_is_not_there(
    service_client: httpx.AsyncClient, employer: dict[str, str]
) -> None:
    made = (await service_client.post("/employers", json=FORM, headers=employer)).json()

    found = await service_client.get(f"/employers/{made['employer_id']}", headers=employer)
    unknown = await service_client.get("/employers/00000000-0000-0000-0000-000000000000", headers=employer)
    malformed = await service_client.get("/employers/nobody", headers=employer)

    assert found.json() == made
    assert (unknown.status_code, malformed.status_code) == (404, 404)
