"""Through a real broker: what was committed arrives once and in order, whoever dies or sleeps in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer

from ieum.database import Database, Transaction
from ieum.messaging import Event, Messaging, Reaction, Reactions, Topic, Topics, TopicsMismatch, outbox
from ieum.messaging.clients import admin_client
from ieum.messaging.provision import provision
from ieum.messaging.relay import Fenced, Relay
from ieum.testing import eventually


class Post:
    """A topic of this test's own, the event on it, and a consumer that books what it hears."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.service = f"post{uuid4().hex[:8]}"
        self.topic = f"{self.service}.letter.v1"
        self.topics = Topics([Topic(self.topic, self.service, "letter", partitions=4)])
        self.LetterSent = type(
            "LetterSent", (Event,), {"__annotations__": {"n": int}, "__module__": __name__}, topic=self.topic
        )

    def reaction(self, purpose: str = "delivery") -> Reaction:
        async def deliver(tx: Transaction, events: list[Event]) -> None:
            await tx.execute(
                "INSERT INTO booking (account, version, amount) SELECT * FROM unnest($1::text[], $2::int[], $3::int[])",
                [event.aggregate_id for event in events],
                [event.aggregate_version for event in events],
                [event.n for event in events],  # type: ignore[attr-defined]
            )

        deliver.__annotations__["events"] = list[self.LetterSent]  # type: ignore[name-defined]
        reactions = Reactions()
        reactions.consume(f"{self.service}.{purpose}")(deliver)
        return next(iter(reactions))

    async def write(self, database: Database, start: int, end: int) -> None:
        for n in range(start, end):
            async with database.transaction() as tx:
                await outbox.add(tx, f"a{n % 7}", self.LetterSent(n=n))


@pytest.fixture
async def post(kafka_bootstrap: str) -> AsyncIterator[Post]:
    made = Post(kafka_bootstrap)
    await provision(kafka_bootstrap, made.topics)
    yield made
    async with admin_client(kafka_bootstrap) as admin:
        await admin.delete_topics([made.topic])


@pytest.fixture
async def running(post: Post, bank: Database) -> AsyncIterator[Callable[..., Messaging]]:
    """Start messaging of the post service; everything is stopped afterwards."""
    started: list[Messaging] = []

    async def start(database: Database = bank) -> Messaging:
        messaging = Messaging(post.service, database, [post.reaction()], post.topics, post.bootstrap)
        started.append(messaging)
        await messaging.start()
        return messaging

    yield start
    for messaging in started:
        await messaging.stop()


async def booked(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as tx:
        return [tuple(row) for row in await tx.fetch("SELECT account, version FROM booking ORDER BY nth")]


def in_order(found: list[tuple[str, int]]) -> bool:
    """Every account's versions are 1, 2, 3, … as they were booked."""
    accounts = {account for account, _ in found}
    return all(
        [v for account, v in found if account == one] == list(range(1, sum(a == one for a, _ in found) + 1))
        for one in accounts
    )


async def test_what_is_committed_arrives_once_and_in_order(
    post: Post, bank: Database, running: Callable[..., Messaging]
) -> None:
    messaging = await running()

    await post.write(bank, 0, 300)

    found = await eventually("300 letters booked", lambda: _enough(bank, 300))
    assert len(found) == 300
    assert in_order(found)
    await eventually("messaging ready", lambda: not messaging.problems())


async def test_a_cluster_is_found_by_the_addresses_of_several_brokers(
    post: Post, bank: Database, running: Callable[..., Messaging]
) -> None:
    post.bootstrap = f"{post.bootstrap},{post.bootstrap}"
    await running()

    await post.write(bank, 0, 7)

    assert in_order(await eventually("7 letters booked", lambda: _enough(bank, 7)))


async def _enough(database: Database, count: int) -> list[tuple[str, int]] | None:
    found = await booked(database)
    return found if len(found) >= count else None


async def test_a_member_that_joins_and_leaves_under_load_doubles_and_loses_nothing(
    post: Post, bank: Database, running: Callable[..., Messaging]
) -> None:
    await running()
    writing = asyncio.create_task(post.write(bank, 0, 600))

    for _ in range(2):
        second = await running()
        await eventually("the second member has joined", lambda m=second: m.consumers[0].is_assigned())
        await second.stop()
    await writing

    found = await eventually("600 letters booked", lambda: _enough(bank, 600))
    assert len(found) == len(set(found)) == 600
    assert in_order(found)


async def test_a_database_that_forgot_reads_everything_again(
    post: Post, bank: Database, running: Callable[..., Messaging]
) -> None:
    first = await running()
    await post.write(bank, 0, 50)
    await eventually("50 letters booked", lambda: _enough(bank, 50))
    await first.stop()

    async with bank.transaction() as tx:
        await tx.execute("TRUNCATE booking, mark, position")
    await running()

    found = await eventually("50 letters booked again", lambda: _enough(bank, 50))
    assert len(found) == 50
    assert in_order(found)


async def test_a_relay_that_lost_its_lease_deletes_nothing_and_repeats_do_no_harm(post: Post, bank: Database) -> None:
    outbox.configure(bank, post.topics, post.service)
    await post.write(bank, 0, 10)
    frozen = Relay(bank, post.service, post.bootstrap)
    epoch = await frozen._take_lease()
    async with bank.transaction() as tx:
        await tx.execute("UPDATE relay_lease SET expires_at = clock_timestamp() - interval '1 s'")
    successor = Relay(bank, post.service, post.bootstrap)
    running = asyncio.create_task(successor.run())
    await eventually("the successor emptied the outbox", lambda: _empty(bank))

    await post.write(bank, 10, 20)
    with pytest.raises(Fenced):
        async for _ in frozen._lead(epoch):
            pass

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await frozen._discard_producer()
    listener = Messaging(post.service, bank, [post.reaction()], post.topics, post.bootstrap)
    await listener.start()
    found = await eventually("20 letters booked", lambda: _enough(bank, 20))
    await listener.stop()
    assert len(found) == 20
    assert in_order(found)


async def test_a_relay_whose_place_another_has_taken_has_no_problem_any_more(post: Post, bank: Database) -> None:
    outbox.configure(bank, post.topics, post.service)
    broken = Relay(bank, post.service, "127.0.0.1:1")
    standing_by = asyncio.create_task(broken.run())
    await post.write(bank, 0, 1)
    await eventually("the relay without a broker to complain", lambda: broken.problem)

    # It gives its lease back between two attempts, and takes it again as long as nobody else does.
    working = asyncio.create_task(Relay(bank, post.service, post.bootstrap).run())
    await eventually("the other relay to empty the outbox", lambda: _empty(bank))
    await eventually("the complaint to end", lambda: broken.problem is None)

    for task in (standing_by, working):
        task.cancel()
    await asyncio.gather(standing_by, working, return_exceptions=True)


@pytest.mark.parametrize("turns", range(5))
async def test_a_relay_that_is_woken_as_it_is_cancelled_ends(bank: Database, turns: int) -> None:
    relay = Relay(bank, "bank", "127.0.0.1:1", poll=30)
    running = asyncio.create_task(relay.run())
    await eventually("the relay to wait for rows", lambda: relay._wake._waiters)

    relay.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()

    ended, _ = await asyncio.wait({running}, timeout=20)
    running.cancel()
    assert ended == {running}
    assert running.cancelled()


class _WithSlowBroker(Relay):
    """Sends only once it is let go."""

    def __init__(self, database: Database, service: str, bootstrap: str, *, lease: float) -> None:
        super().__init__(database, service, bootstrap, lease=lease)
        self.let_go = asyncio.Event()

    async def _send(self, rows: list[asyncpg.Record]) -> None:
        await self.let_go.wait()
        await super()._send(rows)


async def test_a_relay_stays_the_leader_while_its_broker_takes_longer_than_the_lease(
    post: Post, bank: Database
) -> None:
    outbox.configure(bank, post.topics, post.service)
    await post.write(bank, 0, 10)
    relay = _WithSlowBroker(bank, post.service, post.bootstrap, lease=0.5)
    running = asyncio.create_task(relay.run())
    await eventually("the relay to lead", lambda: relay.leads)
    epoch, began = await _lease(bank)

    async def outlasted() -> bool:
        return (await _lease(bank))[1] - began > timedelta(seconds=1.5)

    await eventually("the lease to be extended again and again", outlasted)
    relay.let_go.set()
    await eventually("the outbox to be empty", lambda: _empty(bank))

    assert (await _lease(bank))[0] == epoch
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _lease(database: Database) -> tuple[int, datetime]:
    async with database.reading() as tx:
        row = await tx.fetchrow("SELECT epoch, expires_at FROM relay_lease")
    assert row is not None
    return row["epoch"], row["expires_at"]


async def _empty(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(await tx.fetchval("SELECT count(*) = 0 FROM outbox"))


async def test_a_topic_with_other_partitions_than_the_file_says_is_told(post: Post) -> None:
    other = Topics(
        [Topic(post.topic, post.service, "letter", partitions=5), Topic("not.there.v1", post.service, "x", 1)]
    )

    with pytest.raises(
        TopicsMismatch, match=r"not\.there\.v1: the broker does not have it; .*4 partitions, the file says 5"
    ):
        await other.check(post.bootstrap, [post.topic, "not.there.v1"])


async def test_a_handler_that_hangs_is_noticed_though_its_heartbeats_go_on(post: Post, bank: Database) -> None:
    hung: list[str] = []
    never = asyncio.Event()

    async def hang(tx: Transaction, events: list[Event]) -> None:
        await never.wait()

    hang.__annotations__["events"] = list[post.LetterSent]
    reactions = Reactions()
    reactions.consume(f"{post.service}.hanging")(hang)
    messaging = Messaging(post.service, bank, reactions, post.topics, post.bootstrap)
    watchdog = messaging.consumers[0]._watchdog
    watchdog.limit, watchdog._interval, watchdog._on_stuck = 0.5, 0.05, lambda name, _: hung.append(name)
    await messaging.start()

    await post.write(bank, 0, 1)

    await eventually("the hang was noticed", lambda: hung)
    assert hung[0] == f"{post.service}.hanging"
    never.set()
    await messaging.stop()


async def test_stopped_while_it_starts_it_leaves_no_consumer_open(
    post: Post, bank: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[AIOKafkaConsumer] = []
    connecting = asyncio.Event()

    async def never_connects(consumer: AIOKafkaConsumer) -> None:
        if consumer._group_id:  # the relay reads topics, too
            made.append(consumer)
            connecting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(AIOKafkaConsumer, "start", never_connects)
    messaging = Messaging(post.service, bank, [post.reaction()], post.topics, post.bootstrap)
    await messaging.start()
    await eventually("it connects", connecting.is_set)

    await messaging.stop()

    assert [consumer._closed for consumer in made] == [True]
