"""The careful variant: two thousand rows with FOR UPDATE SKIP LOCKED, all sent at once, awaited together, deleted."""

import asyncio

from aiokafka import AIOKafkaProducer

from . import outbox_row as row

BATCH = 2_000


async def main(producer: AIOKafkaProducer) -> None:
    connection = await row.connect()
    while True:
        async with connection.transaction():
            found = await connection.fetch(f"{row.SELECT} ORDER BY id LIMIT {BATCH} FOR UPDATE SKIP LOCKED")
            if found:
                await asyncio.gather(*[await producer.send(**row.record(each)) for each in found])
                await connection.execute("DELETE FROM outbox WHERE id = ANY ($1::bigint[])", [r["id"] for r in found])
        if not found:
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(row.with_producer(main))
