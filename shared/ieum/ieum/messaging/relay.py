"""The relay: outbox rows become Kafka records, in the order of their commits, and are deleted once Kafka has them.

One process of a service relays at a time, under a lease in database time. Rows are read as they exist, never by a
cursor, because a lower id may commit later. A crash between acknowledgement and deletion repeats records, which every
consumer leaves out by version. A relay that slept past its lease repeats records too and can delete nothing.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from ieum.database import Database
from ieum.messaging import failures, metrics, relay_store
from ieum.messaging.events import Envelope
from ieum.messaging.failures import Backoff, Unsafe
from ieum.telemetry import log

BATCH = 2_000
LEASE_SECONDS = 3.0
# How long a row of another process of the same service may wait unnoticed; rows of this process wake the relay at once.
POLL_SECONDS = 0.05
# aiokafka tries again after the same pause for ever, each of its parts for itself and at every broker: with its tenth
# of a second a process knocks at brokers that are away some seventy times a second.
RETRY_MS = 1_000


class Fenced(Exception):
    """Another relay has taken the lease; what this one sent meanwhile is a repeat."""


class UnsafeProducer(Unsafe):
    """A producer could lose or reorder events as it is configured; the relay sends nothing by it."""


def safe_producer(bootstrap: str) -> AIOKafkaProducer:
    """A producer with the settings that lose nothing: all in-sync replicas acknowledge, and retries do not reorder."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=256 * 1024,
        max_request_size=1024 * 1024,
        linger_ms=0,
        request_timeout_ms=30_000,
        retry_backoff_ms=RETRY_MS,
    )


def _assert_safe(producer: AIOKafkaProducer) -> None:
    """Raise UnsafeProducer unless a producer has both settings whose defaults lose or reorder events."""
    kept = {
        "all in-sync replicas acknowledge": producer._sender._acks == -1,
        "retries do not reorder": producer._txn_manager is not None,
    }
    if wrong := [rule for rule, is_kept in kept.items() if not is_kept]:
        raise UnsafeProducer(f"not so: {', '.join(wrong)}")


class Relay:
    """Sends what `outbox.add` committed. Any number may run; one leads."""

    def __init__(
        self,
        database: Database,
        service: str,
        bootstrap: str,
        *,
        lease: float = LEASE_SECONDS,
        poll: float = POLL_SECONDS,
        make_producer: Callable[[str], AIOKafkaProducer] = safe_producer,
        before_leading: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`before_leading` may raise to keep this relay from leading; asked at first, and after each failure."""
        self._database = database
        self._source = service
        self._bootstrap = bootstrap
        self._lease = lease
        self._poll = poll
        self._make_producer = make_producer
        self._before_leading = before_leading
        self._may_lead = before_leading is None
        self._producer: AIOKafkaProducer | None = None
        self._wake = asyncio.Event()
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.problem: str | None = None
        self.leads = False

    def wake(self) -> None:
        """There may be new rows. Called after a commit in this process; cheap, and never wrong to call."""
        self._wake.set()

    async def run(self) -> None:
        """Lead when nobody else does and send what there is, until cancelled."""
        backoff, failed = Backoff(first=0.05, ceiling=2.0), 0
        try:
            while True:
                try:
                    if not self._may_lead and self._before_leading:
                        await self._before_leading()
                        self._may_lead = True
                    epoch = await self._take_lease()
                    if epoch is None:
                        # Another process leads, so whatever was wrong here holds up nobody any more.
                        failed, self.problem = 0, None
                        await asyncio.sleep(self._lease / 3)
                        continue
                    log.info("relay_leads", epoch=epoch)
                    self.leads = True
                    try:
                        async for _ in self._lead(epoch):
                            failed, self.problem = 0, None
                    finally:
                        self.leads = False
                        await self._give_back(epoch)
                except Fenced:
                    self._may_lead = self._before_leading is None
                    metrics.OUTBOX_FENCED.inc()
                    log.warning("relay_fenced")
                except Exception as problem:  # noqa: BLE001 -- whatever it is, the rows are still there: start over
                    failed += 1
                    self._may_lead = self._before_leading is None
                    self.problem = failures.describe(problem)
                    passing = failures.is_passing(problem)
                    level = logging.WARNING if passing else logging.ERROR
                    log.log(level, "relay_waits", reason=self.problem, exc_info=None if passing else problem)
                    # After an error aiokafka's sequence numbers may be off for good: only a new producer is safe.
                    await self._discard_producer()
                    await asyncio.sleep(backoff.pause(failed))
        finally:
            await self._discard_producer()

    async def _lead(self, epoch: int) -> Any:
        """Send batches while the lease is ours; yields after each. Raises Fenced when it is lost.

        A batch is sent when the one before it is acknowledged, and not before. What was acknowledged is deleted, and in
        a backlog what follows is read, while the next batch is on its way.
        """
        clock = asyncio.get_running_loop().time
        extended = clock()
        ahead: list[asyncpg.Record] = []
        sent: list[int] = []
        deletion = asyncio.create_task(_nothing())
        try:
            while True:
                self._wake.clear()
                rows = ahead or await self._read(sent)
                if rows:
                    ids = [row["id"] for row in rows]
                    ahead = await self._send_and_read_on(epoch, rows, ids, deletion)
                    sent = ids
                    deletion = asyncio.create_task(self._delete(epoch, sent))
                    extended = clock()
                    metrics.OUTBOX_SENT.inc(len(rows))
                else:
                    await deletion
                    sent = []
                    if clock() - extended > self._lease / 3:
                        await self._extend(epoch)
                        extended = clock()
                yield len(rows)
                if len(rows) < BATCH and not self._wake.is_set():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._poll):
                            await self._wake.wait()
        finally:
            await asyncio.gather(deletion, return_exceptions=True)

    async def _read(self, without: Sequence[int] = ()) -> list[asyncpg.Record]:
        """The oldest rows there are, `without` those that are on their way or being deleted."""
        async with self._database.connection() as connection:
            return await relay_store.oldest_rows(connection, BATCH, without)

    async def _send_and_read_on(
        self, epoch: int, rows: list[asyncpg.Record], ids: list[int], deletion: asyncio.Task[None]
    ) -> list[asyncpg.Record]:
        """Send rows, see to it that those before them are deleted, and return what is next, if that is known yet.

        To read on while only a few rows are on their way would hold up those that come a moment later.
        """
        sending = asyncio.create_task(self._send_as_leader(epoch, rows))
        try:
            await deletion
            ahead = await self._read(ids) if len(rows) == BATCH else []
            await sending
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return ahead

    async def _send_as_leader(self, epoch: int, rows: list[asyncpg.Record]) -> None:
        """Send rows and stay the leader meanwhile. Raises Fenced.

        A broker that is slow, as after an outage, may take longer than the lease lasts. Two relays would then take it
        from each other for ever, both send the same rows, and neither could delete them.
        """
        sending = asyncio.create_task(self._send(rows))
        try:
            while not (await asyncio.wait({sending}, timeout=self._lease / 3))[0]:
                await self._extend(epoch)
            await sending
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, rows: list[asyncpg.Record]) -> None:
        """Send rows and wait until every one is acknowledged; per partition in their order."""
        producer = await self._get_producer()
        rows = sorted(rows, key=lambda row: (row["topic"], row["partition"], row["id"]))
        waiting = []
        for (topic, partition), part in groupby(rows, key=lambda row: (row["topic"], row["partition"])):
            batch = producer.create_batch()
            for row in part:
                record = self._record(row)
                if batch.append(**record) is None:
                    waiting.append(await producer.send_batch(batch, topic, partition=partition))
                    batch = producer.create_batch()
                    batch.append(**record)
            waiting.append(await producer.send_batch(batch, topic, partition=partition))
        async with asyncio.timeout(30):
            await asyncio.gather(*waiting)

    def _record(self, row: asyncpg.Record) -> dict[str, Any]:
        envelope = Envelope(
            row["event_id"], row["type"], f"/{self._source}", row["aggregate_id"], row["aggregate_version"],
            row["occurred_at"], row["traceparent"],
        )  # fmt: skip
        return {
            "timestamp": int(row["occurred_at"].timestamp() * 1000),
            "key": row["aggregate_id"].encode(),
            "value": row["body"],
            "headers": envelope.headers(),
        }

    async def _delete(self, epoch: int, ids: list[int]) -> None:
        async with self._database.transaction() as tx:
            deleted = await relay_store.delete_rows(tx, epoch, self._lease, ids)
        if deleted != len(ids):
            raise Fenced

    async def _take_lease(self) -> int | None:
        async with self._database.transaction() as tx:
            return await relay_store.take_lease(tx, self._holder, self._lease)

    async def _extend(self, epoch: int) -> None:
        async with self._database.transaction() as tx:
            if not await relay_store.extend_lease(tx, epoch, self._lease):
                raise Fenced

    async def _give_back(self, epoch: int) -> None:
        """Let the next relay lead at once. Best effort: the lease ends by itself."""
        try:
            async with asyncio.timeout(1), self._database.transaction() as tx:
                await relay_store.give_lease_back(tx, epoch)
        except Exception as problem:  # noqa: BLE001
            log.info("relay_lease_left", reason=failures.describe(problem))

    async def _get_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = self._make_producer(self._bootstrap)
            try:
                _assert_safe(producer)
                async with asyncio.timeout(30):
                    await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def _discard_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(5):
                await producer.stop()
        except Exception as problem:  # noqa: BLE001
            log.info("producer_dropped", reason=failures.describe(problem))


async def _nothing() -> None:
    """The deletion before the first."""
