"""The relay of most tutorials: one row at a time, FOR UPDATE SKIP LOCKED, wait for the broker, delete, commit."""

import asyncio

from aiokafka import AIOKafkaProducer

from . import outbox_row as row


async def main(producer: AIOKafkaProducer) -> None:
    connection = await row.connect()
    while True:
        async with connection.transaction():
            found = await connection.fetch(f"{row.SELECT} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
            for each in found:
                await producer.send_and_wait(**row.record(each))
                await connection.execute("DELETE FROM outbox WHERE id = $1", each["id"])
        if not found:
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(row.with_producer(main))
