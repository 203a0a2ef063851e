"""Whether a relay that is killed in the middle and started again has sent everything, in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer, TopicPartition

from .relay_contestant import Contestant
from .servers import Servers

_TOPIC = "bench.kept.v1"
_SECONDS = 120.0
_SLOW_ROWS = 2_000


async def killed(
    servers: Servers,
    name: str,
    runner: Contestant,
    rows: int,
    fill: Callable[[Servers, int], Awaitable[None]],
) -> str | None:
    """What was lost or came in the wrong order; None when nothing was.

    A relay may repeat after a kill: consumers leave repeats out by version. So the first record of each version counts.
    """
    rows = _SLOW_ROWS if "row by row" in name else rows
    before = await servers.ends(_TOPIC)
    async with runner.ready(servers) as environment, AsyncExitStack() as stack:
        await fill(servers, rows)
        child = runner.start(servers, name, environment, stack)
        await _until_sent(servers, before, rows // 5)
        await child.kill()
        runner.start(servers, name, environment, stack)
        await _until_sent(servers, before, rows)
        lost, moved = await _told_of(servers, before)
        # Repeats count as sent too: whoever repeats much is not done yet.
        deadline = time.monotonic() + _SECONDS
        while lost and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
            lost, moved = await _told_of(servers, before)
    return f"{lost} lost, {moved} keys out of order" if lost or moved else None


async def _told_of(servers: Servers, before: dict[TopicPartition, int]) -> tuple[int, int]:
    """How many versions have not been sent, and how many keys have theirs in another order."""
    heard = await _heard(servers, before)
    told = await servers.sql.fetch("SELECT aggregate_id, version FROM stream")
    lost = sum(int(row["version"]) - len(set(heard.get(row["aggregate_id"], []))) for row in told)
    return lost, sum(_first_times(versions) != sorted(set(versions)) for versions in heard.values())


async def _until_sent(servers: Servers, before: dict[TopicPartition, int], rows: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while sum((await servers.ends(_TOPIC)).values()) - sum(before.values()) < rows:
        if time.monotonic() > deadline:
            return  # what is missing is counted as lost
        await asyncio.sleep(0.005)


def _first_times(versions: list[int]) -> list[int]:
    return list(dict.fromkeys(versions))


async def _heard(servers: Servers, before: dict[TopicPartition, int]) -> dict[str, list[int]]:
    """The versions of each key in the order they lie in the topic."""
    ends = await servers.ends(_TOPIC)
    found: dict[str, list[int]] = {}
    consumer = AIOKafkaConsumer(bootstrap_servers=servers.kafka.bootstrap, max_partition_fetch_bytes=8 << 20)
    await consumer.start()
    try:
        consumer.assign(list(ends))
        for place, offset in before.items():
            consumer.seek(place, offset)
        left = sum(ends.values()) - sum(before.values())
        while left > 0:
            for records in (await consumer.getmany(timeout_ms=1_000)).values():
                left -= len(records)
                for record in records:
                    version = int(dict(record.headers)["ce_aggregateversion"])
                    found.setdefault(record.key.decode(), []).append(version)
    finally:
        await consumer.stop()
    return found
