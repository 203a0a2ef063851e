"""Messaging of one process: topics checked, consumers reading, relay sending, all of it watched."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from fast_depends.pydantic import PydanticSerializer
from faststream.kafka import KafkaBroker

from ieum.database import Database
from ieum.messaging import failures, metrics, outbox, parking_store, rebuilding, rebuilding_store
from ieum.messaging.consumers import Consumer, ConsumerStatus
from ieum.messaging.failures import Backoff
from ieum.messaging.reactions import Reaction
from ieum.messaging.relay import RETRY_MS, Relay
from ieum.messaging.remembering import assert_remembered
from ieum.messaging.subscribing import assert_safe
from ieum.messaging.topics import Topics, TopicsMismatch
from ieum.telemetry import log


@dataclass(frozen=True, slots=True)
class MessagingStatus:
    """How a process's messaging is doing. Outbox rows are counted up to 10,000."""

    outbox_rows: int
    outbox_oldest_seconds: float
    relay_leads: bool
    problems: dict[str, str]
    consumers: list[ConsumerStatus]


class Messaging:
    """Consumers and relay of a service. Starting never waits for Kafka: it goes on trying and says so in `problems`."""

    def __init__(
        self,
        service: str,
        database: Database,
        reactions: Iterable[Reaction],
        topics: Topics,
        bootstrap: str,
        member: str | None = None,
    ) -> None:
        """`member` names this process among those of the service, the same after each restart; None: it has no name."""
        self.service = service
        self.reactions = list(reactions)
        names = [reaction.consumer for reaction in self.reactions]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"consumer groups registered twice: {', '.join(twice)}")
        if foreign := [name for name in names if not name.startswith(f"{service}.")]:
            raise ValueError(f"consumer groups must be named {service}.<purpose>: {', '.join(foreign)}")
        self._database = database
        self._topics = topics
        self._bootstrap = bootstrap
        self.relay = Relay(database, service, bootstrap, before_leading=self._may_speak)
        self.consumers = [Consumer(reaction, database, member) for reaction in self.reactions]
        outbox.configure(database, topics, service, self.relay.wake)
        self._broker: KafkaBroker | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: str | None = "not started"
        self.rebuilding: dict[str, str] = {}
        """How far the consumers are that hear everything again just now; their tables are not whole."""

    async def _may_speak(self) -> None:
        """Raise TopicsMismatch, or Unremembered, where a relay would send to wrong places, or repeat numbers."""
        if owned := self._topics.owned_by(self.service):
            await self._topics.check(self._bootstrap, [topic.name for topic in owned])
            await assert_remembered(self._database, self._bootstrap, owned)

    async def start(self) -> None:
        """Begin in the background: the relay at once, the consumers as soon as the broker answers."""
        self._starting = "connecting"
        self._tasks = [
            asyncio.create_task(self.relay.run(), name="relay"),
            asyncio.create_task(self._consume(), name="consume"),
        ]
        self._tasks.append(asyncio.create_task(self._observe(), name="observe"))
        for reaction in self.reactions:
            if reaction.derived:
                self._tasks.append(asyncio.create_task(self._rebuild(reaction), name=f"rebuild {reaction.consumer}"))

    async def stop(self) -> None:
        """Finish the batches in hand, then stop."""
        await asyncio.gather(*(consumer.finish() for consumer in self.consumers))
        for consumer in self.consumers:
            consumer.unwatch()
        if self._broker is not None:
            await self._broker.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def problems(self) -> dict[str, str]:
        """What keeps this process from doing its work, by part; empty when it is ready."""
        found = {}
        if self._starting:
            found["consumers"] = self._starting
        for consumer in self.consumers:
            if consumer.reading_problem:
                found[consumer.reaction.consumer] = f"reading breaks off: {consumer.reading_problem}"
        if self.relay.problem:
            found["relay"] = self.relay.problem
        found |= {f"rebuild {consumer}": how_far for consumer, how_far in self.rebuilding.items()}
        for task in self._tasks:
            if task.done() and not task.cancelled() and (problem := task.exception()):
                found[task.get_name()] = failures.describe(problem)
        return found

    async def status(self) -> MessagingStatus:
        """How messaging is doing, for operators and gauges."""
        async with self._database.reading() as tx:
            rows, age = await parking_store.outbox_depth(tx)
            stuck = await parking_store.stuck_counts(tx, [reaction.consumer for reaction in self.reactions])
            rebuilt = await rebuilding_store.open_rebuilds(tx)
        return MessagingStatus(
            outbox_rows=rows,
            outbox_oldest_seconds=age,
            relay_leads=self.relay.leads,
            problems=self.problems(),
            consumers=[
                consumer.status(stuck[consumer.reaction.consumer], consumer.reaction.consumer in rebuilt)
                for consumer in self.consumers
            ],
        )

    async def _consume(self) -> None:
        """Check the topics and start the subscribers, trying again until the broker is there."""
        backoff, attempt = Backoff(first=0.2, ceiling=3.0), 0
        while True:
            broker = self._make_broker()
            try:
                owned = [topic.name for topic in self._topics.owned_by(self.service)]
                heard = [name for reaction in self.reactions for name in reaction.topics]
                await self._topics.check(self._bootstrap, [*owned, *heard])
                if self.reactions:
                    await broker.start()
                    for consumer in self.consumers:
                        consumer.watch()
                self._broker, self._starting = broker, None
                return
            except TopicsMismatch as problem:
                self._starting = str(problem)
            except BaseException as problem:
                # When stopped in mid-start, too: consumers that are left open would stay members of their groups.
                await broker.stop()
                if not isinstance(problem, Exception) or not failures.is_passing(problem):
                    raise
                self._starting = failures.describe(problem)
            attempt += 1
            log.warning("consumers_wait", reason=self._starting)
            await asyncio.sleep(backoff.pause(attempt))

    def _make_broker(self) -> KafkaBroker:
        broker = KafkaBroker(
            # FastStream takes "one:9092,two:9092" for the name of a single host.
            self._bootstrap.split(","),
            client_id=self.service,
            consumer_only=True,
            allow_auto_create_topics=False,
            retry_backoff_ms=RETRY_MS,
            graceful_timeout=8.0,
            logger=None,
            # FastStream prints a failing message's content into the log otherwise.
            serializer=PydanticSerializer(pydantic_config={"hide_input_in_errors": True}, use_fastdepends_errors=False),
        )
        for consumer in self.consumers:
            consumer.subscribe(broker)
        assert_safe(broker)
        return broker

    async def _observe(self) -> None:
        """Keep the gauges true, and notice where the database has fallen back though nothing new comes."""
        while True:
            try:
                for reader in self.consumers:
                    await reader.look_back()
                status = await self.status()
                metrics.OUTBOX_AGE.set(status.outbox_oldest_seconds)
                for consumer in status.consumers:
                    metrics.PARKED_KEYS.labels(consumer.consumer).set(consumer.parked_keys)
                    metrics.LAG.labels(consumer.consumer).set(consumer.lag)
            except Exception as problem:
                if not failures.is_passing(problem):
                    raise
            await asyncio.sleep(2)

    async def _rebuild(self, reaction: Reaction) -> None:
        """See to it that a rebuild, whoever began it, comes to its end."""
        backoff, failed = Backoff(first=0.5, ceiling=10.0), 0
        while True:
            try:
                progress = await rebuilding.advance(self._database, reaction)
                failed = 0
            except Exception as problem:  # noqa: BLE001 -- whatever it is, tables that are not whole must not stay so
                failed += 1
                passing = failures.is_passing(problem)
                log.log(
                    logging.WARNING if passing else logging.ERROR, "rebuild_waits", consumer=reaction.consumer,
                    reason=failures.describe(problem), exc_info=None if passing else problem,
                )  # fmt: skip
                await asyncio.sleep(backoff.pause(failed))
                continue
            if progress is None or progress.is_finished:
                self.rebuilding.pop(reaction.consumer, None)
            else:
                self.rebuilding[reaction.consumer] = f"{progress.heard:,} of {progress.total:,} records heard again"
            left = progress.total - progress.heard if progress else 0
            metrics.REBUILDING.labels(reaction.consumer).set(left)
            await asyncio.sleep(0.5 if progress else 2)
