import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from evaluation.figures.events import VacancyOpened
from evaluation.live.store import moment
from evaluation.live.watch import SHORTEST_INTERVAL, Watch, watch_of
from ieum.database import Database, Transaction
from ieum.service import Service
from ieum.testing import eventually

from .conftest import Tell

Tokens = Callable[..., dict[str, str]]
ANOTHER_REVISION = 0


@pytest.fixture
async def replica(database: Database) -> AsyncIterator[Watch]:
    """The watch of a replica that consumes nothing itself: only polling can tell it of changes."""
    async with watching(Watch(), database) as made:
        yield made


@contextlib.asynccontextmanager
async def watching(made: Watch, database: Database) -> AsyncIterator[Watch]:
    worker = asyncio.create_task(made.run(database))
    try:
        yield made
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def revision(database: Database) -> int:
    async with database.reading() as tx:
        return (await moment(tx))[1]


async def next_event(frames: AsyncIterator[bytes]) -> tuple[int, list[str]]:
    """The next frame's id and scopes."""
    async with asyncio.timeout(10):
        return parsed(await anext(frames))


def parsed(frame: bytes) -> tuple[int, list[str]]:
    fields = dict(line.split(": ", 1) for line in frame.decode().strip().split("\n"))
    assert fields["event"] == "figures"
    return int(fields["id"]), json.loads(fields["data"])["scopes"]


@pytest.mark.usefixtures("nation")
async def test_a_client_that_missed_something_is_told_of_every_scope_and_then_only_of_changes(
    database: Database, replica: Watch, tell: Tell
) -> None:
    frames = replica.frames(ANOTHER_REVISION)

    first, everything = await next_event(frames)
    await tell("v-1", VacancyOpened(centre_code="15006", openings=2))
    second, changed = await next_event(frames)

    assert everything == [
        "nation", "office:12010", "office:15000", "centre:12003", "centre:12012", "centre:15006"
    ]  # fmt: skip
    assert changed == ["nation", "office:15000", "centre:15006"]
    assert first < second == await revision(database)


@pytest.mark.usefixtures("nation")
async def test_a_client_that_missed_nothing_hears_nothing_until_something_changes(
    database: Database, replica: Watch, tell: Tell
) -> None:
    up_to_date = replica.frames(await revision(database))
    behind = replica.frames(ANOTHER_REVISION)
    waiting = asyncio.create_task(next_event(up_to_date))
    # The one that is behind gets its event from the same look, so the other had its chance.
    await next_event(behind)
    assert not waiting.done()

    await tell("v-1", VacancyOpened(centre_code="12012", openings=2))

    assert (await waiting)[1] == (await next_event(behind))[1] == ["nation", "office:12010", "centre:12012"]


@pytest.mark.usefixtures("nation")
async def test_a_change_between_the_page_and_the_connection_is_not_missed(
    database: Database, replica: Watch, tell: Tell
) -> None:
    page = await revision(database)
    await tell("v-1", VacancyOpened(centre_code="12012", openings=2))

    seen, scopes = await next_event(replica.frames(page))

    assert seen == await revision(database)
    assert "centre:12012" in scopes


@pytest.mark.usefixtures("nation")
async def test_a_storm_of_changes_comes_at_most_four_times_a_second_and_ends_complete(
    database: Database, replica: Watch, tell: Tell
) -> None:
    frames = replica.frames(ANOTHER_REVISION)
    await next_event(frames)
    began, events = time.monotonic(), 0

    for number in range(40):
        await tell(f"v-{number}", VacancyOpened(centre_code="12012", openings=1))
    last = await revision(database)
    seen = 0
    while seen < last:
        seen, _ = await next_event(frames)
        events += 1

    assert seen == last
    # One more for the event that was already on its way when the clock was read.
    assert events <= (time.monotonic() - began) / SHORTEST_INTERVAL + 2


@pytest.mark.usefixtures("nation")
async def test_the_process_that_counted_does_not_wait_for_the_poll(
    database: Database, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluation.live.watch.LONGEST_INTERVAL", 60.0)
    async with watching(watch_of(database), database) as own:
        frames = own.frames(ANOTHER_REVISION)
        await next_event(frames)

        await tell("v-1", VacancyOpened(centre_code="15006", openings=2))

        assert (await next_event(frames))[1] == ["nation", "office:15000", "centre:15006"]


@pytest.mark.usefixtures("nation")
async def test_without_listeners_nothing_is_asked_of_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    reading = database.reading

    def counted() -> contextlib.AbstractAsyncContextManager[Transaction]:
        nonlocal looks
        looks += 1
        return reading()

    monkeypatch.setattr(database, "reading", counted)
    async with watching(Watch(), database) as alone:
        for _ in range(5):
            alone.wake()
            await asyncio.sleep(0)
        before = looks

        await next_event(alone.frames(ANOTHER_REVISION))

        assert before == 0
        assert looks > 0


@pytest.mark.usefixtures("nation")
async def test_the_stream_is_server_sent_events(service: Service, tokens: Tokens, tell: Tell) -> None:
    sent: list[dict[str, Any]] = []
    headers = tokens("jobseeker") | {"Last-Event-ID": str(ANOTHER_REVISION)}
    scope = {
        "type": "http", "method": "GET", "path": "/stream", "raw_path": b"/stream", "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "server": ("test", 80),
    }  # fmt: skip
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if sent:
            await gone.wait()
        return {"type": "http.disconnect"} if sent else {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    def body() -> bytes:
        return b"".join(message.get("body", b"") for message in sent)

    async with watching(watch_of(service.database), service.database):
        answering = asyncio.create_task(service.http(scope, receive, send))
        await eventually("a first event", lambda: b"event: figures" in body())
        gone.set()
        async with asyncio.timeout(10):
            await answering

    assert sent[0]["status"] == 200
    assert (b"content-type", b"text/event-stream; charset=utf-8") in sent[0]["headers"]
    assert b'"nation"' in body()
