"""What is read while partitions are being assigned is not passed over."""

import asyncio
from types import SimpleNamespace

from aiokafka import TopicPartition

from ieum.database import Database
from ieum.messaging.consumers import Consumer
from ieum.messaging.inbox import Inbox
from ieum.testing import eventually, record_of

from .conftest import TOPIC, Deposited, Ledger

HEARD, FRESH = TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)


class Fetching:
    """Kafka's consumer: where it fetches next. To find a partition's beginning it asks a broker, and waits."""

    def __init__(self) -> None:
        self.at: dict[TopicPartition, int] = {}
        self.broker_answers = asyncio.Event()

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.at[place] = offset

    async def seek_to_beginning(self, *places: TopicPartition) -> None:
        await self.broker_answers.wait()
        self.at |= dict.fromkeys(places, 0)

    def assignment(self) -> set[TopicPartition]:
        return set(self.at)


async def test_a_batch_that_comes_while_another_partition_is_being_found_is_read_again(
    bank: Database, ledger: Ledger
) -> None:
    records = [record_of(Deposited(amount=n), "a", n + 1, partition=0, offset=n) for n in range(3)]
    await Inbox(ledger.reaction, bank).take(records[:1])
    kafka, consumer = Fetching(), Consumer(ledger.reaction, bank)
    consumer._subscriber = SimpleNamespace(consumer=kafka)  # type: ignore[assignment]
    await consumer.on_partitions_revoked(set())
    assigning = asyncio.create_task(consumer.on_partitions_assigned({HEARD, FRESH}))
    await eventually("the place to go on from", lambda: kafka.at.get(HEARD) == 1)

    kafka.at[HEARD] = 3
    await consumer._take(records[1:])
    kafka.broker_answers.set()
    await assigning

    assert kafka.at == {HEARD: 1, FRESH: 0}
