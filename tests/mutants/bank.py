"""Two small services on the real kit: `teller` says that money came in, `ledger` books it, one row an event.

The booking table has no key, so that an effect made twice is two rows, and numbers its rows, so that disorder shows.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from aiokafka import ConsumerRecord, TopicPartition
from faststream.kafka import KafkaBroker

from ieum.database import Database, Transaction, apply_migrations
from ieum.messaging import Event, Reaction, Reactions, Topic, Topics, outbox, store
from ieum.messaging.clients import reader
from ieum.messaging.consumers import Consumer
from ieum.messaging.failures import Backoff, Unavailable
from ieum.messaging.inbox import Inbox
from ieum.messaging.provision import provision
from ieum.messaging.relay import safe_producer
from ieum.ops.effects import AgreementQuery, EffectQuery
from ieum.ops.store import ServiceTables
from ieum.ops.verifying import Verdict, verify_when_quiet
from ieum.testing import NeverHappened, eventually

from .kit import Kit

PARTITIONS = 3
QUICK = Backoff(first=0.001, ceiling=0.002)

_TELLER = "CREATE TABLE deposit (account text NOT NULL, amount int NOT NULL, command text)"
_LEDGER = """
CREATE TABLE booking (nth bigint GENERATED ALWAYS AS IDENTITY, event_id uuid, account text, version bigint, amount int);
CREATE TABLE seen (event_id uuid, topic text, account text, occurred_at timestamptz)
"""


def prepare(dsn: str) -> None:
    """Lay both services' schemas into an empty database; every bank gets a copy of it."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for schema, tables in (("teller", _TELLER), ("ledger", _LEDGER)):
            connection.execute(f"CREATE SCHEMA {schema}")
            apply_migrations(dsn, schema=schema)
            connection.execute(f"SET search_path = {schema}")
            connection.execute(tables)


class Killed(BaseException):
    """The process ends here: nothing after it runs, and nobody may catch it."""


class Overriding:
    """A broker whose subscribers get other settings than they ask for."""

    def __init__(self, broker: Any, **settings: Any) -> None:
        self._broker, self._settings = broker, settings

    def subscriber(self, *topics: str, **settings: Any) -> Any:
        """The broker's own, with the other settings."""
        return self._broker.subscriber(*topics, **settings | self._settings)


class Mortal(Database):
    """A database whose process can be made to die at a moment: a transaction has two, before and after its commit."""

    dies_at: int | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with super().transaction() as tx:
            yield tx
            self._live_on()
        self._live_on()

    def _live_on(self) -> None:
        if self.dies_at is not None:
            self.dies_at -= 1
            if self.dies_at == 0:
                raise Killed


class Bank:
    """One bank: a database and a topic of its own, and what a scenario can do with them."""

    def __init__(self, dsn: str, bootstrap: str, run: str, kit: Kit) -> None:
        self.dsn, self.bootstrap, self.run, self.kit = dsn, bootstrap, run, kit
        self.topic = f"teller.account-{run}.v1"
        self.group = f"ledger.bookings-{run}"
        self.topics = Topics([Topic(self.topic, "teller", "account", PARTITIONS)])
        self.Deposited = type(
            "Deposited", (Event,), {"__annotations__": {"amount": int}, "__module__": __name__}, topic=self.topic
        )
        self.teller = Database(dsn, schema="teller", application="teller", max_size=20)
        self.ledger = Mortal(dsn, schema="ledger", application="ledger", max_size=20)
        self.poison: set[int] = set()
        self.pause = 0.0
        self.dies_at_step: int | None = None
        self.on_booking: Callable[[set[int]], None] = lambda amounts: None

    async def open(self) -> None:
        await asyncio.gather(self.teller.open(), self.ledger.open())
        outbox.configure(self.teller, self.topics, "teller")

    async def found(self) -> None:
        """Make the topic; once in a bank's life."""
        await provision(self.bootstrap, self.topics)

    async def close(self) -> None:
        await asyncio.gather(self.teller.close(), self.ledger.close())

    # -- the teller

    async def step(self) -> None:
        """A command is between two of its steps: it takes a while, or its process dies here."""
        await asyncio.sleep(self.pause)
        if self.dies_at_step is not None:
            self.dies_at_step -= 1
            if self.dies_at_step == 0:
                raise Killed

    async def deposit_in(
        self, tx: Transaction, account: str, *amounts: int, command: str | None = None
    ) -> dict[str, int]:
        """The sound way to take money: the row and its event in one transaction."""
        await tx.executemany(
            "INSERT INTO deposit (account, amount, command) VALUES ($1, $2, $3)",
            [(account, amount, command) for amount in amounts],
        )
        return await outbox.add(tx, account, *(self.Deposited(amount=amount) for amount in amounts))

    async def deposit(self, accounts: Iterable[str], *amounts: int) -> None:
        """Every amount for every account, one transaction each, by the kit under test."""
        for amount in amounts:
            for account in accounts:
                await self.kit.deposit(self, account, amount)

    async def waiting(self) -> int:
        """Rows in the outbox."""
        async with self.teller.reading() as tx:
            return int(await tx.fetchval("SELECT count(*) FROM outbox"))

    @asynccontextmanager
    async def relaying(self, *, lease: float = 1.0, make_producer: Any = None) -> AsyncIterator[Any]:
        """A relay of the kit under test at work."""
        options = {"make_producer": make_producer} if make_producer else {}
        relay = self.kit.relay(self.teller, "teller", self.bootstrap, lease=lease, poll=0.01, **options)
        task = asyncio.create_task(relay.run())
        try:
            yield relay
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def sent(self) -> None:
        """Wait until the outbox is empty. A mutant may never get there: the checker says so then, not this."""
        with suppress(NeverHappened):
            await eventually("the outbox is empty", self._empty, within=self.kit.patience)

    async def _empty(self) -> bool:
        return await self.waiting() == 0

    async def relay(self) -> None:
        """Send what waits."""
        async with self.relaying():
            await self.sent()

    # -- the ledger

    def reaction(self) -> Reaction:
        """Book one row per event; poisonous amounts break it."""

        async def book(tx: Transaction, events: list[Event]) -> None:
            rows = [(one.event_id, one.aggregate_id, one.aggregate_version, one.amount) for one in events]  # type: ignore[attr-defined]
            await tx.executemany(
                "INSERT INTO booking (event_id, account, version, amount) VALUES ($1, $2, $3, $4)", rows
            )
            await tx.fetchval("SELECT pg_sleep($1)", self.pause)
            self.on_booking({row[3] for row in rows})
            if self.poison & {row[3] for row in rows}:
                raise RuntimeError("this amount breaks the booking")

        book.__annotations__["events"] = list[self.Deposited]  # type: ignore[name-defined]
        reactions = Reactions()
        reactions.consume(self.group)(book)
        return next(iter(reactions))

    def inbox(self, database: Database | None = None, *, continuous: bool = False) -> Inbox:
        """An inbox of the kit under test."""
        return self.kit.inbox(self.reaction(), database or self.ledger, backoff=QUICK, continuous=continuous)

    async def records(self) -> list["ConsumerRecord[Any, Any]"]:
        """All that is in the topic, in the order of its partitions."""
        found: list[ConsumerRecord[Any, Any]] = []
        async with reader(self.bootstrap) as consumer:
            places = [TopicPartition(self.topic, n) for n in await self._partitions(consumer)]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            while any([await consumer.position(place) < ends[place] for place in places]):
                for records in (await consumer.getmany(*places, timeout_ms=200)).values():
                    found += records
        return sorted(found, key=lambda record: (record.partition, record.offset))

    async def _partitions(self, reader: Any) -> list[int]:
        await reader._client.force_metadata_update()
        return sorted(reader.partitions_for_topic(self.topic) or range(PARTITIONS))

    async def hear(self, records: "list[ConsumerRecord[Any, Any]] | None" = None, *, batch: int = 20) -> None:
        """What a consumer does that starts: go on at the positions in the database, a few times if it must."""
        records = await self.records() if records is None else records
        async with self.ledger.reading() as tx:
            positions = await store.find_positions(tx, self.group)
        fresh = [one for one in records if one.offset >= positions.get((one.topic, one.partition), 0)]
        inbox = self.inbox()
        for start in range(0, len(fresh), batch):
            for _ in range(3):
                with suppress(Unavailable):
                    await inbox.take(fresh[start : start + batch])
                    break

    @asynccontextmanager
    async def consuming(self, **settings: Any) -> AsyncIterator[Consumer]:
        """A member of the ledger's consumer group, as Messaging starts it."""
        consumer = self.kit.consumer(self.reaction(), self.ledger)
        consumer._inbox = self.inbox(continuous=True)
        broker = KafkaBroker(self.bootstrap, client_id="ledger", consumer_only=True, graceful_timeout=2, logger=None)
        consumer.subscribe(Overriding(broker, **settings))  # type: ignore[arg-type]
        try:
            await broker.start()
            yield consumer
        finally:
            await broker.stop()

    async def booked(self, rows: int) -> None:
        """Wait until the ledger has so many rows. A mutant may never get there: the checker says so then, not this."""
        with suppress(NeverHappened):
            await eventually(f"{rows} bookings", lambda: self.has_booked(rows), within=self.kit.patience)

    async def has_booked(self, rows: int) -> bool:
        """Whether the ledger has so many rows."""
        async with self.ledger.reading() as tx:
            return int(await tx.fetchval("SELECT count(*) FROM booking")) >= rows

    async def say_again(self, records: "Iterable[ConsumerRecord[Any, Any]]") -> None:
        """Put the same records into the topic once more, as a relay does that died before it could delete."""
        producer = safe_producer(self.bootstrap)
        await producer.start()
        try:
            for one in records:
                await producer.send_and_wait(
                    one.topic, one.value, key=one.key, partition=one.partition, headers=list(one.headers)
                )
        finally:
            await producer.stop()

    async def stuck(self) -> list[tuple[str, str]]:
        """Accounts of which something is parked."""
        async with self.ledger.reading() as tx:
            rows = await tx.fetch("SELECT DISTINCT topic, aggregate_id FROM parked WHERE aggregate_id IS NOT NULL")
        return sorted((row["topic"], row["aggregate_id"]) for row in rows)

    # -- the checker

    async def verdict(self, within: float = 0.2) -> Verdict:
        """What `python -m ieum.ops verify` says of this bank."""
        return await verify_when_quiet(
            self.bootstrap,
            self.topics,
            [ServiceTables("teller", self.dsn, "teller"), ServiceTables("ledger", self.dsn, "ledger")],
            [_bookings(self.group)],
            within=within,
            agreements=[_amounts(self.topic, self.group), _COMMANDS],
        )


def _bookings(group: str) -> EffectQuery:
    query = "SELECT event_id FROM booking ORDER BY nth"
    return EffectQuery("bookings", "ledger", group, frozenset({"Deposited"}), "event", query, in_order=True)


_COMMANDS = AgreementQuery(
    "commands with a key",
    "teller",
    "SELECT key, 'done' FROM idempotency WHERE status < 300",
    "SELECT command, 'done' FROM deposit WHERE command IS NOT NULL",
)


def _amounts(topic: str, group: str) -> AgreementQuery:
    return AgreementQuery(
        "amounts of an account",
        "teller",
        "SELECT account, amount FROM deposit",
        "SELECT account, amount FROM booking",
        topic,
        "ledger",
        group,
    )
