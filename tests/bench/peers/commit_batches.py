"""FastStream with batches as its documentation shows them, and one statement for each batch."""

import asyncio
import os

import asyncpg
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

from .kept_item import BATCH, KEEP_ALL_ASYNCPG, TOPIC, Item, columns


async def main() -> None:
    broker = KafkaBroker(os.environ["KAFKA_BOOTSTRAP"], logger=None)
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"])

    @broker.subscriber(
        TOPIC,
        batch=True,
        max_records=BATCH,
        group_id=os.environ["GROUP"],
        session_timeout_ms=6_000,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def keep(items: list[Item]) -> None:
        async with pool.acquire() as connection:
            await connection.execute(KEEP_ALL_ASYNCPG, *columns(items))

    await FastStream(broker, logger=None).run()


if __name__ == "__main__":
    asyncio.run(main())
