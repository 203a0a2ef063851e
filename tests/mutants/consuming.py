"""Bugs in where a consumer begins to read, and in who reads what: B8, B11, B13, B18, B20."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from unittest.mock import patch

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewPartitions
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from ieum.messaging import Topic, Topics, TopicsMismatch, outbox
from ieum.messaging.clients import admin_client
from ieum.messaging.consumers import Consumer
from ieum.messaging.inbox import Inbox
from ieum.messaging.records import Place
from ieum.testing import eventually

from .bank import PARTITIONS, Bank, Overriding
from .kit import Kit, Mutant, Scenario
from .process import FATAL, consuming_in_a_process

ACCOUNTS = [f"a{n}" for n in range(6)]


# -- scenarios


async def a_consumer_starts_after_the_events(bank: Bank) -> None:
    """A service is deployed when others have been talking for long."""
    await bank.deposit(ACCOUNTS, 1, 2)
    await bank.relay()
    async with bank.consuming() as consumer:
        await eventually("it has joined", consumer.is_assigned, within=30)
        await bank.deposit(ACCOUNTS, 3)
        await bank.relay()
        await bank.booked(3 * len(ACCOUNTS))


async def a_consumer_is_killed_in_mid_batch(bank: Bank) -> None:
    """Its process gets kill -9 between fetching records and committing their effects; another starts."""
    await bank.deposit(ACCOUNTS, 1)
    await bank.relay()
    async with consuming_in_a_process(bank) as process:
        await eventually("it books", lambda: bank.has_booked(len(ACCOUNTS)), within=30)
        await bank.deposit(ACCOUNTS, FATAL)
        await bank.relay()
        await process.wait()
    async with bank.consuming() as consumer:
        await eventually("it has joined", consumer.is_assigned, within=30)
        await bank.booked(2 * len(ACCOUNTS))


async def the_consumers_database_is_restored(bank: Bank) -> None:
    """The ledger is stopped, its tables are set back to what they were before the newest events, and it starts."""
    await bank.deposit(ACCOUNTS, 1)
    await bank.relay()
    async with bank.consuming():
        await _books(bank, 1)
    await _keep(bank)
    await bank.deposit(ACCOUNTS, 2, 3)
    await bank.relay()
    async with bank.consuming():
        await _books(bank, 3)
    await _restore(bank)
    async with bank.consuming():
        await bank.booked(3 * len(ACCOUNTS))


async def the_database_falls_back_under_a_running_consumer(bank: Bank) -> None:
    """The same while the ledger runs and more events come."""
    async with bank.consuming(), bank.relaying():
        await bank.deposit(ACCOUNTS, 1)
        await _books(bank, 1)
        await _keep(bank)
        await bank.deposit(ACCOUNTS, 2, 3)
        await _books(bank, 3)
        await _restore(bank)
        await bank.deposit(ACCOUNTS, 4)
        await bank.sent()
        await bank.booked(4 * len(ACCOUNTS))


async def _books(bank: Bank, each: int) -> None:
    await eventually("it books", lambda: bank.has_booked(each * len(ACCOUNTS)), within=30)


_TABLES = ("booking", "mark", "position")


async def _keep(bank: Bank) -> None:
    async with bank.ledger.transaction() as tx:
        for table in _TABLES:
            await tx.execute(f"CREATE TABLE backup_{table} AS TABLE {table}")


async def _restore(bank: Bank) -> None:
    async with bank.ledger.transaction() as tx:
        await tx.execute(f"TRUNCATE {', '.join(_TABLES)}")
        for table in _TABLES:
            value = "OVERRIDING SYSTEM VALUE" if table == "booking" else ""
            await tx.execute(f"INSERT INTO {table} {value} TABLE backup_{table}")


async def members_join_and_leave(bank: Bank) -> None:
    """A second member joins and leaves while batches are slow and in hand."""
    await bank.deposit(ACCOUNTS, *range(10))
    bank.pause = 0.05
    async with bank.consuming():
        async with bank.relaying():
            for _ in range(2):
                async with bank.consuming() as second:
                    await bank.deposit(ACCOUNTS, *range(5))
                    await eventually("the second member has joined", second.is_assigned, within=30)
        bank.pause = 0
        await bank.relay()
        await bank.booked(20 * len(ACCOUNTS))


async def the_client_fails_on_what_it_fetched(bank: Bank) -> None:
    """It takes records of some partitions, cannot unpack those of another, and throws all of them away: every other
    time, three times."""
    fetch = AIOKafkaConsumer.getmany
    fetched: list[Any] = []

    async def fails(consumer: AIOKafkaConsumer, *places: TopicPartition, **how: Any) -> Any:
        found = await fetch(consumer, *places, **how)
        if found:
            fetched.append(found)
            if len(fetched) in (1, 3, 5):
                raise ValueError("bytes that are nothing")
        return found

    async with bank.consuming(), bank.relaying():
        await bank.deposit(ACCOUNTS, 1)
        await _books(bank, 1)
        with patch.object(AIOKafkaConsumer, "getmany", fails):
            for amount in range(2, 8):
                await bank.deposit(ACCOUNTS, amount)
                await bank.sent()
            await bank.booked(7 * len(ACCOUNTS))


async def somebody_wants_more_partitions(bank: Bank) -> None:
    """A new topics file doubles the partitions of a topic in use."""
    await bank.deposit(ACCOUNTS, 1, 2)
    await bank.relay()
    await bank.hear()
    more = Topics([Topic(bank.topic, "teller", "account", 2 * PARTITIONS)])
    with suppress(TopicsMismatch):
        await bank.kit.provision(bank.bootstrap, more)
        bank.topics = more
        outbox.configure(bank.teller, more, "teller")
    await bank.deposit(ACCOUNTS, 3)
    await bank.relay()
    await bank.hear()


# -- mutants


class FromKafkasOffsets(Consumer):
    """Goes on where Kafka remembers, and tells Kafka after each batch."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Kafka knows."""
        self._revoked = False

    async def _commit_now_and_then(self) -> None:
        self._committed_at = 0
        await super()._commit_now_and_then()


class CommitsFirst(FromKafkasOffsets):
    """Tells Kafka before the effects are made."""

    async def _take(self, batch: Any) -> None:
        for record in batch:
            self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1
        await self._commit_now_and_then()
        await super()._take(batch)


class CommitsByItself(FromKafkasOffsets):
    """Has the client commit what was fetched, every now and then."""

    def subscribe(self, broker: KafkaBroker) -> None:
        super().subscribe(Overriding(broker, ack_policy=AckPolicy.ACK_FIRST, auto_commit_interval_ms=50))  # type: ignore[arg-type]


class FromTheLatest(FromKafkasOffsets):
    """Begins with what comes next."""

    def subscribe(self, broker: KafkaBroker) -> None:
        super().subscribe(Overriding(broker, auto_offset_reset="latest"))  # type: ignore[arg-type]


class InsistsOnNothing(Inbox):
    """Does not look whether the database stands where the records begin."""

    def _insist_on_all(self, stand: Mapping[Place, int], first: Mapping[Place, int]) -> None:
        """They will do."""


class DoesNotDrain(Consumer):
    """Gives its partitions away in the middle of a batch."""

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """At once."""


class ReadsOnBehindAFailure(Consumer):
    """Goes on where the client stands, as if what it threw away had been heard."""

    def _read_on(self, problem: Exception | None) -> None:
        """Nothing."""


async def provision_anyway(bootstrap: str, topics: Topics) -> None:
    """Make as many partitions as the file says."""
    async with admin_client(bootstrap) as admin:
        await admin.create_partitions({name: NewPartitions(topic.partitions) for name, topic in topics.items()})
    await eventually("the partitions are there", lambda: _agrees(bootstrap, topics))


async def _agrees(bootstrap: str, topics: Topics) -> bool:
    await topics.check(bootstrap, topics)
    return True


def _mutant(
    name: str, rows: str, scenario: Scenario, consumer: type[Consumer], *kinds: str, harmless: str = ""
) -> Mutant:
    return Mutant(
        name, rows, scenario, Kit(consumer=consumer, patience=30 if harmless else 3), frozenset(kinds), harmless
    )


MUTANTS = [
    # With an inbox that insists on all records even this would be made good by the next event.
    Mutant(
        "a new consumer begins with the latest", "B18", a_consumer_starts_after_the_events,
        Kit(consumer=FromTheLatest, inbox=InsistsOnNothing, patience=3), frozenset({"late"}),
    ),
    _mutant("offsets are committed before the effects", "B8", a_consumer_is_killed_in_mid_batch, CommitsFirst, "late"),
    _mutant("offsets are committed by the client", "B8", a_consumer_is_killed_in_mid_batch, CommitsByItself, "late"),
    _mutant("positions are Kafka's alone", "B20", the_consumers_database_is_restored, FromKafkasOffsets, "late"),
    Mutant(
        "a database that fell back is not noticed", "B20", the_database_falls_back_under_a_running_consumer,
        Kit(inbox=InsistsOnNothing, patience=3), frozenset({"late"}),
    ),
    _mutant(
        "partitions are given away without draining", "B11", members_join_and_leave, DoesNotDrain,
        harmless="marks under the partition's lock let two owners work at once; draining only saves repeats",
    ),
    _mutant(
        "what was fetched beside a failure is not read again", "B13", the_client_fails_on_what_it_fetched,
        ReadsOnBehindAFailure, "late",
    ),
    Mutant(
        "a keyed topic gets more partitions", "B18", somebody_wants_more_partitions, Kit(provision=provision_anyway),
        frozenset({"reordered"}),
    ),
]  # fmt: skip
