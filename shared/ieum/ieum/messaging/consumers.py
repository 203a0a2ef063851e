"""FastStream subscribers with every setting that loses data turned off, reading on from positions in the database."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from faststream.kafka.message import KafkaMessage as RawKafkaMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber

from ieum.database import Database
from ieum.messaging import failures, metrics, store
from ieum.messaging.failures import Backoff, Unavailable
from ieum.messaging.inbox import Forgotten, Inbox
from ieum.messaging.reactions import Reaction
from ieum.telemetry import Watchdog, log

# FastStream sleeps this long after an empty poll: it is a part of the latency of a quiet topic.
POLL_MS = 10
# How long a rebalance waits for the batch in hand. Marks make it safe to go on without.
DRAIN_SECONDS = 5.0
# Twice what a statement may take: a batch in hand that shows no sign of life for so long hangs.
STUCK_SECONDS = 60.0
COMMIT_EVERY_SECONDS = 1.0


class UnsafeSubscriber(RuntimeError):
    """A subscriber could lose or skip events as it is configured; the service does not start."""


@dataclass(frozen=True, slots=True)
class ConsumerStatus:
    """How one consumer group's member in this process is doing."""

    consumer: str
    topics: list[str]
    assigned: bool
    lag: int
    parked_keys: int
    last_problem: str | None


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One reaction's place in its consumer group."""

    def __init__(self, reaction: Reaction, database: Database, member: str | None = None) -> None:
        """`member` names this process in the group, for good: back after a crash it takes its old place at once."""
        self.reaction = reaction
        self._database = database
        self._member = member
        # A handler that hangs keeps its heartbeats and its partitions: only progress tells.
        self._watchdog = Watchdog(reaction.consumer, STUCK_SECONDS, busy=lambda: not self._idle.is_set())
        self._inbox = Inbox(reaction, database, continuous=True, on_attempt=self._watchdog.progress)
        self._subscriber: BatchSubscriber | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._next: dict[TopicPartition, int] = {}
        self._committed_at = 0.0
        self.last_problem: str | None = None

    def subscribe(self, broker: KafkaBroker) -> None:
        """Register with the broker; consuming begins when the broker starts."""
        subscriber = broker.subscriber(
            *self.reaction.topics,
            group_id=self.reaction.consumer,
            batch=True,
            max_records=self.reaction.max_batch,
            batch_timeout_ms=POLL_MS,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            group_instance_id=self._member,
            # The least a broker allows by default. Nobody reads the partitions of a killed process for so long, and a
            # new member without a name waits for it, and all others with it. A process that is only slow for so long
            # loses its partitions; marks make that safe.
            session_timeout_ms=6_000,
            # The others learn of a rebalance by their next heartbeat, and it waits for all of them.
            heartbeat_interval_ms=500,
            max_poll_interval_ms=300_000,
            fetch_max_wait_ms=500,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            listener=self,
            parser=_parse,
            decoder=_decode,
        )

        async def take(message: KafkaMessage) -> None:
            await self._take(message.raw_message)

        take.__name__ = self.reaction.handler.__name__
        subscriber(take)
        self._subscriber = subscriber

    def watch(self) -> None:
        """Begin to watch for a batch that hangs; the process ends then, and whoever runs it starts it anew."""
        self._watchdog.start()

    def unwatch(self) -> None:
        """Watch no more, and say goodbye when the broker stops.

        aiokafka never does for a member with a name, so that its partitions would lie idle for the session's length.
        """
        self._watchdog.stop()
        if self._member and self._subscriber is not None and self._subscriber.consumer is not None:
            self._subscriber.consumer._coordinator._group_instance_id = None

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        if self._subscriber is None or self._subscriber.consumer is None:
            raise Unavailable("the consumer is not running")
        return self._subscriber.consumer

    async def _take(self, batch: Any) -> None:
        self._idle.clear()
        try:
            await self._inbox.take(batch)
        except Forgotten as forgotten:
            self._read_again(batch)
            self._go_back({TopicPartition(*place): offset for place, offset in forgotten.positions.items()})
        except Exception as problem:  # noqa: BLE001 -- FastStream would swallow it: read the same records again instead
            self.last_problem = failures.describe(problem)
            log.error("batch_given_back", consumer=self.reaction.consumer, reason=self.last_problem)
            self._read_again(batch)
        else:
            for record in batch:
                self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1
            await self._commit_now_and_then()
        finally:
            self._idle.set()

    def _read_again(self, batch: Any) -> None:
        first: dict[TopicPartition, int] = {}
        for record in batch:
            place = TopicPartition(record.topic, record.partition)
            first[place] = min(first.get(place, record.offset), record.offset)
        for place, offset in first.items():
            try:
                self._consumer.seek(place, offset)
            except (IllegalStateError, Unavailable):
                continue  # the partition has gone to another member, who begins at the database's position

    async def look_back(self) -> None:
        """Go back where the database has fallen behind what this process has read, in partitions that are quiet too."""
        # Read before the database is: a batch that commits meanwhile would look like a fall otherwise.
        reached = dict(self._next)
        if not reached or not self.is_assigned():
            return
        async with self._database.reading() as tx:
            stand = await store.find_positions(tx, self.reaction.consumer)
        found = {place: stand.get((place.topic, place.partition), 0) for place in reached}
        unmoved = [place for place, at in reached.items() if self._next.get(place) == at]
        self._go_back({place: found[place] for place in unmoved if found[place] < reached[place]})

    def _go_back(self, positions: dict[TopicPartition, int]) -> None:
        """Read on from earlier positions. A batch in hand meets Forgotten and is read again after them."""
        for place, offset in positions.items():
            try:
                self._consumer.seek(place, offset)
            except (IllegalStateError, Unavailable):
                continue  # its new owner began at the database's position, or notices by itself
            self._next[place] = offset
        if positions:
            metrics.FORGOTTEN.labels(self.reaction.consumer).inc()
            log.warning("database_forgot", consumer=self.reaction.consumer, partitions=len(positions))

    async def _commit_now_and_then(self) -> None:
        """Tell Kafka the offsets, for tools that show lag. Positions in the database are what counts."""
        if time.monotonic() - self._committed_at < COMMIT_EVERY_SECONDS:
            return
        self._committed_at = time.monotonic()
        assigned = self._consumer.assignment()
        offsets = {place: offset for place, offset in self._next.items() if place in assigned}
        try:
            if offsets:
                await self._consumer.commit(offsets)
        except (KafkaError, IllegalStateError) as problem:
            log.info("offsets_not_shown", consumer=self.reaction.consumer, reason=type(problem).__name__)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Go on where the database says, from the beginning where it says nothing."""
        # Until then records may come from Kafka's own offset, which is later when the database has forgotten.
        self._inbox.restart()
        backoff, attempt = Backoff(), 0
        while True:
            try:
                async with self._database.reading() as tx:
                    positions = await store.find_positions(tx, self.reaction.consumer)
                break
            except Exception as problem:
                if not failures.is_passing(problem):
                    raise
                attempt += 1
                await asyncio.sleep(backoff.pause(attempt))
        self._next = {place: positions.get((place.topic, place.partition), 0) for place in assigned}
        for place, offset in self._next.items():
            if offset:
                self._consumer.seek(place, offset)
        fresh = [place for place, offset in self._next.items() if not offset]
        if fresh:
            await self._consumer.seek_to_beginning(*fresh)
        log.info("partitions_assigned", consumer=self.reaction.consumer, partitions=len(assigned))

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Finish the batch in hand, but do not hold up the group for long."""
        self._inbox.restart()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            log.warning("revoked_in_mid_batch", consumer=self.reaction.consumer)

    def lag(self) -> int:
        """Records that are in the assigned partitions and not applied yet, as of the last fetch."""
        if self._subscriber is None or (consumer := self._subscriber.consumer) is None:
            return 0
        found = 0
        for place in consumer.assignment():
            end = consumer.highwater(place)
            if end is not None:
                found += max(0, end - self._next.get(place, end))
        return found

    def status(self, parked_keys: int) -> ConsumerStatus:
        """How this consumer is doing."""
        return ConsumerStatus(
            consumer=self.reaction.consumer,
            topics=list(self.reaction.topics),
            assigned=self.is_assigned(),
            lag=self.lag(),
            parked_keys=parked_keys,
            last_problem=self.last_problem,
        )

    def is_assigned(self) -> bool:
        """Whether this process has joined the group and was given partitions."""
        consumer = self._subscriber.consumer if self._subscriber else None
        return consumer is not None and bool(consumer.assignment())


async def _parse(records: Any) -> RawKafkaMessage:
    """Hand the records through untouched: a header that is not UTF-8 must reach the inbox, which parks the record."""
    return RawKafkaMessage(
        raw_message=records, body=b"", headers={}, batch_headers=[], message_id="batch", correlation_id=None,
        consumer=FAKE_CONSUMER,
    )  # fmt: skip


async def _decode(message: Any) -> None:
    """Nothing to decode here: the inbox does it, record by record."""


def assert_safe(broker: KafkaBroker) -> None:
    """Raise UnsafeSubscriber unless every subscriber has all five settings whose defaults lose events."""
    for subscriber in broker.subscribers:
        config = getattr(subscriber, "_connection_args", {})
        wrong = [
            rule
            for rule, kept in {
                "group_id is set": bool(getattr(subscriber, "group_id", None)),
                "auto_offset_reset is earliest": config.get("auto_offset_reset") == "earliest",
                "auto commit is off": config.get("enable_auto_commit") is False,
                "acknowledgement is manual": subscriber.ack_policy is AckPolicy.MANUAL,
                "it reads batches": isinstance(subscriber, BatchSubscriber),
            }.items()
            if not kept
        ]
        if wrong:
            raise UnsafeSubscriber(f"{getattr(subscriber, 'topic_names', subscriber)}: not so: {', '.join(wrong)}")
