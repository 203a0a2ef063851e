"""What an outage leaves behind: `python -m tests.bench.outage_source` writes COUNT events as fast as it can, and then
goes on at RATE a second until it is asked to end; WRITTEN is the file that says how many there are.

Every item changes three times in the outage, in any order among the others, and now and then afterwards.
"""

import asyncio
import json
import os
import random
import signal
import time
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from uuid import UUID

from ieum.messaging import Envelope, Topics
from ieum.messaging.relay import safe_producer

from .counting.app import TOPICS
from .items import TOPIC, VERSIONS, Record

_TICK = 0.05  # seconds between two handfuls, when events only go on coming


def records(count: int, topics: Topics, chance: random.Random) -> Iterator[Record]:
    """`count` events of a third as many items, and then for ever the next version of any of them."""
    items = max(1, count // VERSIONS)
    order = array("i", range(items)) * VERSIONS
    chance.shuffle(order)
    versions = array("i", bytes(4 * items))
    for number in chain(order, iter(lambda: chance.randrange(items), -1)):
        versions[number] += 1
        yield _record(f"item-{number:08}", versions[number], topics, chance)


def _record(key: str, version: int, topics: Topics, chance: random.Random) -> Record:
    bits = chance.getrandbits(128)
    body = (
        f'{{"title":"Welder for ship hulls, hall {bits % 100}","occupation":"{bits % 1_000:06}",'
        f'"region":"{bits % 250:05}","openings":{bits % 19 + 1},"wage":{bits % 2_000 * 10 + 10_030},'
        f'"night":{"false" if bits % 5 else "true"}}}'
    )
    envelope = Envelope(UUID(int=bits, version=4), "ItemChanged", "/elsewhere", key, version, datetime.now(UTC))
    return Record(topics.partition(TOPIC, key), key, envelope.headers(), body.encode())


class _Writing:
    def __init__(self, topics: Topics, count: int) -> None:
        self._producer = safe_producer(os.environ["KAFKA_BOOTSTRAP"])
        self._partitions = topics[TOPIC].partitions
        self._records = records(count, topics, random.Random(1))
        self.written = 0
        self.ending = asyncio.Event()

    async def __aenter__(self) -> "_Writing":
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def ahead(self, count: int) -> None:
        """Write what came in the outage; a batch is sent when it is full."""
        open_batches = [self._producer.create_batch() for _ in range(self._partitions)]
        waiting: list[asyncio.Future[object]] = []
        for record in islice(self._records, count):
            said = {"key": record.key.encode(), "value": record.body, "headers": record.headers, "timestamp": None}
            if open_batches[record.partition].append(**said) is None:
                waiting.append(await self._send(open_batches[record.partition], record.partition))
                open_batches[record.partition] = self._producer.create_batch()
                open_batches[record.partition].append(**said)
        waiting += [await self._send(batch, partition) for partition, batch in enumerate(open_batches)]
        await asyncio.gather(*waiting)
        self.written += count

    async def _send(self, batch: object, partition: int) -> "asyncio.Future[object]":
        sent: asyncio.Future[object] = await self._producer.send_batch(batch, TOPIC, partition=partition)
        return sent

    async def on(self, rate: float) -> None:
        """Write what goes on coming, until asked to end."""
        began, before = time.perf_counter(), self.written
        while not self.ending.is_set():
            due = before + int((time.perf_counter() - began) * rate) - self.written
            sent = [
                await self._producer.send(
                    TOPIC, record.body, key=record.key.encode(), partition=record.partition, headers=record.headers
                )
                for record in islice(self._records, due)
            ]
            await asyncio.gather(*sent)
            self.written += due
            await asyncio.sleep(_TICK)


async def main() -> None:
    """Write, go on, and tell how many there are."""
    count, rate = int(os.environ["COUNT"]), float(os.environ["RATE"])
    async with _Writing(Topics.from_file(TOPICS), count) as writing:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, writing.ending.set)
        await writing.ahead(count)
        await writing.on(rate)
    Path(os.environ["WRITTEN"]).write_text(json.dumps(writing.written))  # noqa: ASYNC240 -- the work is over


if __name__ == "__main__":
    asyncio.run(main())
