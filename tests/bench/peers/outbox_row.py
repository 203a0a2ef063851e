"""What the relaying peers share: the outbox's columns, the record they become, and a producer that loses nothing."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

SELECT = "SELECT id, topic, partition, aggregate_id, aggregate_version, event_id, type, body, occurred_at FROM outbox"


async def connect() -> asyncpg.Connection:
    return await asyncpg.connect(os.environ["DATABASE_URL"])


async def with_producer(main: Callable[[AIOKafkaProducer], Awaitable[None]]) -> None:
    """Run with acks=all and idempotence, as ours does."""
    bootstrap = os.environ["KAFKA_BOOTSTRAP"]
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=256 * 1024
    ) as producer:
        await main(producer)


def record(row: asyncpg.Record) -> dict[str, Any]:
    """The same record as ours, CloudEvents headers included."""
    return {
        "topic": row["topic"],
        "partition": row["partition"],
        "key": row["aggregate_id"].encode(),
        "value": row["body"],
        "headers": [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(row["event_id"]).encode()),
            ("ce_type", row["type"].encode()),
            ("ce_source", b"/bench"),
            ("ce_time", row["occurred_at"].isoformat().encode()),
            ("ce_subject", row["aggregate_id"].encode()),
            ("ce_aggregateversion", str(row["aggregate_version"]).encode()),
            ("content-type", b"application/json"),
        ],
    }
