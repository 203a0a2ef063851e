"""What a relay cannot pass: `python -m tests.bench.relay_ceiling ROWS` prints rows a second, as JSON.

Its two halves with nothing between: reading the rows, and sending records that are ready made.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any

from ieum.messaging.relay import BATCH, safe_producer

from .peers import outbox_row
from .servers import connect

# So many batches may wait for the broker at once; more does not make it faster.
_WAITING = 4


async def _read(rows: int) -> tuple[float, list[Any]]:
    connection = await connect()
    began, found, last = time.perf_counter(), list[Any](), 0
    while len(found) < rows:
        part = await connection.fetch(f"{outbox_row.SELECT} WHERE id > $1 ORDER BY id LIMIT $2", last, BATCH)
        last = part[-1]["id"]
        found += part
    took = time.perf_counter() - began
    await connection.close()
    return len(found) / took, found


async def _send(found: list[Any]) -> float:
    parts: list[list[tuple[tuple[str, int], list[dict[str, Any]]]]] = []
    for start in range(0, len(found), BATCH):
        places: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for row in found[start : start + BATCH]:
            record = outbox_row.record(row)
            place = record.pop("topic"), record.pop("partition")
            places.setdefault(place, []).append({**record, "timestamp": int(row["occurred_at"].timestamp() * 1_000)})
        parts.append(list(places.items()))
    producer = safe_producer(os.environ["KAFKA_BOOTSTRAP"])
    await producer.start()
    waiting: list[asyncio.Future[Any]] = []
    began = time.perf_counter()
    for part in parts:
        sent = []
        for (topic, partition), records in part:
            batch = producer.create_batch()
            for record in records:
                if batch.append(**record) is None:
                    sent.append(await producer.send_batch(batch, topic, partition=partition))
                    batch = producer.create_batch()
                    batch.append(**record)
            sent.append(await producer.send_batch(batch, topic, partition=partition))
        waiting.append(asyncio.gather(*sent))
        if len(waiting) > _WAITING:
            await waiting.pop(0)
    await asyncio.gather(*waiting)
    took = time.perf_counter() - began
    await producer.stop()
    return len(found) / took


async def main(rows: int) -> None:
    """Measure and print."""
    read, found = await _read(rows)
    sent = await _send(found)
    print(json.dumps({"select": read, "produce": sent}), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
