"""A reaction's place in its consumer group: where it reads on, what it has in hand, and how it gives partitions away.

Positions lie in the database and win over Kafka's. One batch is at the database while the next is read and decoded.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import BatchSubscriber

from ieum.database import Database
from ieum.messaging import failures, metrics, store, subscribing
from ieum.messaging.failures import Backoff, Unavailable
from ieum.messaging.inbox import Forgotten, Inbox, first_offsets
from ieum.messaging.reactions import Reaction
from ieum.messaging.records import Incoming, Place
from ieum.telemetry import Watchdog, log

# How long a rebalance and a stop wait for what is in hand. Marks make it safe to go on without. A service that stops
# must still say goodbye to its group within its five seconds.
DRAIN_SECONDS = 4.0
# Twice what a statement may take: a batch in hand that shows no sign of life for so long hangs.
STUCK_SECONDS = 60.0
COMMIT_EVERY_SECONDS = 1.0
# While Kafka is away a commit would be tried again without end, with the batch still in hand.
COMMIT_SECONDS = 2.0

Offsets = dict[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class ConsumerStatus:
    """How one consumer group's member in this process is doing."""

    consumer: str
    topics: list[str]
    assigned: bool
    lag: int
    parked_keys: int
    rebuilding: bool
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
        # The batch at the database has come as far as the handler.
        self._handed_over = asyncio.Event()
        self._inbox = Inbox(
            reaction, database, continuous=True, on_attempt=self._watchdog.progress, on_handler=self._handed_over.set
        )
        # Counted from nothing, or the first of a process would be no increase that an alert could see.
        metrics.PARKED.labels(reaction.consumer, "unreadable")
        self._subscriber: BatchSubscriber | None = None
        # The batch that is at the database. It ends with the places that reading went back to, none when all is well.
        self._work: asyncio.Task[Offsets] | None = None
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._revoked = self._finishing = False
        self._next: Offsets = {}
        self._committed_at = 0.0
        self.last_problem: str | None = None
        self.reading_problem: str | None = None
        """Why reading breaks off, and not because something is away; None when it goes on."""

    def subscribe(self, broker: KafkaBroker) -> None:
        """Register with the broker; consuming begins when the broker starts."""
        self._subscriber = subscribing.subscribe(
            broker, self.reaction, self, lambda batch: self._take(batch), self._read_on, member=self._member
        )

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

    async def finish(self) -> None:
        """Take nothing more, and wait for what is in hand, but not for ever."""
        self._finishing = True
        if not await self._drained():
            log.warning("stopped_in_mid_batch", consumer=self.reaction.consumer)
            if self._work is not None:
                self._work.cancel()

    async def _drained(self) -> bool:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def _read_on(self, problem: Exception | None) -> None:
        """Reading went on, or broke off: then what was fetched of other partitions is dropped, and read again."""
        if problem is None:
            self.reading_problem = None
            return
        self.last_problem = failures.describe(problem)
        self.reading_problem = None if failures.is_passing(problem) else self.last_problem
        log.error("reading_broke_off", consumer=self.reaction.consumer, reason=self.last_problem)
        # What comes next from there is then not all that the topic has.
        self._inbox.restart()
        self._seek(self._next)

    async def _take(self, batch: Any) -> None:
        """Decode a batch while the one before it is at the database, then send it there in its place."""
        self._idle.clear()
        self._in_hand += 1
        items = await self._inbox.read(batch)
        went_back = await self._settled()
        if went_back:
            # Whether it was fetched before reading went back or after, it is read again now that nobody fetches: to
            # apply it would leave out what lies between, and to drop it alone would leave out itself.
            self._seek(_first(items) | went_back)
            self._put_down()
        elif self._revoked or self._finishing:
            # Whoever has its partitions next begins where the database stands. That may be this process, and reading
            # may have begun there already, while it still waits for a broker to tell where another partition begins.
            self._seek({place: self._next.get(place, offset) for place, offset in _first(items).items()})
            self._put_down()
        else:
            self._work = asyncio.create_task(self._apply(items), name=f"apply {self.reaction.consumer}")
            # To unpack the next batch any sooner would keep the database waiting, which is soon done until then.
            self._handed_over.clear()
            self._work.add_done_callback(lambda _: self._handed_over.set())
            await self._handed_over.wait()

    async def _settled(self) -> Offsets:
        """Wait for the batch that is at the database. Returns where reading went back to."""
        if self._work is None:
            return {}
        await asyncio.wait({self._work})  # it goes on when who waits for it is cancelled
        work, self._work = self._work, None
        return {} if work.cancelled() else work.result()

    def _put_down(self) -> None:
        self._in_hand -= 1
        if not self._in_hand:
            self._idle.set()

    async def _apply(self, items: list[Incoming]) -> Offsets:
        """Apply a batch. Returns where reading went back to, nowhere when all is well; never raises."""
        went_back: Offsets = {}
        try:
            await self._inbox.apply(items)
            for item in items:
                self._next[TopicPartition(item.topic, item.partition)] = item.offset + 1
            await self._commit_now_and_then()
        except Forgotten as forgotten:
            fallen = _placed(forgotten.positions)
            went_back = _first(items) | fallen
            self._seek(went_back)
            self._note_fallen(fallen)
        except Exception as problem:  # noqa: BLE001 -- nobody waits for it: read the same records again instead
            self.last_problem = failures.describe(problem)
            log.error("batch_given_back", consumer=self.reaction.consumer, reason=self.last_problem)
            went_back = _first(items)
            self._seek(went_back)
        finally:
            self._put_down()
        return went_back

    def _seek(self, positions: Mapping[TopicPartition, int]) -> None:
        for place, offset in positions.items():
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
        fallen = {place: found[place] for place in unmoved if found[place] < reached[place]}
        # What is in hand meets Forgotten, and is read again after them.
        self._seek(fallen)
        self._note_fallen(fallen)

    def _note_fallen(self, positions: Mapping[TopicPartition, int]) -> None:
        if positions:
            self._next |= positions
            metrics.FORGOTTEN.labels(self.reaction.consumer).inc()
            log.warning("database_forgot", consumer=self.reaction.consumer, partitions=len(positions))

    async def _commit_now_and_then(self) -> None:
        """Tell Kafka the offsets, for tools that show lag. Positions in the database are what counts."""
        if time.monotonic() - self._committed_at < COMMIT_EVERY_SECONDS:
            return
        self._committed_at = time.monotonic()
        try:
            assigned = self._consumer.assignment()
            offsets = {place: offset for place, offset in self._next.items() if place in assigned}
            if offsets:
                async with asyncio.timeout(COMMIT_SECONDS):
                    await self._consumer.commit(offsets)
        except (KafkaError, IllegalStateError, Unavailable, TimeoutError) as problem:
            log.info("offsets_not_shown", consumer=self.reaction.consumer, reason=type(problem).__name__)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Go on where the database says, from the beginning where it says nothing."""
        try:
            # Until then records may come from Kafka's own offset, which is later when the database has forgotten.
            self._inbox.restart()
            positions = await self._stand()
            self._next = {place: positions.get((place.topic, place.partition), 0) for place in assigned}
            for place, offset in self._next.items():
                if offset:
                    self._consumer.seek(place, offset)
            fresh = [place for place, offset in self._next.items() if not offset]
            if fresh:
                await self._consumer.seek_to_beginning(*fresh)
            log.info("partitions_assigned", consumer=self.reaction.consumer, partitions=len(assigned))
        finally:
            self._revoked = False

    async def _stand(self) -> dict[Place, int]:
        """Where the database stands; waits for it."""
        backoff, attempt = Backoff(), 0
        while True:
            try:
                async with self._database.reading() as tx:
                    return await store.find_positions(tx, self.reaction.consumer)
            except Exception as problem:
                if not failures.is_passing(problem):
                    raise
                attempt += 1
                await asyncio.sleep(backoff.pause(attempt))

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Finish the batch at the database, drop what was read beyond it, but do not hold up the group for long."""
        self._revoked = True
        self._inbox.restart()
        if not await self._drained():
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

    def status(self, parked_keys: int, rebuilding: bool) -> ConsumerStatus:
        """How this consumer is doing; what its process does not know is given."""
        return ConsumerStatus(
            consumer=self.reaction.consumer,
            topics=list(self.reaction.topics),
            assigned=self.is_assigned(),
            lag=self.lag(),
            parked_keys=parked_keys,
            rebuilding=rebuilding,
            last_problem=self.last_problem,
        )

    def is_assigned(self) -> bool:
        """Whether this process has joined the group and was given partitions."""
        consumer = self._subscriber.consumer if self._subscriber else None
        return consumer is not None and bool(consumer.assignment())


def _first(items: list[Incoming]) -> Offsets:
    return _placed(first_offsets(items))


def _placed(positions: Mapping[Place, int]) -> Offsets:
    return {TopicPartition(*place): offset for place, offset in positions.items()}
