import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ieum.database import Database
from ieum.testing import eventually
from notifications.live.hub import BUFFERED, MOST_STREAMS, Hub, TooManyStreams
from notifications.messages.texts import Texts
from notifications.telling.handlers import Telling, configure, tell_people

Hear = Callable[..., Awaitable[None]]
Make = Callable[..., Any]


class Reader:
    """Reads a stream as a client would, and keeps the ids in the order they came."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.may_read = asyncio.Event()
        self.may_read.set()

    async def follow(self, frames: AsyncIterator[bytes]) -> None:
        async for chunk in frames:
            self.seen += [int(line[4:]) for line in chunk.decode().split("\n") if line.startswith("id: ")]
            await self.may_read.wait()


@asynccontextmanager
async def running(database: Database, *hubs: Hub) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(hub.run(database.reading)) for hub in hubs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def following(hub: Hub, database: Database, recipient_id: str, after: int | None) -> AsyncIterator[Reader]:
    stream = await hub.open(database.reading, recipient_id, after)
    reader, frames = Reader(), stream.frames()
    task = asyncio.create_task(reader.follow(frames))
    try:
        await eventually("the stream is open", lambda: hub.count(recipient_id) > 0)
        yield reader
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await frames.aclose()  # type: ignore[attr-defined]


async def test_news_of_another_replica_comes_with_the_next_poll(database: Database, hear: Hear, proposed: Make) -> None:
    hub = Hub(Texts(), poll=0.05)
    async with running(database, hub), following(hub, database, "a", None) as reader:
        await hear(proposed("a"), proposed("b"), proposed("a"))

        await eventually("both messages are shown", lambda: reader.seen == [1, 2])


async def test_our_own_commit_comes_without_waiting_for_the_poll(
    database: Database, hear: Hear, proposed: Make
) -> None:
    hub = Hub(Texts(), poll=60)
    configure(database, Telling(announce=hub.wake))
    async with running(database, hub), following(hub, database, "a", None) as reader:
        await hear(proposed("a"))

        await eventually("it is shown", lambda: reader.seen == [1])


async def test_what_was_missed_comes_first_and_then_what_is_new(database: Database, hear: Hear, proposed: Make) -> None:
    hub = Hub(Texts(), poll=0.02)
    await hear(*(proposed("a") for _ in range(250)))
    async with running(database, hub), following(hub, database, "a", 3) as reader:
        await eventually("all missed ones are shown", lambda: len(reader.seen) == 247)
        await hear(proposed("a"))
        await eventually("the new one is shown", lambda: len(reader.seen) == 248)

    assert reader.seen == list(range(4, 252))


async def test_without_a_position_only_what_is_new_comes(database: Database, hear: Hear, proposed: Make) -> None:
    hub = Hub(Texts(), poll=0.02)
    await hear(proposed("a"), proposed("a"))
    async with running(database, hub), following(hub, database, "a", None) as reader:
        await hear(proposed("a"))

        await eventually("the new one is shown", lambda: reader.seen)

    assert reader.seen == [3]


async def test_a_position_from_a_lost_history_does_not_hide_what_is_new(
    database: Database, hear: Hear, proposed: Make
) -> None:
    hub = Hub(Texts(), poll=0.02)
    await hear(proposed("a"))
    async with running(database, hub), following(hub, database, "a", 500) as reader:
        await hear(proposed("a"))

        await eventually("the new one is shown", lambda: reader.seen == [2])


@pytest.mark.parametrize("missed", [BUFFERED, BUFFERED + 1, 10 * BUFFERED])
async def test_a_client_that_does_not_read_costs_a_bounded_buffer_and_misses_nothing(
    database: Database, hear: Hear, proposed: Make, missed: int
) -> None:
    hub = Hub(Texts(), poll=0.02)
    async with (
        running(database, hub),
        following(hub, database, "a", 0) as slow,
        following(hub, database, "a", 0) as quick,
    ):
        slow.may_read.clear()
        await hear(proposed("a"))
        await eventually("the slow one is stuck with the first", lambda: slow.seen == quick.seen == [1])
        await hear(*(proposed("a") for _ in range(missed)))
        await eventually("the quick one has all", lambda: len(quick.seen) == 1 + missed)
        held = max(len(stream._buffer) for stream in hub._watched["a"].streams)
        slow.may_read.set()
        await eventually("the slow one has all", lambda: len(slow.seen) == 1 + missed)

    assert held <= BUFFERED
    assert slow.seen == quick.seen == list(range(1, missed + 2))


async def test_kinds_not_wanted_live_leave_no_hole_in_the_stream(
    database: Database, hear: Hear, proposed: Make, referred: Make
) -> None:
    hub = Hub(Texts(), poll=0.02)
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO recipient (recipient_id, kinds) VALUES ('a', '{\"match_proposed\": {\"live\": false}}')"
        )
    await hear(proposed("a"), referred("a"))
    async with running(database, hub), following(hub, database, "a", 0) as reader:
        await hear(proposed("a"), proposed("a"), referred("a"))

        await eventually("the wanted ones are shown", lambda: reader.seen == [2, 5])


async def test_a_stream_that_ends_is_forgotten(database: Database) -> None:
    hub = Hub(Texts())
    async with following(hub, database, "a", None):
        assert hub.count("a") == 1

    assert hub.count("a") == 0
    assert hub._watched == {}


async def test_a_recipient_cannot_open_streams_without_end(database: Database) -> None:
    hub = Hub(Texts())
    streams = [(await hub.open(database.reading, "a", None)).frames() for _ in range(MOST_STREAMS)]
    reading = [asyncio.create_task(anext(frames)) for frames in streams]
    await eventually("all are open", lambda: hub.count("a") == MOST_STREAMS)

    with pytest.raises(TooManyStreams):
        await hub.open(database.reading, "a", None)

    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


async def test_a_number_that_becomes_visible_late_is_not_passed_over(
    database: Database, proposed: Make, hear: Hear
) -> None:
    hub = Hub(Texts(), poll=0.02)
    async with running(database, hub), following(hub, database, "a", 0) as reader:
        async with database.transaction() as tx:
            await tell_people(tx, [proposed("a")])
            second = asyncio.create_task(hear(proposed("a")))
            async with database.reading() as looking:
                waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                await eventually("the second waits for the first", lambda: looking.fetchval(waiting))
            assert reader.seen == []
        await second

        await eventually("both are shown in order", lambda: reader.seen == [1, 2])


async def test_what_is_committed_while_a_stream_is_being_opened_is_not_missed(
    database: Database, hear: Hear, proposed: Make
) -> None:
    hub = Hub(Texts(), poll=0.02)
    async with running(database, hub), following(hub, database, "a", None) as first:
        late = await hub.open(database.reading, "a", None)
        await hear(proposed("a"))
        await eventually("the hub has gone past it", lambda: first.seen == [1])

        frames = late.frames()
        chunk = await asyncio.wait_for(anext(frames), 5)
        await frames.aclose()  # type: ignore[attr-defined]

    assert b"id: 1\n" in chunk
