"""Whether everything that piled up took effect once and in order, and was told once for each effect."""

from aiokafka import AIOKafkaConsumer

from . import commit_oracle
from .servers import Servers

_TOLD = "bench.kept.v1"


async def fault(servers: Servers, written: int) -> str | None:
    """What was lost, doubled or moved among `written` events; None: nothing."""
    applied = await commit_oracle.applied(servers)
    versions = await servers.sql.fetchval("SELECT coalesce(sum(version), 0)::bigint FROM stream")
    different, moved = await _told(servers)
    found = {
        "lost": written - applied,
        "effects without an event of their own": applied - versions,
        "events never sent": versions - different,
        "sent out of order": moved,
        "parked": await servers.sql.fetchval("SELECT count(*) FROM parked"),
    }
    wrong = [f"{number} {what}" for what, number in found.items() if number]
    if within := await commit_oracle.fault(servers, None):
        wrong.append(within)
    return ", ".join(wrong) or None


async def _told(servers: Servers) -> tuple[int, int]:
    """How many different events the service has sent, and how many of them not right after the one before.

    A relay may repeat after a kill: consumers leave repeats out by version.
    """
    ends = await servers.ends(_TOLD)
    last: dict[bytes, int] = {}
    different, moved = 0, 0
    consumer = AIOKafkaConsumer(bootstrap_servers=servers.kafka.bootstrap, max_partition_fetch_bytes=8 << 20)
    await consumer.start()
    try:
        consumer.assign(list(ends))
        await consumer.seek_to_beginning()
        left = sum(ends.values()) - sum((await consumer.beginning_offsets(list(ends))).values())
        while left > 0:
            for records in (await consumer.getmany(timeout_ms=1_000)).values():
                left -= len(records)
                for record in records:
                    version, before = int(dict(record.headers)["ce_aggregateversion"]), last.get(record.key, 0)
                    if version > before:
                        different, moved = different + 1, moved + (version != before + 1)
                        last[record.key] = version
    finally:
        await consumer.stop()
    return different, moved
