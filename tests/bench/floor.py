"""The hops of a message with nothing in them: two commits with fsync and two broker round trips, on the same servers.

The journey itself has a third commit, that of the message shown; leaving it out keeps the floor low.
"""

import time
from types import TracebackType
from typing import Self

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ..running.system import System

_TOPIC = "bench.floor"


class Floor:
    """Open connections of bare asyncpg and aiokafka to the running system's servers."""

    def __init__(self, system: System) -> None:
        self._kafka = system.processes.kafka.bootstrap
        self._postgres = system.processes.postgres

    async def __aenter__(self) -> Self:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._kafka)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(_TOPIC, 1, 1)])
        finally:
            await admin.close()
        self._connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(self._postgres.dsn())
        await self._connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (payload text NOT NULL)")
        self._producer = AIOKafkaProducer(bootstrap_servers=self._kafka, acks="all", linger_ms=0)
        await self._producer.start()
        self._consumer = AIOKafkaConsumer(_TOPIC, bootstrap_servers=self._kafka, auto_offset_reset="latest")
        await self._consumer.start()
        await self.measure()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()
        await self._producer.stop()
        await self._connection.execute("DROP TABLE bench_floor")
        await self._connection.close()

    async def measure(self) -> float:
        """One pass, in milliseconds."""
        began = time.perf_counter()
        for _ in range(2):
            await self._connection.execute("INSERT INTO bench_floor VALUES ($1)", "x" * 400)
            await self._producer.send(_TOPIC, b"x" * 400)
            await self._consumer.getone()
        return (time.perf_counter() - began) * 1_000
