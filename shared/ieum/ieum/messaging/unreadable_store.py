"""All SQL about records that have no usable envelope: they belong to no aggregate, so nothing can be done to them."""

import asyncpg

from ieum.database import Transaction

COUNTED = 10_000
"""So many are counted."""


async def unreadable_records(tx: Transaction, after: int, limit: int) -> list[asyncpg.Record]:
    """Where they lie in Kafka and what is wrong with them, oldest first. `place` is where to go on from."""
    return await tx.fetch(
        """
        SELECT id AS place, consumer, topic, partition, "offset", reason, parked_at AS since
        FROM parked WHERE state = 'unreadable' AND id > $1 ORDER BY id LIMIT $2
        """,
        after,
        limit,
    )


async def count_unreadable(tx: Transaction) -> int:
    """How many there are, at most COUNTED."""
    found: int = await tx.fetchval(
        "SELECT count(*) FROM (SELECT FROM parked WHERE state = 'unreadable' LIMIT $1) AS first", COUNTED
    )
    return found
