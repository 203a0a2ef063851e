"""Ready means that every part said so."""

import asyncio
from typing import Any

import httpx
import pytest

from ieum.http import create_app
from ieum.http.health import Check

KEY = "a-key-for-tests-of-32-bytes-or-more"


async def _well() -> dict[str, Any]:
    return {"lag": 0}


async def _ill() -> None:
    raise ConnectionError("the line is dead")


async def _quoting() -> None:
    raise ValueError("홍길동")


async def _silent() -> None:
    await asyncio.Event().wait()


async def _readyz(**checks: Check) -> httpx.Response:
    app = create_app("notes", version="1", identity_key=KEY, checks=checks)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes") as client:
        return await client.get("/readyz")


async def test_a_service_is_ready_when_all_parts_are_well() -> None:
    answer = await _readyz(database=_well, messaging=_well)

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "parts": {"database": {"status": "ok", "lag": 0}, "messaging": {"status": "ok", "lag": 0}},
    }


@pytest.mark.parametrize(
    ("check", "reason"),
    [(_ill, "the line is dead"), (_quoting, "ValueError"), (_silent, "no answer within 0.05 s")],
)
async def test_one_part_that_is_not_well_makes_it_not_ready_and_is_named(
    monkeypatch: pytest.MonkeyPatch, check: Check, reason: str
) -> None:
    monkeypatch.setattr("ieum.http.health._CHECK_SECONDS", 0.05)

    answer = await _readyz(database=_well, messaging=check)

    assert answer.status_code == 503
    assert answer.json()["parts"]["messaging"] == {"status": "unavailable", "reason": reason}
    assert answer.json()["parts"]["database"]["status"] == "ok"


async def test_livez_answers_whatever_is_wrong_with_the_parts() -> None:
    app = create_app("notes", version="1", identity_key=KEY, checks={"database": _ill})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes") as client:
        answer = await client.get("/livez")

    assert answer.status_code == 200


async def test_metrics_are_served_in_the_text_format_of_prometheus() -> None:
    app = create_app("notes", version="1", identity_key=KEY)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes") as client:
        await client.get("/livez")
        answer = await client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert 'http_requests_total{method="GET",route="/livez",status="200"}' in answer.text
