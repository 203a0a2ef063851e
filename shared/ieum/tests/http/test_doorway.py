"""Around every request: an id, one log line without a payload, one count."""

import json
from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from ieum.database import Database

from .conftest import app_of


@pytest.mark.parametrize("given", ["request-1", "0" * 100])
async def test_a_request_id_that_is_well_formed_is_taken_over(offline: httpx.AsyncClient, given: str) -> None:
    answer = await offline.get("/livez", headers={"X-Request-Id": given})

    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "short", "0" * 101, "with space 1", 'quote"quote"'])
async def test_any_other_request_id_is_replaced(offline: httpx.AsyncClient, given: str) -> None:
    answer = await offline.get("/livez", headers={"X-Request-Id": given})

    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


async def test_head_is_answered_as_get_is_without_the_body(offline: httpx.AsyncClient) -> None:
    got = await offline.get("/livez")

    answer = await offline.head("/livez")

    assert (answer.status_code, answer.headers["content-type"]) == (got.status_code, got.headers["content-type"])
    assert answer.content == b""


async def test_a_request_is_logged_by_its_route_without_what_it_carried(
    offline: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await offline.get("/notes/77777?name=secret", headers={"X-Request-Id": "request-1"})

    printed = capsys.readouterr().out
    line = next(line for line in map(json.loads, printed.splitlines()) if line["event"] == "request")
    assert (line["route"], line["status"], line["request_id"]) == ("/notes/{note_id}", 503, "request-1")
    assert "secret" not in printed
    assert "77777" not in printed


async def test_a_failure_is_logged_by_type_and_place_without_its_text(
    offline: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await offline.get("/bug")

    printed = capsys.readouterr().out
    line = next(line for line in map(json.loads, printed.splitlines()) if line["event"] == "request_failed")
    assert line["failure"]["type"] == "ValueError"
    assert line["failure"]["frames"][-1].endswith(" bug")
    assert "홍길동" not in printed


async def test_probes_are_counted_but_not_logged(
    offline: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {"method": "GET", "route": "/livez", "status": "200"}
    before = REGISTRY.get_sample_value("http_requests_total", labels) or 0

    await offline.get("/livez")

    assert REGISTRY.get_sample_value("http_requests_total", labels) == before + 1
    assert capsys.readouterr().out == ""


async def test_addresses_that_do_not_exist_share_one_count(offline: httpx.AsyncClient) -> None:
    labels = {"method": "GET", "route": "unmatched", "status": "404"}
    before = REGISTRY.get_sample_value("http_requests_total", labels) or 0

    for number in range(3):
        await offline.get(f"/no/{number}")

    assert REGISTRY.get_sample_value("http_requests_total", labels) == before + 3


async def test_a_client_that_hangs_up_while_it_sends_is_no_failure_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    labels = {"method": "POST", "route": "/raw", "status": "499"}
    before = REGISTRY.get_sample_value("http_requests_total", labels) or 0
    coming: Iterator[MutableMapping[str, Any]] = iter(
        [{"type": "http.request", "body": b"half a", "more_body": True}, {"type": "http.disconnect"}]
    )
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/raw",
    }
    scope |= {"scheme": "http", "query_string": b"", "headers": [], "server": ("notes", 80), "root_path": ""}

    async def receive() -> MutableMapping[str, Any]:
        return next(coming)

    async def send(_: MutableMapping[str, Any]) -> None:
        return None

    await app_of(Database("postgresql://127.0.0.1:1/nowhere"))(scope, receive, send)

    assert REGISTRY.get_sample_value("http_requests_total", labels) == before + 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["status"] for line in lines if line["event"] == "request"] == [499]
    assert not any(line["event"] == "request_failed" for line in lines)
