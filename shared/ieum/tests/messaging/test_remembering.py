"""A producer whose database was restored to an earlier state says nothing more until somebody has looked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from ieum.database import Database
from ieum.messaging import Messaging
from ieum.messaging.events import Envelope
from ieum.messaging.failures import Unremembered
from ieum.messaging.remembering import assert_remembered
from ieum.testing import eventually

from .test_delivery import Post, _empty, booked, post, running

__all__ = ["post", "running"]  # fixtures


async def keep(database: Database) -> None:
    """Remember what a backup would hold now."""
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE kept_stream AS TABLE stream")


async def restore(database: Database) -> None:
    """Return to what was kept."""
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE stream, outbox; INSERT INTO stream TABLE kept_stream")


async def test_a_producer_restored_to_earlier_gives_no_number_out_twice_and_says_why_it_is_silent(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    first = await running()
    await post.write(bank, 0, 7)
    await keep(bank)
    await post.write(bank, 7, 14)
    await eventually("14 letters booked", lambda: _booked(bank, 14))
    await eventually("the outbox is empty", lambda: _empty(bank))
    await first.stop()
    await restore(bank)

    second = await running()
    await post.write(bank, 100, 107)

    reason = await eventually("it says why", lambda: second.problems().get("relay"))
    assert "stands earlier than its own topics" in reason
    assert not await _empty(bank)
    assert len(await booked(bank)) == 14


async def test_a_relay_that_runs_while_its_database_is_restored_notices_before_it_sends_on(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]], postgres_server: str
) -> None:
    messaging = await running()
    await post.write(bank, 0, 7)
    await keep(bank)
    await post.write(bank, 7, 14)
    await eventually("the outbox is empty", lambda: _empty(bank))
    async with bank.reading() as tx:
        name = await tx.fetchval("SELECT current_database()")
    outside = await asyncpg.connect(postgres_server)

    await restore(bank)
    await outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    await outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    await eventually("it misses its database", lambda: messaging.problems().get("relay"))
    await outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    await outside.close()

    await eventually("it says why", lambda: "earlier" in messaging.problems().get("relay", ""))


async def test_a_producer_that_remembers_all_is_let_go_on(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    await assert_remembered(bank, post.bootstrap, post.topics.values())
    messaging = await running()
    await post.write(bank, 0, 14)
    await eventually("the outbox is empty", lambda: _empty(bank))

    await assert_remembered(bank, post.bootstrap, post.topics.values())

    assert "relay" not in messaging.problems()
    async with bank.transaction() as tx:
        await tx.execute("UPDATE stream SET version = version - 1")
    with pytest.raises(Unremembered, match=rf"{post.topic}: a\d has version 2 there, it is at 1 here"):
        await assert_remembered(bank, post.bootstrap, post.topics.values())


async def test_repeats_at_a_topics_end_hide_nothing(post: Post, bank: Database) -> None:
    forgotten = Envelope(uuid4(), "LetterSent", f"/{post.service}", "a0", 1, datetime.now(UTC))
    repeats = [
        forgotten._replace(aggregate_id=f"b{n}", occurred_at=forgotten.occurred_at - timedelta(minutes=1))
        for n in range(500)
    ]
    async with AIOKafkaProducer(bootstrap_servers=post.bootstrap) as producer:
        for envelope in (*repeats, forgotten, *repeats):
            said_at = int(envelope.occurred_at.timestamp() * 1000)
            await producer.send(post.topic, b"{}", partition=1, timestamp_ms=said_at, headers=envelope.headers())
    async with bank.transaction() as tx:
        await tx.execute("INSERT INTO stream SELECT $1, 'b' || n, 1 FROM generate_series(0, 499) AS n", post.topic)

    with pytest.raises(Unremembered, match="a0 has version 1 there, it is at 0 here"):
        await assert_remembered(bank, post.bootstrap, post.topics.values())


async def test_what_somebody_else_has_written_to_a_topic_does_not_silence_its_owner(post: Post, bank: Database) -> None:
    stranger = Envelope(uuid4(), "LetterSent", "/somebody", "a1", 9, datetime.now(UTC))
    async with AIOKafkaProducer(bootstrap_servers=post.bootstrap) as producer:
        await producer.send_and_wait(post.topic, b"{}", key=b"a1", headers=stranger.headers())

    await assert_remembered(bank, post.bootstrap, post.topics.values())


async def _booked(database: Database, count: int) -> list[tuple[str, int]] | None:
    found = await booked(database)
    return found if len(found) >= count else None
