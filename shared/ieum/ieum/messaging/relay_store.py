"""All SQL of the relay: its lease, the outbox's oldest rows, and their deletion, which only the leader may do."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from ieum.database import Transaction

_TAKE = """
INSERT INTO relay_lease AS l (epoch, holder, expires_at) VALUES (1, $1, clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (only_row) DO UPDATE
SET epoch = l.epoch + 1, holder = excluded.holder, expires_at = excluded.expires_at
WHERE l.expires_at < clock_timestamp()
RETURNING epoch
"""

_EXTEND = """
UPDATE relay_lease SET expires_at = clock_timestamp() + make_interval(secs => $2) WHERE epoch = $1 RETURNING true
"""

# Rows on their way are named one by one: with "all that is higher" an aggregate's lower id, committed meanwhile, would
# be overtaken by its higher one.
_OLDEST = """
SELECT id, topic, partition, aggregate_id, aggregate_version, event_id, type, body, traceparent, occurred_at
FROM (SELECT * FROM outbox ORDER BY id LIMIT $1 + cardinality($2::bigint[])) oldest
WHERE NOT EXISTS (SELECT FROM unnest($2::bigint[]) AS passed (id) WHERE passed.id = oldest.id)
ORDER BY id LIMIT $1
"""

# By exact ids: a range would also delete lower ids that committed after the read.
_DELETE = f"""
WITH mine AS ({_EXTEND})
DELETE FROM outbox USING mine WHERE id = ANY ($3::bigint[])
"""  # noqa: S608 -- both parts are constants


async def take_lease(tx: Transaction, holder: str, seconds: float) -> int | None:
    """Lead from now on; returns the epoch of this leadership, None while another leads."""
    epoch: int | None = await tx.fetchval(_TAKE, holder, seconds)
    return epoch


async def extend_lease(tx: Transaction, epoch: int, seconds: float) -> bool:
    """Lead longer; False when another has taken over."""
    return bool(await tx.fetchval(_EXTEND, epoch, seconds))


async def give_lease_back(tx: Transaction, epoch: int) -> None:
    """Let the next relay lead at once."""
    await tx.execute("UPDATE relay_lease SET expires_at = clock_timestamp() WHERE epoch = $1", epoch)


async def oldest_rows(connection: Any, limit: int, without: Sequence[int]) -> list[asyncpg.Record]:
    """The oldest rows of the outbox but for those `without`, in the order of their ids."""
    rows: list[asyncpg.Record] = await connection.fetch(_OLDEST, limit, without)
    return rows


async def delete_rows(tx: Transaction, epoch: int, seconds: float, ids: Sequence[int]) -> int:
    """Delete rows and lead longer, if the lease is still that of `epoch`; returns how many were there.

    A deletion lost in a crash only repeats records, so it does not wait for the disk.
    """
    await tx.execute("SELECT set_config('synchronous_commit', 'off', true)")
    tag = await tx.execute(_DELETE, epoch, seconds, ids)
    return int(tag.split()[1])
