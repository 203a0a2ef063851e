"""What a consumer derived is made again from its topics while it runs on, and comes out the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ieum.database import Database, Transaction
from ieum.messaging import Derived, Event, Messaging, Reaction, Reactions, rebuilding, rebuilding_store
from ieum.messaging.inbox import Inbox
from ieum.messaging.rebuilding import HistoryCutShort
from ieum.messaging.state_hash import StateHash, TableState, differing
from ieum.testing import eventually, record_of

from .conftest import TOPICS, Deposited, Ledger
from .test_delivery import Post, post

__all__ = ["post"]  # a fixture

Start = Callable[[], Awaitable[Messaging]]


class Sums:
    """A reaction that adds up what it hears per account; while it hears again it says nothing."""

    def __init__(self, post: Post, *, catches_up: bool = False) -> None:
        self.consumer = f"{post.service}.sums"
        self.said: list[int] = []
        self.caught_up = 0
        self.hold: asyncio.Event | None = None
        reactions = Reactions()

        async def add_up(tx: Transaction, events: list[Event]) -> None:
            if self.hold is not None:
                await self.hold.wait()
            await tx.execute(
                """
                INSERT INTO sums AS s (account, total) SELECT a, sum(n) FROM unnest($1::text[], $2::int[]) AS k (a, n)
                GROUP BY a ON CONFLICT (account) DO UPDATE SET total = s.total + excluded.total
                """,
                [event.aggregate_id for event in events],
                [event.n for event in events],  # type: ignore[attr-defined]
            )
            if await rebuilding.phase(tx, self.consumer) is None:
                self.said += [event.n for event in events]  # type: ignore[attr-defined]

        async def catch_up(database: Database) -> None:
            self.caught_up += 1
            async with database.transaction() as tx:
                await rebuilding.stop_batches(tx, self.consumer)
                await rebuilding.finish(tx, self.consumer)

        add_up.__annotations__["events"] = list[post.LetterSent]  # type: ignore[name-defined]
        derived: list[str | Derived] = [
            "sums",
            Derived("telling", emptied=False, uncompared=("told_at",), compared_if_set="told_at"),
        ]
        reactions.consume(self.consumer, derived=derived, catch_up=catch_up if catches_up else None)(add_up)
        self.reaction: Reaction = next(iter(reactions))


@pytest.fixture
async def books(bank: Database) -> Database:
    async with bank.transaction() as tx:
        await tx.execute(
            """
            CREATE TABLE sums (nth bigint GENERATED ALWAYS AS IDENTITY, account text PRIMARY KEY, total bigint);
            CREATE TABLE telling (account text PRIMARY KEY, told_at timestamptz);
            INSERT INTO telling VALUES ('a1', now()), ('a2', NULL);
            """
        )
    return bank


@pytest.fixture
def sums(post: Post) -> Sums:
    return Sums(post)


@pytest.fixture
async def start(post: Post, books: Database, sums: Sums) -> AsyncIterator[Start]:
    """Start a process of the service; all are stopped afterwards."""
    started: list[Messaging] = []

    async def begin() -> Messaging:
        messaging = Messaging(post.service, books, [sums.reaction], post.topics, post.bootstrap)
        started.append(messaging)
        await messaging.start()
        return messaging

    yield begin
    for messaging in started:
        await messaging.stop()


async def totals(database: Database) -> dict[str, int]:
    async with database.reading() as tx:
        return {row["account"]: row["total"] for row in await tx.fetch("SELECT account, total FROM sums")}


async def summed(database: Database, end: int) -> dict[str, int] | None:
    """The totals once everything below `end` is in them."""
    found = await totals(database)
    return found if sum(found.values()) == sum(range(end)) else None


def expected(end: int) -> dict[str, int]:
    return {f"a{k}": sum(n for n in range(end) if n % 7 == k) for k in range(min(7, end))}


async def finished(database: Database, consumer: str) -> bool:
    async with database.reading() as tx:
        return bool(
            await tx.fetchval("SELECT bool_and(finished_at IS NOT NULL) FROM rebuild WHERE consumer = $1", consumer)
        )


async def test_a_rebuild_of_a_quiet_consumer_gives_the_same_state_table_by_table(
    post: Post, books: Database, sums: Sums, start: Start
) -> None:
    await start()
    await post.write(books, 0, 60)
    await eventually("60 letters summed", lambda: summed(books, 60))

    rebuild, began = await rebuilding.begin(books, sums.reaction, post.topics)
    await eventually("the rebuild has finished", lambda: finished(books, sums.consumer))

    progress, after = await rebuilding.compare(books, sums.reaction, rebuild.started_at)
    assert began
    assert await totals(books) == expected(60)
    assert differing(rebuild.before, after) == []
    assert {table: state.rows for table, state in after.items()} == {"sums": 7, "telling": 1}
    assert (progress.heard, progress.total, progress.newer) == (60, 60, 0)
    assert len(sums.said) == 60


async def test_a_rebuild_under_load_misses_and_doubles_nothing_whoever_joins(
    post: Post, books: Database, sums: Sums, start: Start
) -> None:
    await start()
    await post.write(books, 0, 100)
    await eventually("100 letters summed", lambda: summed(books, 100))
    writing = asyncio.create_task(post.write(books, 100, 600))

    rebuild, _ = await rebuilding.begin(books, sums.reaction, post.topics)
    await start()
    await writing

    found = await eventually("600 letters summed", lambda: summed(books, 600))
    await eventually("the rebuild has finished", lambda: finished(books, sums.consumer))
    assert found == expected(600)
    async with books.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM parked") == 0
    assert (await rebuilding.look(books, sums.consumer, rebuild.started_at)).newer >= 500


async def test_a_rebuild_shows_how_far_it_is_and_goes_on_where_a_process_left_it(
    post: Post, books: Database, sums: Sums, start: Start
) -> None:
    first = await start()
    await post.write(books, 0, 40)
    await eventually("40 letters summed", lambda: summed(books, 40))
    sums.hold = asyncio.Event()

    rebuild, _ = await rebuilding.begin(books, sums.reaction, post.topics)
    await eventually("the process says so", lambda: first.problems())
    standing = await rebuilding.look(books, sums.consumer, rebuild.started_at)
    again, began = await rebuilding.begin(books, sums.reaction, post.topics)
    said = first.problems()
    sums.hold.set()
    sums.hold = None
    await first.stop()
    second = await start()
    await eventually("the rebuild has finished", lambda: finished(books, sums.consumer))

    assert (standing.heard, standing.total) == (0, 40)
    assert (again, began) == (rebuild, False)
    assert said == {f"rebuild {sums.consumer}": "0 of 40 records heard again"}
    assert await totals(books) == expected(40)
    await eventually("nothing is said of it any more", lambda: not second.problems())


async def test_what_catches_up_is_asked_once_all_is_heard_and_ends_the_rebuild(
    post: Post, books: Database, sums: Sums, start: Start
) -> None:
    catching = Sums(post, catches_up=True)
    sums.reaction, sums.consumer = catching.reaction, catching.consumer
    await start()
    await post.write(books, 0, 30)
    await eventually("30 letters summed", lambda: summed(books, 30))

    await rebuilding.begin(books, catching.reaction, post.topics)
    await eventually("the rebuild has finished", lambda: finished(books, catching.consumer))
    await post.write(books, 30, 31)

    await eventually("the newest letter summed", lambda: summed(books, 31))
    assert catching.caught_up == 1
    assert sorted(catching.said) == list(range(31))


async def test_a_rebuild_that_begins_while_another_is_taken_for_done_is_heard_from_its_beginning(
    bank: Database, ledger: Ledger
) -> None:
    consumer, inbox = ledger.reaction.consumer, Inbox(ledger.reaction, bank)
    records = [record_of(Deposited(amount=n), "a", n, offset=n) for n in (1, 2)]
    await inbox.take(records)
    await rebuilding.begin(bank, ledger.reaction, TOPICS)
    await inbox.take(records)

    async with bank.transaction() as tx:
        await rebuilding.stop_batches(tx, consumer)
        slow = asyncio.create_task(rebuilding.advance(bank, ledger.reaction))
        await eventually("it has seen that all is heard, and waits", lambda: _waits_for_a_lock(bank))
        rebuild = await rebuilding_store.open_rebuild(tx, consumer)
        assert rebuild is not None
        await rebuilding_store.mark_reached(tx, consumer)
        await rebuilding.finish(tx, consumer)
        await rebuilding_store.forget(tx, consumer, ["booking"])
        await rebuilding_store.save_rebuild(tx, consumer, rebuild.targets, {})
    await slow

    async with bank.reading() as tx:
        assert await rebuilding.phase(tx, consumer) == "hearing"


async def _waits_for_a_lock(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(
            await tx.fetchval(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'
                """
            )
        )


async def test_history_that_the_topics_do_not_hold_any_more_is_not_thrown_away(post: Post, sums: Sums) -> None:
    heard_more_than_there_is = {(post.topic, 2): 7}

    with pytest.raises(HistoryCutShort, match=post.topic):
        await rebuilding.check_history(post.bootstrap, sums.reaction, post.topics, heard_more_than_there_is)
    await rebuilding.check_history(post.bootstrap, sums.reaction, post.topics, {})


def test_states_are_the_same_for_the_same_rows_only() -> None:
    def of(*rows: str) -> TableState:
        total = StateHash()
        for row in rows:
            total.add(row)
        return total.state

    assert of("(a,1)", "(b,2)") == of("(a,1)", "(b,2)")
    assert len({of("(a,1)", "(b,2)"), of("(b,2)", "(a,1)"), of("(a,1)(b,2)"), of("(a,1)", "(b,"), of()}) == 5
    assert differing({"t": of("x"), "u": of("y")}, {"t": of("x"), "u": of("z"), "v": of()}) == ["u", "v"]
