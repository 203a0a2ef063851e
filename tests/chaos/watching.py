"""Looks at a running cluster every second: who connects where, and how far hearing is behind saying."""

import asyncio
import contextlib
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from asyncpg import Connection, Record

from ieum.messaging.failures import is_passing
from ieum.messaging.topics import Topics
from ieum_local.layout import DATABASE

from .cluster import Cluster
from .commands import Attempt, Sender
from .outage_figures import Command, Look
from .schedule import SERVICES

_EVERY = 1.0
_ANSWER_SECONDS = 15.0

_UNSENT = "(SELECT count(*) FROM {0}.outbox WHERE occurred_at < now() - interval '1 second')"
_POSITIONS = "SELECT topic, partition, next_offset FROM {0}.position"


class Watch:
    """Everything seen so far. It goes past the proxies, so that it does not count among those who knock."""

    def __init__(self, cluster: Cluster, sender: Sender) -> None:
        self._cluster = cluster
        self.attempts: list[Attempt] = []
        self.commands: list[Command] = []
        self.looks: list[Look] = []
        self._consumer: AIOKafkaConsumer | None = None
        self._connection: Connection | None = None
        self._ends: dict[TopicPartition, int] = {}
        self._knocks: dict[str, int] = {}
        topics = Topics.from_file(Path(cluster.layout.topics_file))
        self._places = [TopicPartition(name, n) for name, topic in topics.items() for n in range(topic.partitions)]
        sender.attempted = self.attempts.append
        sender.answered = lambda began, seconds: self.commands.append(Command(began, seconds))

    async def look_on(self) -> None:
        """Look until cancelled."""
        clock = asyncio.get_running_loop().time
        before = clock()
        self._count()
        try:
            while True:
                await asyncio.sleep(max(0.0, before + _EVERY - clock()))
                now = clock()
                knocks = self._count()
                unsent = unheard = None
                try:
                    async with asyncio.timeout(_ANSWER_SECONDS):
                        unsent = await self._unsent()
                        unheard = await self._unheard()
                except Exception as problem:
                    if not is_passing(problem):
                        raise
                    # Away, as it should be. A consumer that has seen its brokers go would knock for a long time.
                    await self._let_go()
                self.looks.append(Look(now, now - before, knocks, unsent, unheard))
                before = now
        finally:
            await self._let_go()

    async def _let_go(self) -> None:
        self._ends = {}
        consumer, self._consumer = self._consumer, None
        connection, self._connection = self._connection, None
        with contextlib.suppress(KafkaError, OSError, TimeoutError):
            if consumer is not None:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await consumer.stop()
        if connection is not None:
            connection.terminate()

    def _count(self) -> dict[str, int]:
        """Connection attempts on every way since the last count."""
        now = {name: link.attempts for name, link in self._cluster.links.items()}
        new = {name: count - self._knocks.get(name, 0) for name, count in now.items()}
        self._knocks = now
        return new

    async def _sql(self, statement: str) -> list[Record]:
        if self._connection is None:
            self._connection = await self._cluster.postgres.connect(DATABASE)
        rows: list[Record] = await self._connection.fetch(statement)
        return rows

    async def _unsent(self) -> int:
        """Rows of all outboxes that are there after a second."""
        ((count,),) = await self._sql("SELECT " + " + ".join(map(_UNSENT.format, SERVICES)))
        return int(count)

    async def _unheard(self) -> int | None:
        """Records that were there at the last look and are not heard yet; None for the first look."""
        if self._consumer is None:
            self._consumer = AIOKafkaConsumer(
                bootstrap_servers=self._cluster.kafka.inner_bootstrap, enable_auto_commit=False
            )
            await self._consumer.start()
        ends, self._ends = self._ends, await self._consumer.end_offsets(self._places)
        if not ends:
            return None
        heard = await self._sql(" UNION ALL ".join(map(_POSITIONS.format, SERVICES)))
        return sum(max(0, int(ends.get(TopicPartition(topic, n), 0)) - int(offset)) for topic, n, offset in heard)
