"""Messaging of one process: topics checked, consumers reading, relay sending, all of it watched."""

import asyncio
from collections.abc import Iterable

from fast_depends.pydantic import PydanticSerializer
from faststream.kafka import KafkaBroker

from ieum.database import Database
from ieum.messaging import failures, metrics, outbox
from ieum.messaging.consumers import Consumer, assert_safe
from ieum.messaging.failures import Backoff
from ieum.messaging.reactions import Reaction
from ieum.messaging.relay import Relay, oldest_outbox_age
from ieum.messaging.topics import Topics, TopicsMismatch
from ieum.telemetry import log


class Messaging:
    """Consumers and relay of a service. Starting never waits for Kafka: it goes on trying and says so in `problems`."""

    def __init__(
        self, service: str, database: Database, reactions: Iterable[Reaction], topics: Topics, bootstrap: str
    ) -> None:
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
        self.relay = Relay(database, service, bootstrap)
        self.consumers = [Consumer(reaction, database) for reaction in self.reactions]
        outbox.configure(database, topics, service, self.relay.wake)
        self._broker: KafkaBroker | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: str | None = "not started"

    async def start(self) -> None:
        """Begin in the background: the relay at once, the consumers as soon as the broker answers."""
        self._starting = "connecting"
        self._tasks = [
            asyncio.create_task(self.relay.run(), name="relay"),
            asyncio.create_task(self._consume(), name="consume"),
        ]
        self._tasks.append(asyncio.create_task(self._observe(), name="observe"))

    async def stop(self) -> None:
        """Finish the batches in hand, then stop."""
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
        if self.relay.problem:
            found["relay"] = self.relay.problem
        for task in self._tasks:
            if task.done() and not task.cancelled() and (problem := task.exception()):
                found[task.get_name()] = failures.describe(problem)
        return found

    async def _consume(self) -> None:
        """Check the topics and start the subscribers, trying again until the broker is there."""
        backoff, attempt = Backoff(first=0.2, ceiling=3.0), 0
        while True:
            broker = self._make_broker()
            try:
                owned = [name for name, topic in self._topics.items() if topic.owner == self.service]
                heard = [name for reaction in self.reactions for name in reaction.topics]
                await self._topics.check(self._bootstrap, [*owned, *heard])
                if self.reactions:
                    await broker.start()
                self._broker, self._starting = broker, None
                return
            except TopicsMismatch as problem:
                self._starting = str(problem)
            except Exception as problem:
                await broker.stop()
                if not failures.is_passing(problem):
                    raise
                self._starting = failures.describe(problem)
            attempt += 1
            log.warning("consumers_wait", reason=self._starting)
            await asyncio.sleep(backoff.pause(attempt))

    def _make_broker(self) -> KafkaBroker:
        broker = KafkaBroker(
            self._bootstrap,
            client_id=self.service,
            consumer_only=True,
            allow_auto_create_topics=False,
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
        """Keep the gauges true."""
        while True:
            for consumer in self.consumers:
                consumer.lag()
            try:
                async with self._database.reading() as tx:
                    metrics.OUTBOX_AGE.set(await oldest_outbox_age(tx))
                    rows = await tx.fetch(
                        "SELECT consumer, count(*) FROM mark WHERE state <> 'flowing' GROUP BY consumer"
                    )
                waiting = {row["consumer"]: row["count"] for row in rows}
                for consumer in self.consumers:
                    name = consumer.reaction.consumer
                    metrics.PARKED_KEYS.labels(name).set(waiting.get(name, 0))
            except Exception as problem:
                if not failures.is_passing(problem):
                    raise
            await asyncio.sleep(2)
