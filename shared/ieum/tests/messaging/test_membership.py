"""Members of a consumer group with names: who comes back takes its old place, and who leaves says so."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from ieum.database import Database, Transaction
from ieum.messaging import Event, Messaging, Reaction, Reactions, Topic, Topics, subscribing
from ieum.messaging.provision import provision
from ieum.testing import eventually

PARTITIONS = 4
SESSION_SECONDS = 30
# Well below the session's length: nobody has waited for a session to end.
AT_ONCE = 15


class Group:
    """Processes of one service that share a consumer group."""

    def __init__(self, bootstrap: str, database: Database) -> None:
        self._bootstrap = bootstrap
        self._database = database
        self._service = f"post{uuid4().hex[:8]}"
        self.topics = Topics([Topic(f"{self._service}.letter.v1", self._service, "letter", partitions=PARTITIONS)])
        self.event = type("LetterSent", (Event,), {"__module__": __name__}, topic=f"{self._service}.letter.v1")
        self.started: list[Messaging] = []

    def _reaction(self) -> Reaction:
        async def deliver(tx: Transaction, events: list[Event]) -> None:
            pass

        deliver.__annotations__["events"] = list[self.event]  # type: ignore[name-defined]
        reactions = Reactions()
        reactions.consume(f"{self._service}.delivery")(deliver)
        return next(iter(reactions))

    def bare_member(self, name: str) -> AIOKafkaConsumer:
        """A member that is nothing but Kafka's own client, and so can be cut off."""
        return AIOKafkaConsumer(
            *self.topics, bootstrap_servers=self._bootstrap, group_id=f"{self._service}.delivery",
            group_instance_id=name, session_timeout_ms=SESSION_SECONDS * 1000, heartbeat_interval_ms=500,
            enable_auto_commit=False,
        )  # fmt: skip

    async def join(self, name: str) -> Messaging:
        messaging = Messaging(
            self._service, self._database, [self._reaction()], self.topics, self._bootstrap, member=name
        )
        self.started.append(messaging)
        await messaging.start()
        return messaging


def places(messaging: Messaging) -> int:
    """How many partitions it has."""
    consumer = messaging.consumers[0]
    return len(consumer._consumer.assignment()) if consumer.is_assigned() else 0


def generation(messaging: Messaging) -> int:
    """How often the group has been divided anew."""
    found: int = messaging.consumers[0]._consumer._coordinator.generation
    return found


async def crash(consumer: AIOKafkaConsumer) -> None:
    """Be gone without a word, as a killed process is."""
    coordinator = consumer._coordinator
    for task in filter(None, (coordinator._coordination_task, coordinator._heartbeat_task)):
        task.cancel()
    await consumer._fetcher.close()
    await consumer._client.close()
    consumer._closed = True


@pytest.fixture
async def group(kafka_bootstrap: str, bank: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Group]:
    monkeypatch.setattr(subscribing, "SESSION_MS", SESSION_SECONDS * 1000)
    made = Group(kafka_bootstrap, bank)
    await provision(kafka_bootstrap, made.topics)
    yield made
    await asyncio.gather(*(messaging.stop() for messaging in made.started))


async def test_who_comes_back_after_a_crash_takes_its_place_at_once_and_disturbs_nobody(group: Group) -> None:
    other, doomed = await group.join("one"), group.bare_member("two")
    await doomed.start()
    await eventually("both to have partitions", lambda: places(other) == len(doomed.assignment()) == PARTITIONS // 2)
    before = generation(other)

    await crash(doomed)
    back = await group.join("two")

    await eventually("the place to be taken again", lambda: places(back) == PARTITIONS // 2, within=AT_ONCE)
    assert generation(other) == before
    assert places(other) == PARTITIONS // 2


async def test_who_leaves_in_order_gives_its_partitions_up_at_once(group: Group) -> None:
    first, second = await group.join("one"), await group.join("two")
    await eventually("both to have partitions", lambda: places(first) == places(second) == PARTITIONS // 2)

    await second.stop()

    await eventually("the other to have all partitions", lambda: places(first) == PARTITIONS, within=AT_ONCE)
