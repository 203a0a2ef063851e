"""Reads whole topics, partition after partition, as nobody: no group, no commit, nothing left behind in Kafka."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from ieum.messaging.clients import admin_client, reader
from ieum.messaging.whole_topics import chunks


class TopicMissing(Exception):
    """The broker does not have a topic that the figures are made from."""


class TopicCutShort(Exception):
    """A topic does not reach back to its first record any more, so the figures cannot be recomputed from it."""


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition and where it ended when the reading began."""

    place: TopicPartition
    end: int


class History:
    """All records of some topics up to the ends they had when this was opened."""

    def __init__(self, consumer: AIOKafkaConsumer, partitions: list[Partition]) -> None:
        self._consumer = consumer
        self.partitions = partitions

    async def records(self, partition: Partition) -> AsyncIterator[list["ConsumerRecord[Any, Any]"]]:
        """A partition's records from the first, in chunks. Raises TopicSilent."""
        self._consumer.assign([partition.place])
        await self._consumer.seek_to_beginning(partition.place)
        async for chunk in chunks(self._consumer, {partition.place: partition.end}):
            yield chunk


@asynccontextmanager
async def history(bootstrap: str, topics: Iterable[str]) -> AsyncIterator[History]:
    """Open the whole history of these topics. Raises TopicMissing, TopicCutShort, or what aiokafka raises."""
    places = await _places(bootstrap, topics)
    async with reader(
        bootstrap,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
        # A fetch that waits at the end of one partition would hold up the beginning of the next.
        fetch_max_wait_ms=10,
    ) as consumer:
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        if short := sorted({place.topic for place in places if begins[place] > 0}):
            raise TopicCutShort(", ".join(short))
        yield History(consumer, [Partition(place, ends[place]) for place in places])


async def _places(bootstrap: str, topics: Iterable[str]) -> list[TopicPartition]:
    async with admin_client(bootstrap) as admin:
        described = {entry["topic"]: entry for entry in await admin.describe_topics(sorted(topics))}
    if missing := [topic for topic, entry in described.items() if entry["error_code"]]:
        raise TopicMissing(", ".join(missing))
    return [
        TopicPartition(topic, number)
        for topic, entry in described.items()
        for number in sorted(partition["partition"] for partition in entry["partitions"])
    ]
