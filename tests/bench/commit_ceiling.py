"""What committing cannot pass: `python -m tests.bench.commit_ceiling EVENTS` prints events a second, as JSON.

`statements`: what the kit itself says to PostgreSQL for these records, said again with nothing around it.
`copy`: COPY of as many rows into a table without keys, committed as often.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from aiokafka import ConsumerRecord

from ieum.database import Database, Transaction
from ieum.messaging import Topics, outbox
from ieum.messaging.inbox import Inbox

from . import items
from .counting.app import TOPICS
from .counting.handlers import reactions
from .servers import connect, environment_database

BATCH = 2_000

Said = list[tuple[str, str, tuple[Any, ...]]]


class _Heard(Transaction):
    """A transaction that notes what is said to it."""

    def __init__(self, database: Database, connection: Any) -> None:
        super().__init__(database, connection)
        self.said: Said = []

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        self.said.append(("fetch", query, args))
        return await super().fetch(query, *args)

    async def execute(self, query: str, *args: Any) -> str:
        self.said.append(("execute", query, args))
        return await super().execute(query, *args)


class _Noting(Database):
    """A database that keeps what each transaction said."""

    transactions: list[Said]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with super().transaction() as real:
            heard = _Heard(self, real.connection)
            yield heard
        self.transactions.append(heard.said)


def _batches(count: int, topics: Topics) -> list[list["ConsumerRecord[Any, Any]"]]:
    found = []
    for offset, record in enumerate(items.records(count, topics)):
        key = record.key.encode()
        found.append(
            ConsumerRecord(
                items.TOPIC, record.partition, offset, 0, 0, key, record.body, None, len(key), len(record.body),
                tuple(record.headers),
            )
        )  # fmt: skip
    return [found[start : start + BATCH] for start in range(0, len(found), BATCH)]


async def _noted(batches: list[list["ConsumerRecord[Any, Any]"]], topics: Topics) -> list[Said]:
    database = environment_database(_Noting)
    database.transactions = []
    await database.open()
    outbox.configure(database, topics, "bench")
    inbox = Inbox(next(iter(reactions)), database)
    for batch in batches:
        await inbox.take(batch)
    await database.close()
    return database.transactions


async def _said_again(transactions: list[Said]) -> float:
    connection = await connect()
    await connection.execute("TRUNCATE item, stream, outbox, mark, position RESTART IDENTITY")
    await connection.execute("CHECKPOINT")
    began = time.perf_counter()
    for said in transactions:
        async with connection.transaction():
            for method, query, args in said:
                await getattr(connection, method)(query, *args)
    took = time.perf_counter() - began
    await connection.close()
    return took


async def _copied(count: int) -> float:
    rows = [(uuid4(), f"item-{n}", 1, "Welder for ship hulls", "000100", "00010", 2, 10_030) for n in range(count)]
    connection = await connect()
    await connection.execute(
        "CREATE TABLE copied (event_id uuid, item_id text, version bigint, title text, occupation text, region text,"
        " openings int, wage int)"
    )
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        await connection.copy_records_to_table("copied", records=rows[start : start + BATCH])
    took = time.perf_counter() - began
    await connection.execute("DROP TABLE copied")
    await connection.close()
    return took


async def main(count: int) -> None:
    """Measure and print."""
    topics = Topics.from_file(TOPICS)
    transactions = await _noted(_batches(count, topics), topics)
    figures = {"statements": count / await _said_again(transactions), "copy": count / await _copied(count)}
    print(json.dumps(figures), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
