"""Writes events at a steady rate inside the service and notes how long each takes from its commit to Kafka's ack."""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer

from ieum.messaging import outbox
from ieum.messaging.relay import safe_producer
from ieum.service import Service
from ieum.testing import NeverHappened, eventually

from .events import ItemKept

WRITERS = 8
_WARM_SECONDS = 1.0


class _Noting:
    """Tells which keys a producer got acknowledged, the moment it did."""

    def __init__(self, note: Callable[[bytes], None]) -> None:
        self._note = note

    def producer(self, bootstrap: str) -> AIOKafkaProducer:
        """The relay's own producer, watched from outside."""
        made = safe_producer(bootstrap)
        create, send = made.create_batch, made.send_batch

        def create_batch() -> Any:
            batch = create()
            append, batch.noted = batch.append, []

            def noting(*, key: bytes, **more: Any) -> Any:
                done = append(key=key, **more)
                if done is not None:
                    batch.noted.append(key)
                return done

            batch.append = noting
            return batch

        async def send_batch(batch: Any, topic: str, *, partition: int) -> Any:
            sent = await send(batch, topic, partition=partition)
            sent.add_done_callback(lambda _: [self._note(key) for key in batch.noted])
            return sent

        made.create_batch, made.send_batch = create_batch, send_batch
        return made


async def pace(service: Service) -> None:
    """RATE events a second for SECONDS, one a transaction, from eight writers; writes milliseconds to SAMPLES."""
    rate, seconds = float(os.environ["RATE"]), float(os.environ["SECONDS"])
    began: dict[bytes, float] = {}
    took: dict[bytes, float] = {}

    def note(key: bytes) -> None:
        took[key] = time.perf_counter() - began[key]

    assert service.messaging is not None
    service.messaging.relay._make_producer = _Noting(note).producer
    start = time.perf_counter()

    async def write(number: int) -> None:
        due, nth = start + number / rate, 0
        while due < start + _WARM_SECONDS + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            key = f"paced-{number}-{nth}"
            async with service.database.transaction() as tx:
                await outbox.add(tx, key, ItemKept(openings=nth, wage=10_030))
                began[key.encode()] = time.perf_counter()  # the commit begins here
            due, nth = due + WRITERS / rate, nth + 1

    await asyncio.gather(*(write(number) for number in range(WRITERS)))
    with contextlib.suppress(NeverHappened):  # what is missing then is told
        await eventually("every acknowledgement", lambda: len(took) == len(began), within=20)
    lasting = [took[key] * 1_000 for key, at in began.items() if key in took and at > start + _WARM_SECONDS]
    with open(os.environ["SAMPLES"], "w") as file:  # noqa: ASYNC230 -- the work is over
        json.dump({"samples": lasting, "missing": len(began) - len(took)}, file)
