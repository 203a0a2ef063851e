"""FastStream as its documentation shows it: a handler for one message, acknowledged when the handler has returned."""

import asyncio
import os

import asyncpg
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

from .kept_item import TOPIC, Item, told

_HEAR = "INSERT INTO inbox (event_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING true"
_KEEP = """
INSERT INTO item AS i (item_id, version, title, occupation, region, openings, wage, applied, disorder)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 0)
ON CONFLICT (item_id) DO UPDATE
SET version = excluded.version, title = excluded.title, occupation = excluded.occupation, region = excluded.region,
    openings = excluded.openings, wage = excluded.wage, applied = i.applied + 1,
    disorder = i.disorder + (excluded.version - 1 <> i.version)::int
"""
_TELL = """
INSERT INTO outbox (topic, partition, aggregate_id, aggregate_version, event_id, type, body)
VALUES ('bench.kept.v1', abs(hashtext($1)) % 6, $1, $2, gen_random_uuid(), 'ItemKept', $3)
"""


async def main() -> None:
    broker = KafkaBroker(os.environ["KAFKA_BOOTSTRAP"], logger=None)
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"])

    @broker.subscriber(
        TOPIC,
        group_id=os.environ["GROUP"],
        session_timeout_ms=6_000,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def keep(item: Item) -> None:
        async with pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(_HEAR, item.event_id):
                values = (item.item_id, item.version, item.title, item.occupation, item.region)
                await connection.execute(_KEEP, *values, item.openings, item.wage)
                await connection.execute(_TELL, item.item_id, item.version, told(item))

    await FastStream(broker, logger=None).run()


if __name__ == "__main__":
    asyncio.run(main())
