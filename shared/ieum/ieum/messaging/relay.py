"""The relay: outbox rows become Kafka records, in the order of their commits, and are deleted once Kafka has them.

One process of a service relays at a time, under a lease in database time. Rows are read as they exist, never by a
cursor, because a lower id may commit later. A crash between acknowledgement and deletion repeats records, which every
consumer leaves out by version. A relay that slept past its lease repeats records too and can delete nothing.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from ieum.database import Database
from ieum.messaging import failures, metrics
from ieum.messaging.events import Envelope
from ieum.messaging.failures import Backoff
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


_TAKE_LEASE = """
INSERT INTO relay_lease AS l (epoch, holder, expires_at) VALUES (1, $1, clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (only_row) DO UPDATE
SET epoch = l.epoch + 1, holder = excluded.holder, expires_at = excluded.expires_at
WHERE l.expires_at < clock_timestamp()
RETURNING epoch
"""

_EXTEND_LEASE = """
UPDATE relay_lease SET expires_at = clock_timestamp() + make_interval(secs => $2) WHERE epoch = $1 RETURNING true
"""

_READ = """
SELECT id, topic, partition, aggregate_id, aggregate_version, event_id, type, body, traceparent, occurred_at
FROM outbox ORDER BY id LIMIT $1
"""

# By exact ids: a range would also delete lower ids that committed after the read.
_DELETE = f"""
WITH mine AS ({_EXTEND_LEASE})
DELETE FROM outbox USING mine WHERE id = ANY ($3::bigint[])
"""  # noqa: S608 -- both parts are constants


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
                    log.log(
                        30 if passing else 40, "relay_waits", reason=self.problem, exc_info=None if passing else problem
                    )
                    # After an error aiokafka's sequence numbers may be off for good: only a new producer is safe.
                    await self._discard_producer()
                    await asyncio.sleep(backoff.pause(failed))
        finally:
            await self._discard_producer()

    async def _lead(self, epoch: int) -> Any:
        """Send batches while the lease is ours; yields after each. Raises Fenced when it is lost."""
        clock = asyncio.get_running_loop().time
        extended = clock()
        while True:
            self._wake.clear()
            rows = await self._read()
            if rows:
                await self._send_as_leader(epoch, rows)
                await self._delete(epoch, [row["id"] for row in rows])
                extended = clock()
                metrics.OUTBOX_SENT.inc(len(rows))
            elif clock() - extended > self._lease / 3:
                await self._extend(epoch)
                extended = clock()
            yield len(rows)
            if len(rows) < BATCH and not self._wake.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll):
                        await self._wake.wait()

    async def _read(self) -> list[asyncpg.Record]:
        async with self._database.connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(_READ, BATCH)
        return rows

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
            # A deletion lost in a crash only repeats records; it need not wait for the disk.
            await tx.execute("SELECT set_config('synchronous_commit', 'off', true)")
            tag = await tx.execute(_DELETE, epoch, self._lease, ids)
        if int(tag.split()[1]) != len(ids):
            raise Fenced

    async def _take_lease(self) -> int | None:
        async with self._database.transaction() as tx:
            epoch: int | None = await tx.fetchval(_TAKE_LEASE, self._holder, self._lease)
        return epoch

    async def _extend(self, epoch: int) -> None:
        async with self._database.transaction() as tx:
            if not await tx.fetchval(_EXTEND_LEASE, epoch, self._lease):
                raise Fenced

    async def _give_back(self, epoch: int) -> None:
        """Let the next relay lead at once. Best effort: the lease ends by itself."""
        try:
            async with asyncio.timeout(1), self._database.transaction() as tx:
                await tx.execute("UPDATE relay_lease SET expires_at = clock_timestamp() WHERE epoch = $1", epoch)
        except Exception as problem:  # noqa: BLE001
            log.info("relay_lease_left", reason=failures.describe(problem))

    async def _get_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = self._make_producer(self._bootstrap)
            try:
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
