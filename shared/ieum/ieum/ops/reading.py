"""Reads what the oracle judges: topics from their beginning to their present end, and each service's own tables."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import yaml
from aiokafka import AIOKafkaConsumer, TopicPartition

from ieum.messaging.events import Envelope, UnreadableEnvelope
from ieum.messaging.topics import Topics
from ieum.ops.oracle import Consumer, Effects, Producer, Published


@dataclass(frozen=True, slots=True)
class EffectQuery:
    """A query that shows a service's effects: it answers one id a row. `by` is event or aggregate."""

    name: str
    service: str
    consumer: str
    types: frozenset[str]
    by: str
    query: str


def read_effect_queries(file: Path) -> list[EffectQuery]:
    """`effects: [{name, service, consumer, types, by, query}]`."""
    entries = yaml.safe_load(file.read_text())["effects"]
    return [EffectQuery(**{**entry, "types": frozenset(entry["types"])}) for entry in entries]


async def read_log(
    bootstrap: str, topics: Topics, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Published], int]:
    """All records up to the present ends, in order per partition, and how many had no usable envelope."""
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
        while left:
            batches = await consumer.getmany(*left, timeout_ms=1000, max_records=10_000)
            for place, records in batches.items():
                for record in records:
                    if record.offset >= ends[place]:
                        break
                    done += 1
                    try:
                        envelope = Envelope.from_headers(record.headers)
                    except UnreadableEnvelope:
                        unreadable += 1
                        continue
                    found.append(
                        Published(
                            record.topic,
                            record.partition,
                            record.offset,
                            envelope.aggregate_id,
                            envelope.aggregate_version,
                            str(envelope.event_id),
                            envelope.type,
                        )
                    )
                if await consumer.position(place) >= ends[place]:
                    left.pop(place, None)
            progress(done, total)
    finally:
        await consumer.stop()
    return found, unreadable


class ServiceTables:
    """One service's schema, read in one snapshot."""

    def __init__(self, service: str, dsn: str, schema: str | None) -> None:
        self.service = service
        self._dsn = dsn
        self._schema = schema

    async def read(
        self, queries: list[EffectQuery]
    ) -> tuple[Producer, dict[str, Consumer], list[tuple[EffectQuery, Mapping[str, int]]]]:
        """What the service said, what its consumers heard, and the ids its effect queries answer."""
        settings = {"search_path": self._schema} if self._schema else {}
        connection = await asyncpg.connect(self._dsn, server_settings=settings)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                producer = Producer(self.service)
                for row in await connection.fetch("SELECT topic, aggregate_id, version FROM stream"):
                    producer.said[row["topic"], row["aggregate_id"]] = row["version"]
                for row in await connection.fetch(
                    "SELECT topic, aggregate_id, aggregate_version FROM outbox ORDER BY id"
                ):
                    producer.pending.setdefault((row["topic"], row["aggregate_id"]), []).append(
                        row["aggregate_version"]
                    )
                consumers = await self._consumers(connection)
                effects = [(query, await self._ids(connection, query)) for query in queries]
        finally:
            await connection.close()
        return producer, consumers, effects

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
        return found

    async def _ids(self, connection: Any, query: EffectQuery) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for row in await connection.fetch(query.query):
            counts[str(row[0])] = counts.get(str(row[0]), 0) + 1
        return counts


async def read_services(
    services: list[ServiceTables], queries: list[EffectQuery]
) -> tuple[dict[str, Producer], dict[str, Consumer], list[Effects]]:
    """All services' accounts, read side by side."""
    answers = await asyncio.gather(
        *(one.read([query for query in queries if query.service == one.service]) for one in services)
    )
    producers = {producer.service: producer for producer, _, _ in answers}
    consumers = {name: consumer for _, found, _ in answers for name, consumer in found.items()}
    effects = [
        Effects(query.name, query.service, query.types, query.by, held, query.consumer)
        for _, _, shown in answers
        for query, held in shown
    ]
    return producers, consumers, effects
