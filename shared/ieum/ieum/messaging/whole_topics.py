"""Reads partitions up to an end that was asked for before; a broker that falls silent on the way is an error."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from ieum.messaging.failures import Unavailable

SILENCE_SECONDS = 30.0
"""A broker that has records and sends none for so long is not going to."""


class TopicSilent(Unavailable):
    """The broker stopped sending in the middle of a partition."""


async def chunks(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int], *, silence: float = SILENCE_SECONDS
) -> AsyncIterator[list["ConsumerRecord[Any, Any]"]]:
    """The records before these ends, in pieces of one partition each, from where the consumer stands in it.

    The partitions are the consumer's by assignment. Raises TopicSilent.
    """
    clock = asyncio.get_running_loop().time
    left, heard_at = set(ends), clock()
    while True:
        try:
            async with asyncio.timeout_at(heard_at + silence):
                # The position and not the records tells the end: the last offsets may hold no record.
                left = {place for place in left if await consumer.position(place) < ends[place]}
                if not left:
                    return
                found = await consumer.getmany(*left, timeout_ms=500, max_records=10_000)
        except TimeoutError:
            raise TopicSilent(
                ", ".join(f"{one.topic}, partition {one.partition}" for one in sorted(left)[:3])
            ) from None
        for place, records in found.items():
            if chunk := [record for record in records if record.offset < ends[place]]:
                yield chunk
                heard_at = clock()
