"""What Kafka and PostgreSQL need by themselves after the same faults: no service of ours is in between.

Measured on the servers of the run when it has been judged and its processes are gone: a bare client of each, writing
all the time, and the longest time in which it got nothing done.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError

from ieum.messaging.clients import admin_client
from ieum_local.layout import DATABASE
from ieum_local.waiting import until

from .cluster import Cluster

_TOPIC = "chaos.alone"
_ROUNDS = 3
_PAUSE = 0.005
_BACK_SECONDS = 240


@dataclass(slots=True)
class Gap:
    """Notes when something got done; `longest` seconds lay between two such moments since `watch`."""

    longest: float = 0.0
    _last: float = 0.0
    count: int = 0

    def watch(self) -> None:
        """Forget what was before."""
        self.longest, self.count, self._last = 0.0, 0, asyncio.get_running_loop().time()

    def done(self) -> None:
        """Something got done just now."""
        now = asyncio.get_running_loop().time()
        self.longest, self._last = max(self.longest, now - self._last), now
        self.count += 1


async def measure(cluster: Cluster, say: Callable[[str], None]) -> dict[str, Any]:
    """`kafka_s` and `postgres_s`: the longest gap of several rounds, which are listed beside it."""
    say("measuring what Kafka needs alone when a broker is killed")
    kafka = await _kafka(cluster)
    say("measuring what PostgreSQL needs alone when it is stopped at once")
    postgres = await _postgres(cluster)
    return {
        "kafka_s": max(kafka),
        "postgres_s": max(postgres),
        "rounds": {"kafka_s": kafka, "postgres_s": postgres},
    }


async def _kafka(cluster: Cluster) -> list[float]:
    """From record to record at a consumer, while the broker that leads their partition is killed."""
    async with admin_client(cluster.bootstrap) as admin:
        await admin.create_topics([NewTopic(_TOPIC, 1, cluster.kafka.replication)])
    gap, found = Gap(), []
    async with _records(cluster.bootstrap, gap) as leader:
        for _ in range(_ROUNDS):
            await _going_on(gap)
            number = leader()
            await cluster.kafka.kill(number)
            await _going_on(gap, watch=False)
            found.append(round(gap.longest, 1))
            await cluster.kafka.start_broker(number, seconds=_BACK_SECONDS)
    return found


@contextlib.asynccontextmanager
async def _records(bootstrap: str, gap: Gap) -> AsyncIterator[Callable[[], int]]:
    """A producer and a consumer at work; yields who tells the number of the leading broker."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, retry_backoff_ms=50)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, retry_backoff_ms=50)
    consumer.assign([TopicPartition(_TOPIC, 0)])

    async def write() -> None:
        while True:
            with contextlib.suppress(KafkaError):
                await producer.send_and_wait(_TOPIC, b"still here", partition=0)
            await asyncio.sleep(_PAUSE)

    async def read() -> None:
        while True:
            with contextlib.suppress(KafkaError):
                await consumer.getone()
                gap.done()

    try:
        await producer.start()
        await consumer.start()
        async with _both(write, read):
            yield lambda: int(producer.client.cluster.leader_for_partition(TopicPartition(_TOPIC, 0)))
    finally:
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.gather(producer.stop(), consumer.stop())


async def _postgres(cluster: Cluster) -> list[float]:
    """From commit to commit, while the server is stopped as `pg_ctl stop -m immediate` does and started again."""
    gap, found = Gap(), []

    async def write() -> None:
        while True:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await asyncpg.connect(cluster.postgres.dsn(DATABASE), timeout=5)
                try:
                    while True:
                        await connection.execute("INSERT INTO public.chaos_alone VALUES (DEFAULT)")
                        gap.done()
                        await asyncio.sleep(_PAUSE)
                finally:
                    connection.terminate()
            await asyncio.sleep(_PAUSE * 4)

    await cluster.sql("CREATE TABLE public.chaos_alone (at timestamptz DEFAULT clock_timestamp())")
    async with _both(write):
        for _ in range(_ROUNDS):
            await _going_on(gap)
            await cluster.postgres.stop("immediate")
            await cluster.postgres.start(seconds=_BACK_SECONDS)
            await _going_on(gap, watch=False)
            found.append(round(gap.longest, 1))
    return found


async def _going_on(gap: Gap, *, watch: bool = True) -> None:
    """Wait for some more to get done."""
    if watch:
        gap.watch()
    wanted = gap.count + 100

    async def probe() -> bool:
        return gap.count >= wanted

    await until("a bare client to go on", probe, seconds=_BACK_SECONDS)
    if watch:
        gap.watch()


@contextlib.asynccontextmanager
async def _both(*work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(one()) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
