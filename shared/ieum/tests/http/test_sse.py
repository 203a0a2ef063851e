"""An event stream says that it is alive, goes on where the client was, and ends when anybody ends it."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from prometheus_client import REGISTRY
from pydantic import BaseModel

from ieum.http import Caller, EventStream, LastEventNumber, allow, create_app, frame
from ieum.http.identity import issue
from ieum.testing import eventually

KEY = "a-key-for-tests-of-32-bytes-or-more"


class Source:
    """Frames of one stream, and whether they were given up properly."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.closed = False

    async def __call__(self) -> AsyncIterator[bytes]:
        try:
            while (chunk := await self.frames.get()) is not None:
                yield chunk
        finally:
            self.closed = True


class Listener:
    """A client of one stream, spoken to over ASGI: a test client would wait for the end of the answer."""

    def __init__(self, app: FastAPI, headers: dict[str, str]) -> None:
        self.started: MutableMapping[str, Any] = {}
        self.received = b""
        self._left = asyncio.Event()
        self._asked = False
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/stream",
            "raw_path": b"/stream",
            "query_string": b"",
            "headers": raw,
            "client": ("test", 1),
            "server": ("test", 80),
        }
        self.answer = asyncio.create_task(app(scope, self._receive, self._send))

    def leave(self) -> None:
        self._left.set()

    async def until(self, text: bytes) -> None:
        await eventually(f"{text!r} on the stream", lambda: text in self.received)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.started = message
        else:
            self.received += message.get("body", b"")


@asynccontextmanager
async def _listening(
    source: Source, heartbeat: float = 60.0, **headers: str
) -> AsyncIterator[tuple[FastAPI, Listener]]:
    router = APIRouter()

    # Callers are named where there is a token; most of these tests need none.
    callers = [allow()] if "Authorization" in headers else []

    @router.get("/stream", dependencies=callers)
    async def stream(request: Request, last: LastEventNumber) -> EventStream:
        if last is not None:
            await source.frames.put(frame(f"after {last}"))
        return EventStream(request, source(), heartbeat=heartbeat)

    app = create_app("live", version="1", identity_key=KEY, routers=[router])
    listener = Listener(app, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        await listener.until(b"retry:")
        yield app, listener
    finally:
        listener.leave()
        await asyncio.wait_for(listener.answer, 5)


async def test_frames_are_sent_as_they_come_with_id_event_and_every_line_of_data() -> None:
    source = Source()
    async with _listening(source) as (_, listener):
        await source.frames.put(frame("가\n나", event="note", id=7))

        await listener.until("event: note\ndata: 가\ndata: 나\nid: 7\n\n".encode())


def test_a_model_is_sent_as_json() -> None:
    class Note(BaseModel):
        title: str

    assert frame(Note(title="가")) == 'data: {"title":"가"}\n\n'.encode()


async def test_the_answer_says_that_nothing_on_the_way_may_hold_it_back() -> None:
    async with _listening(Source()) as (_, listener):
        headers = {name.decode(): value.decode() for name, value in listener.started["headers"]}

    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert "content-length" not in headers


async def test_a_silent_stream_sends_heartbeats() -> None:
    async with _listening(Source(), heartbeat=0.02) as (_, listener):
        await listener.until(b": ping\n\n: ping\n\n")


async def test_a_client_that_was_here_before_goes_on_where_it_was() -> None:
    async with _listening(Source(), Last_Event_ID="41") as (_, listener):
        await listener.until(b"data: after 41\n\n")


@pytest.mark.parametrize("last", ["x", "-1", "1" * 19, "٣"])
async def test_a_last_event_id_that_is_no_number_is_refused(offline: httpx.AsyncClient, last: str) -> None:
    answer = await offline.get("/count", params={"last_event_id": last})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "last-event-id"


async def test_a_client_that_leaves_ends_its_stream_and_its_source() -> None:
    source = Source()
    async with _listening(source) as (_, listener):
        listener.leave()

        await asyncio.wait_for(asyncio.shield(listener.answer), 20)

    assert source.closed


async def test_a_shutdown_ends_the_stream_properly() -> None:
    source = Source()
    async with _listening(source) as (app, listener):
        app.state.closing.set()

        await asyncio.wait_for(asyncio.shield(listener.answer), 20)

    assert source.closed


async def test_a_source_that_ends_ends_the_stream() -> None:
    source = Source()
    async with _listening(source) as (_, listener):
        await source.frames.put(None)

        await asyncio.wait_for(asyncio.shield(listener.answer), 20)

    assert source.closed


async def test_a_stream_ends_with_the_token_that_opened_it_so_that_who_comes_back_is_checked_again() -> None:
    source = Source()
    token = issue(KEY, Caller(person_id="p-1", role="author"), timedelta(seconds=3))
    async with _listening(source, Authorization=f"Bearer {token}") as (_, listener):
        await asyncio.wait_for(asyncio.shield(listener.answer), 20)

    assert source.closed


async def test_a_stream_stays_open_while_its_token_holds() -> None:
    source = Source()
    token = issue(KEY, Caller(person_id="p-1", role="author"))
    async with _listening(source, heartbeat=0.02, Authorization=f"Bearer {token}") as (_, listener):
        await listener.until(b": ping\n\n" * 20)

        assert not listener.answer.done()


async def test_open_streams_are_counted() -> None:
    def open_streams() -> float:
        return REGISTRY.get_sample_value("http_sse_connections", {"route": "/stream"}) or 0

    async with _listening(Source()) as (_, first):
        during = open_streams()
        first.leave()

    assert (during, open_streams()) == (1, 0)
