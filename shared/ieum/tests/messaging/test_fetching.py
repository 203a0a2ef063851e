"""Whatever lies in a topic, its consumers read on."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.record.util import calc_crc32c

from ieum.database import Database
from ieum.messaging import Envelope, Messaging, subscribing
from ieum.messaging.clients import reader
from ieum.messaging.whole_topics import chunks
from ieum.testing import eventually

from .test_delivery import Post, booked, in_order, post, running

__all__ = ["post", "running"]  # fixtures

_CRC_AT, _CRC_OVER = 17, 21
_PLACEHOLDER = "name-of-a-header"
_NO_TEXT = b"\xff\xfename-of-a-head"


async def write_batch(bootstrap: str, topic: str, names: list[str], partition: int = 0) -> None:
    """One batch with a record for each of these header names; the placeholder becomes bytes that are no text."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        batch = producer.create_batch()
        for number, name in enumerate(names, 1):
            envelope = Envelope(uuid4(), "LetterSent", f"/{topic.split('.')[0]}", "a0", number, datetime.now(UTC))
            headers = [*envelope.headers(), (name, b"x")]
            assert batch.append(key=b"a0", value=b'{"n": 1}', timestamp=None, headers=headers)
        batch.close()
        raw = bytearray(bytes(batch._build()).replace(_PLACEHOLDER.encode(), _NO_TEXT))
        raw[_CRC_AT:_CRC_OVER] = calc_crc32c(raw[_CRC_OVER:]).to_bytes(4, "big")
        batch._build = lambda: raw
        await (await producer.send_batch(batch, topic, partition=partition))


async def test_a_header_whose_name_is_no_text_stops_nobody(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    await write_batch(post.bootstrap, post.topic, ["fine", _PLACEHOLDER, "fine", _PLACEHOLDER])

    await running()

    await eventually("all four booked", lambda: _booked(bank, 4))
    assert await booked(bank) == [("a0", 1), ("a0", 2), ("a0", 3), ("a0", 4)]


async def test_such_a_name_is_read_with_backslashes(post: Post) -> None:
    await write_batch(post.bootstrap, post.topic, ["fine", _PLACEHOLDER])

    async with reader(post.bootstrap) as consumer:
        place = TopicPartition(post.topic, 0)
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        found = [record async for chunk in chunks(consumer, {place: 2}) for record in chunk]

    assert [record.headers[-1][0] for record in found] == ["fine", r"\xff\xfename-of-a-head"]
    assert [record.offset for record in found] == [0, 1]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_records_are_read_however_they_are_compressed(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]], codec: str
) -> None:
    envelope = Envelope(uuid4(), "LetterSent", f"/{post.service}", "a0", 1, datetime.now(UTC))
    async with AIOKafkaProducer(bootstrap_servers=post.bootstrap, compression_type=codec) as producer:
        await producer.send_and_wait(post.topic, b'{"n": 1}', key=b"a0", headers=envelope.headers())

    await running()

    await eventually("it is booked", lambda: _booked(bank, 1))


async def test_what_was_fetched_when_reading_broke_off_is_read_again(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, broken_off = AIOKafkaConsumer.getmany, []

    async def breaks_after_fetching(consumer: AIOKafkaConsumer, *places: TopicPartition, **how: object) -> object:
        found = await fetch(consumer, *places, **how)
        if consumer._group_id and found and len(broken_off) < 6:
            broken_off.append(found)
            raise ValueError("no such thing was thought of")
        return found

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", breaks_after_fetching)
    monkeypatch.setattr(subscribing, "BREAK_SECONDS", 0.05)
    await running()

    await post.write(bank, 0, 200)

    await eventually("all 200 booked", lambda: _booked(bank, 200))
    assert len(broken_off) == 6
    assert in_order(await booked(bank))


async def test_reading_that_breaks_off_again_and_again_is_said(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]], monkeypatch: pytest.MonkeyPatch
) -> None:
    messaging = await running()
    await eventually("it is ready", lambda: not messaging.problems())

    async def breaks(*_: object, **__: object) -> None:
        raise ValueError("no such thing was thought of")

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", breaks)
    consumer = f"{post.service}.delivery"
    await eventually("it is said", lambda: "ValueError" in messaging.problems().get(consumer, ""))

    monkeypatch.undo()
    await eventually("it is well again", lambda: not messaging.problems())


async def _booked(database: Database, count: int) -> bool:
    return len(await booked(database)) == count
