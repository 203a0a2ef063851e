"""Reads what the oracle judges: topics from their beginning to their present end, and each service's own tables."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import yaml
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from ieum.messaging.events import Envelope, UnreadableEnvelope
from ieum.messaging.topics import Topics
from ieum.messaging.whole_topics import chunks
from ieum.ops.oracle import Agreement, Consumer, Effects, Key, Producer, Published

Values = Mapping[str, tuple[str, ...]]

# A rebuild hears everything again, what was skipped before it included.
_LEFT_OUT = """
SELECT consumer, topic, aggregate_id, generate_series(left_out_from, left_out_to) AS version
FROM parked_decision d
WHERE done_at > coalesce((SELECT max(started_at) FROM rebuild r WHERE r.consumer = d.consumer), '-infinity')
"""


@dataclass(frozen=True, slots=True)
class EffectQuery:
    """A query that shows a service's effects: it answers one id a row. `by` is event or aggregate.

    `in_order`: it answers them in the order in which the effects were made.
    """

    name: str
    service: str
    consumer: str
    types: frozenset[str]
    by: str
    query: str
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class AgreementQuery:
    """Two queries that answer the same rows (id, value) where all is well: the owner's facts and what is shown of them.

    With a topic the ids are its aggregates and `shown` is asked of the service of `consumer`; without, of the owner.
    """

    name: str
    owner: str
    facts: str
    shown: str
    topic: str | None = None
    service: str | None = None
    consumer: str | None = None


def read_effect_queries(file: Path) -> list[EffectQuery]:
    """`effects: [{name, service, consumer, types, by, query}]`."""
    entries = yaml.safe_load(file.read_text())["effects"]
    return [EffectQuery(**{**entry, "types": frozenset(entry["types"])}) for entry in entries]


def read_agreement_queries(file: Path) -> list[AgreementQuery]:
    """`agreements: [{name, owner, facts, shown, topic, service, consumer}]`, in the same file as the effects."""
    return [AgreementQuery(**entry) for entry in yaml.safe_load(file.read_text()).get("agreements", ())]


async def read_log(
    bootstrap: str, topics: Topics, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Published], int]:
    """All records up to the present ends, in order per partition, and how many had no usable envelope.

    Raises TopicSilent.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=4 * 1024 * 1024
    )
    await consumer.start()
    try:
        places = [TopicPartition(name, n) for name, topic in topics.items() for n in range(topic.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        begins = await consumer.beginning_offsets(places)
        left = {place: end for place, end in ends.items() if end > begins[place]}
        total, done, unreadable = sum(ends[place] - begins[place] for place in left), 0, 0
        found: list[Published] = []
        async for records in chunks(consumer, left):
            for record in records:
                try:
                    found.append(_published(record))
                except UnreadableEnvelope:
                    unreadable += 1
            done += len(records)
            progress(done, total)
    finally:
        await consumer.stop()
    return found, unreadable


def _published(record: "ConsumerRecord[Any, Any]") -> Published:
    envelope = Envelope.from_headers(record.headers)
    return Published(
        record.topic, record.partition, record.offset, envelope.aggregate_id, envelope.aggregate_version,
        str(envelope.event_id), envelope.type,
    )  # fmt: skip


@dataclass(slots=True)
class Account:
    """One service's tables at one moment: what it said, what its consumers heard, what it shows."""

    producer: Producer
    consumers: dict[str, Consumer]
    effects: dict[str, Mapping[str, int]] = field(default_factory=dict)
    facts: dict[str, Values] = field(default_factory=dict)
    shown: dict[str, Values] = field(default_factory=dict)


class ServiceTables:
    """One service's schema, read in one snapshot."""

    def __init__(self, service: str, dsn: str, schema: str | None) -> None:
        self.service = service
        self._dsn = dsn
        self._settings = {"search_path": schema} if schema else {}

    async def read(self, effects: Sequence[EffectQuery], agreements: Sequence[AgreementQuery] = ()) -> Account:
        """Its account; queries that concern other services are left out."""
        connection = await asyncpg.connect(self._dsn, server_settings=self._settings)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                account = Account(await self._producer(connection), await self._consumers(connection))
                for effect in effects:
                    if effect.service == self.service:
                        account.effects[effect.name] = await self._ids(connection, effect.query)
                for one in agreements:
                    if one.owner == self.service:
                        account.facts[one.name] = await self._values(connection, one.facts)
                    if (one.service or one.owner) == self.service:
                        account.shown[one.name] = await self._values(connection, one.shown)
        finally:
            await connection.close()
        return account

    async def said(self, keys: Collection[Key]) -> dict[Key, int]:
        """How far these aggregates are by now."""
        connection = await asyncpg.connect(self._dsn, server_settings=self._settings)
        try:
            rows = await connection.fetch(
                """
                SELECT s.* FROM stream s JOIN unnest($1::text[], $2::text[]) AS k (topic, aggregate_id)
                USING (topic, aggregate_id)
                """,
                [topic for topic, _ in keys],
                [aggregate_id for _, aggregate_id in keys],
            )
        finally:
            await connection.close()
        return {(row["topic"], row["aggregate_id"]): row["version"] for row in rows}

    async def _producer(self, connection: Any) -> Producer:
        producer = Producer(self.service)
        for row in await connection.fetch("SELECT topic, aggregate_id, version FROM stream"):
            producer.said[row["topic"], row["aggregate_id"]] = row["version"]
        for row in await connection.fetch("SELECT topic, aggregate_id, aggregate_version FROM outbox ORDER BY id"):
            producer.pending.setdefault((row["topic"], row["aggregate_id"]), []).append(row["aggregate_version"])
        return producer

    async def _consumers(self, connection: Any) -> dict[str, Consumer]:
        topics: dict[str, set[str]] = {}
        for row in await connection.fetch("SELECT DISTINCT consumer, topic FROM position"):
            topics.setdefault(row["consumer"], set()).add(row["topic"])
        found = {name: Consumer(name, frozenset(heard)) for name, heard in topics.items()}
        for row in await connection.fetch("SELECT consumer, topic, aggregate_id, version, state FROM mark"):
            consumer = found.setdefault(row["consumer"], Consumer(row["consumer"]))
            consumer.heard[row["topic"], row["aggregate_id"]] = (row["version"], row["state"])
        for row in await connection.fetch(
            "SELECT consumer, topic, aggregate_id, aggregate_version FROM parked WHERE state <> 'unreadable'"
        ):
            consumer = found.setdefault(row["consumer"], Consumer(row["consumer"]))
            consumer.parked.setdefault((row["topic"], row["aggregate_id"]), []).append(row["aggregate_version"])
        for row in await connection.fetch(_LEFT_OUT):
            consumer = found.setdefault(row["consumer"], Consumer(row["consumer"]))
            consumer.left_out.setdefault((row["topic"], row["aggregate_id"]), set()).add(row["version"])
        return found

    async def _ids(self, connection: Any, query: str) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for row in await connection.fetch(query):
            counts[str(row[0])] = counts.get(str(row[0]), 0) + 1
        return counts

    async def _values(self, connection: Any, query: str) -> Values:
        values: dict[str, list[str]] = {}
        for row in await connection.fetch(query):
            values.setdefault(str(row[0]), []).append(str(row[1]))
        return {one: tuple(sorted(found)) for one, found in values.items()}


@dataclass(slots=True)
class Accounts:
    """All services' accounts together."""

    producers: dict[str, Producer]
    consumers: dict[str, Consumer]
    effects: list[Effects]
    agreements: list[Agreement]


async def read_services(
    services: Sequence[ServiceTables], effects: Sequence[EffectQuery], agreements: Sequence[AgreementQuery] = ()
) -> Accounts:
    """All services' accounts, read side by side."""
    read = await asyncio.gather(*(one.read(effects, agreements) for one in services))
    accounts = {account.producer.service: account for account in read}
    return Accounts(
        producers={name: account.producer for name, account in accounts.items()},
        consumers={name: found for account in read for name, found in account.consumers.items()},
        effects=[
            Effects(
                one.name, one.service, one.types, one.by, accounts[one.service].effects[one.name], one.consumer,
                one.in_order,
            )
            for one in effects
            if one.service in accounts
        ],
        agreements=[
            Agreement(
                one.name, accounts[one.owner].facts[one.name], accounts[one.service or one.owner].shown[one.name],
                one.topic, one.owner, one.consumer,
            )
            for one in agreements
            if one.owner in accounts and (one.service or one.owner) in accounts
        ],
    )  # fmt: skip
