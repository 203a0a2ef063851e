"""Faust (its maintained fork, faust-streaming): an agent that takes up to two thousand, one statement for each."""

import os
import sys

import asyncpg
import faust

from .kept_item import BATCH, KEEP_ALL_ASYNCPG, TOPIC, Item, columns

app = faust.App(
    os.environ["GROUP"],
    broker=f"kafka://{os.environ['KAFKA_BOOTSTRAP']}",
    store="memory://",
    web_enabled=False,
    topic_disable_leader=True,
    consumer_auto_offset_reset="earliest",
    broker_session_timeout=6.0,
    broker_heartbeat_interval=1.0,
    stream_buffer_maxsize=BATCH * 2,
    broker_commit_interval=1.0,
    datadir=os.environ["SCRATCH"],
)
topic = app.topic(TOPIC, value_type=bytes, value_serializer="raw", key_serializer="raw")


@app.agent(topic)
async def keep(stream: faust.Stream) -> None:
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"])
    async for values in stream.take(BATCH, within=0.05):
        items = [Item.model_validate_json(value) for value in values]
        async with pool.acquire() as connection:
            await connection.execute(KEEP_ALL_ASYNCPG, *columns(items))


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "--loglevel=warn", "--without-web"]
    app.main()
