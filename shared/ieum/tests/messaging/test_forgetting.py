"""A database that falls back to an earlier state under consumers that run on: all it forgot is read again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ieum.database import Database
from ieum.messaging import Messaging
from ieum.messaging.inbox import Forgotten, Inbox
from ieum.testing import eventually, record_of

from .conftest import Deposited, Ledger, bookings
from .test_delivery import Post, booked, in_order, post, running

__all__ = ["post", "running"]  # fixtures


async def keep(database: Database) -> None:
    """Remember what a backup would hold now."""
    async with database.transaction() as tx:
        await tx.execute(
            """
            LOCK TABLE position, mark, booking, parked IN SHARE MODE;
            CREATE TABLE kept_position AS SELECT * FROM position;
            CREATE TABLE kept_mark AS SELECT * FROM mark;
            CREATE TABLE kept_booking AS SELECT * FROM booking;
            """
        )


async def restore(database: Database) -> None:
    """Return to what was kept, as one instant."""
    async with database.transaction() as tx:
        # In the order in which a batch comes to the tables, so that this cannot deadlock with one.
        await tx.execute(
            """
            LOCK TABLE position, mark, booking, parked IN ACCESS EXCLUSIVE MODE;
            TRUNCATE position, mark, booking, parked;
            INSERT INTO position SELECT * FROM kept_position;
            INSERT INTO mark SELECT * FROM kept_mark;
            INSERT INTO booking OVERRIDING SYSTEM VALUE SELECT * FROM kept_booking;
            """
        )


async def _enough(database: Database, count: int) -> list[tuple[str, int]] | None:
    found = await booked(database)
    return found if len(found) >= count else None


async def parked(database: Database) -> int:
    async with database.reading() as tx:
        return int(await tx.fetchval("SELECT count(*) FROM parked"))


async def test_a_database_restored_under_a_running_consumer_is_filled_again_though_nothing_new_comes(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    await running()
    await post.write(bank, 0, 40)
    await eventually("40 letters booked", lambda: _enough(bank, 40))
    await keep(bank)
    await post.write(bank, 40, 100)
    await eventually("100 letters booked", lambda: _enough(bank, 100))

    await restore(bank)

    found = await eventually("100 letters booked again", lambda: _enough(bank, 100))
    assert len(found) == 100
    assert in_order(found)
    assert await parked(bank) == 0


async def test_a_database_restored_under_load_misses_doubles_and_parks_nothing(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    messaging = await running()
    await post.write(bank, 0, 50)
    await eventually("50 letters booked", lambda: _enough(bank, 50))
    await keep(bank)
    writing = asyncio.create_task(post.write(bank, 50, 700))
    await eventually("more letters booked", lambda: _enough(bank, 200))

    await restore(bank)
    await writing

    found = await eventually("700 letters booked", lambda: _enough(bank, 700))
    assert len(found) == 700
    assert in_order(found)
    assert await parked(bank) == 0
    assert messaging.consumers[0].last_problem is None


async def test_a_batch_over_a_database_that_fell_back_changes_nothing_and_says_where_to_read_on(
    bank: Database, ledger: Ledger
) -> None:
    inbox = Inbox(ledger.reaction, bank, continuous=True)
    topic = Deposited.topic
    await inbox.take([record_of(Deposited(amount=n), "a", n + 1, partition=1, offset=n) for n in range(5)])
    await keep(bank)
    await inbox.take([record_of(Deposited(amount=n), "a", n + 1, partition=1, offset=n) for n in range(5, 9)])
    await restore(bank)

    with pytest.raises(Forgotten) as forgotten:
        await inbox.take([record_of(Deposited(amount=9), "a", 10, partition=1, offset=9)])
    await inbox.take([record_of(Deposited(amount=n), "a", n + 1, partition=1, offset=n) for n in range(5, 10)])

    assert forgotten.value.positions == {(topic, 1): 5}
    assert [version for _, version, _ in await bookings(bank)] == list(range(1, 11))
    assert await parked(bank) == 0


async def test_a_member_behind_the_database_takes_it_for_well(bank: Database, ledger: Ledger) -> None:
    records = [record_of(Deposited(amount=n), "a", n + 1, partition=1, offset=n) for n in range(10)]
    slow, fast = (Inbox(ledger.reaction, bank, continuous=True) for _ in range(2))
    await fast.take(records)

    await slow.take(records[:4])
    await slow.take(records[4:8])

    assert len(await bookings(bank)) == 10


async def test_a_batch_fetched_before_reading_went_back_is_refused_again(bank: Database, ledger: Ledger) -> None:
    inbox = Inbox(ledger.reaction, bank, continuous=True)
    later = record_of(Deposited(amount=5), "a", 6, partition=1, offset=5)

    with pytest.raises(Forgotten):
        await inbox.take([later])
    inbox.restart()
    with pytest.raises(Forgotten):
        await inbox.take([later])

    assert await bookings(bank) == []


async def test_a_topic_whose_beginning_was_deleted_is_read_from_what_is_left(bank: Database, ledger: Ledger) -> None:
    inbox = Inbox(ledger.reaction, bank, continuous=True)
    left = [record_of(Deposited(amount=n), "a", n, partition=1, offset=1_000 + n) for n in (1, 2)]

    with pytest.raises(Forgotten):
        await inbox.take(left)
    await inbox.take(left)

    assert [version for _, version, _ in await bookings(bank)] == [1, 2]
