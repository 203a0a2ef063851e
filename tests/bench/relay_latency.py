"""From an event's commit to Kafka's acknowledgement, in the real service at work, beside the two waits it cannot avoid.

Those two are measured on the same servers, in series: a commit with fsync, and a record sent and acknowledged.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack

from ieum.messaging.relay import safe_producer
from ieum.testing import eventually

from .results import Spread, times
from .servers import Servers

_TOPIC = "bench.kept.v1"
_RATE = 1_000
_SECONDS = 6
_PASSES = 400
_PATIENCE = 300.0  # seconds for the service to start, and to be late on a busy machine


async def measure(servers: Servers) -> tuple[Spread, Spread]:
    """Ours and the floor, in milliseconds; half of the floor's passes before, half after."""
    await servers.empty()
    floor = await _floor(servers)
    samples = await _paced(servers)
    floor += await _floor(servers)
    return times(samples), times(floor)


async def _paced(servers: Servers) -> list[float]:
    file = servers.folder / "samples.json"
    environment = {
        "HEARS": "false", "PACED": "true", "RATE": f"{_RATE}", "SECONDS": f"{_SECONDS}", "SAMPLES": f"{file}",
    }  # fmt: skip
    async with AsyncExitStack() as stack:
        child = servers.start("paced", [sys.executable, "-m", "tests.bench.counting", "serve"], environment)
        stack.push_async_callback(child.kill)

        async def written() -> bool:
            child.require_running()
            return file.exists() and bool(file.read_text())

        await eventually("the paced events", written, within=_SECONDS + _PATIENCE, every=0.1)
    found = json.loads(file.read_text())
    if found["missing"]:
        raise AssertionError(f"{found['missing']} events were never acknowledged")
    samples: list[float] = found["samples"]
    return samples


async def _floor(servers: Servers) -> list[float]:
    connection = await servers.postgres.connect()
    producer = safe_producer(servers.kafka.bootstrap)
    await producer.start()
    took = []
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS bench.floor (body text NOT NULL)")
        for _ in range(_PASSES // 2):
            began = time.perf_counter()
            await connection.execute("INSERT INTO bench.floor VALUES ($1)", "x" * 400)
            await producer.send_and_wait(_TOPIC, b"x" * 400, partition=0)
            took.append((time.perf_counter() - began) * 1_000)
            await asyncio.sleep(0.001)
    finally:
        await producer.stop()
        await connection.close()
    return took
