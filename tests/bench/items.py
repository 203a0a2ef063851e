"""The topic that B1 reads: items changed three times each, one record in ten delivered again later."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ieum.messaging import Envelope, Topics
from ieum.messaging.relay import safe_producer

from .peers.kept_item import Item

TOPIC = "bench.item.v1"
FEW = "bench.few-items.v1"
VERSIONS = 3
_AGAIN = 0.1
_LATEST_AGAIN = 5_000  # records later


@dataclass(frozen=True)
class Filled:
    """What is in the topic: so many different events, and the last key of each partition, written once, at its end."""

    topic: str
    events: int
    items: int
    last: list[str]


@dataclass(frozen=True)
class Record:
    """One record, ready to be sent."""

    partition: int
    key: str
    headers: list[tuple[str, bytes]]
    body: bytes


def records(count: int, topics: Topics, seed: int = 1) -> Iterator[Record]:
    """About `count` events and a tenth of them a second time, always in the order of each item's versions."""
    chance = random.Random(seed)
    order = [number for number in range(count // VERSIONS) for _ in range(VERSIONS)]
    chance.shuffle(order)
    versions = [0] * (count // VERSIONS)
    again: dict[int, list[Record]] = {}
    for place, number in enumerate(order):
        versions[number] += 1
        record = _record(f"item-{number:07}", versions[number], chance, topics)
        yield record
        if chance.random() < _AGAIN:
            again.setdefault(place + chance.randrange(1, _LATEST_AGAIN), []).append(record)
        yield from again.pop(place, [])
    for late in again.values():
        yield from late


def last_keys(topics: Topics) -> list[str]:
    """A key for each partition, to be its last."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < topics[TOPIC].partitions:
        found.setdefault(topics.partition(TOPIC, f"last-{number}"), f"last-{number}")
        number += 1
    return sorted(found.values())


def _record(key: str, version: int, chance: random.Random, topics: Topics) -> Record:
    now = datetime.now(UTC)
    item = Item(
        event_id=uuid.UUID(int=chance.getrandbits(128), version=4),
        item_id=key,
        version=version,
        changed_at=now,
        title=f"Welder for ship hulls, hall {chance.randrange(100)}",
        occupation=f"{chance.randrange(1_000):06}",
        region=f"{chance.randrange(250):05}",
        openings=chance.randrange(1, 20),
        wage=chance.randrange(10_030, 30_000, 10),
        night=chance.random() < 0.2,
    )
    headers = Envelope(item.event_id, "ItemChanged", "/elsewhere", key, version, now).headers()
    return Record(topics.partition(TOPIC, key), key, headers, item.model_dump_json().encode())


async def fill(bootstrap: str, topics: Topics, count: int, topic: str = TOPIC) -> Filled:
    """Write the topic, once."""
    chance, last = random.Random(0), last_keys(topics)
    producer = safe_producer(bootstrap)
    await producer.start()
    try:
        waiting = []
        everything = [*records(count, topics), *(_record(key, 1, chance, topics) for key in last)]
        for partition in range(topics[TOPIC].partitions):
            batch = producer.create_batch()
            for record in (record for record in everything if record.partition == partition):
                said = {"key": record.key.encode(), "value": record.body, "headers": record.headers, "timestamp": None}
                if batch.append(**said) is None:
                    waiting.append(await producer.send_batch(batch, topic, partition=partition))
                    batch = producer.create_batch()
                    batch.append(**said)
            waiting.append(await producer.send_batch(batch, topic, partition=partition))
        for sent in waiting:
            await sent
    finally:
        await producer.stop()
    items = count // VERSIONS
    return Filled(topic, items * VERSIONS + len(last), items + len(last), last)
