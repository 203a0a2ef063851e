"""Whole partitions are read to the end asked for, and a broker that falls silent is not waited for without end."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition

from ieum.messaging.whole_topics import TopicSilent, chunks
from ieum.testing import record_of

PLACE = TopicPartition("bank.account.v1", 0)


class Broker:
    """A consumer of a broker that sends these offsets, a fetch each, and then nothing more.

    The partition's records may end before its offsets do.
    """

    def __init__(self, *offsets: int, ends: int) -> None:
        self._offsets = list(offsets)
        self._ends = ends
        self._at = 0

    async def position(self, place: TopicPartition) -> int:
        return self._at

    async def getmany(self, *places: TopicPartition, timeout_ms: int, max_records: int) -> dict[TopicPartition, Any]:
        await asyncio.sleep(0)
        if not self._offsets:
            self._at = self._ends
            return {}
        offset = self._offsets.pop(0)
        self._at = offset + 1
        return {PLACE: [record_of(b"{}", "a", 1, topic=PLACE.topic, kind="Deposited", offset=offset)]}


async def read(broker: Broker, end: int) -> list[int]:
    reading = chunks(broker, {PLACE: end}, silence=0.2)  # type: ignore[arg-type]
    return [record.offset async for chunk in reading for record in chunk]


async def test_all_before_the_end_is_read_and_nothing_behind_it() -> None:
    assert await read(Broker(0, 1, 2, 3, ends=4), end=3) == [0, 1, 2]


async def test_an_end_without_a_record_before_it_is_reached() -> None:
    assert await read(Broker(0, 1, ends=3), end=3) == [0, 1]


async def test_a_broker_that_sends_no_more_is_not_waited_for_without_end() -> None:
    with pytest.raises(TopicSilent, match=r"bank\.account\.v1, partition 0"):
        await read(Broker(0, 1, ends=2), end=3)
