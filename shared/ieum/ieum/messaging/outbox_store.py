"""SQL of the outbox: versions are drawn and rows kept in one statement. The relay and adopting have their own."""

from collections.abc import Sequence
from uuid import UUID

from ieum.database import Transaction

Row = tuple[str, int, str, int, str, bytes]
"""Topic, partition, aggregate id, the how-manieth of its aggregate in this call, event type, body."""

# Locks the aggregates' stream rows in key order (so that two batches cannot deadlock), draws gapless versions, and only
# then draws outbox ids: one aggregate's ids are in the order of its commits, which is the order the relay sends.
_ADD = """
WITH added AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::text[], $6::bytea[])
        WITH ORDINALITY AS a (topic, partition, aggregate_id, nth, type, body, place)
), moved AS (
    INSERT INTO stream AS s (topic, aggregate_id, version)
    SELECT topic, aggregate_id, max(nth) FROM added GROUP BY topic, aggregate_id ORDER BY topic, aggregate_id
    ON CONFLICT (topic, aggregate_id) DO UPDATE SET version = s.version + excluded.version
    RETURNING topic, aggregate_id, version
), counted AS (
    SELECT topic, aggregate_id, max(nth) AS events FROM added GROUP BY topic, aggregate_id
), placed AS (
    INSERT INTO outbox (topic, partition, aggregate_id, aggregate_version, event_id, type, body, traceparent)
    SELECT a.topic, a.partition, a.aggregate_id, m.version - c.events + a.nth, gen_random_uuid(), a.type,
           a.body, $7
    FROM added a JOIN moved m USING (topic, aggregate_id) JOIN counted c USING (topic, aggregate_id)
    ORDER BY a.place
)
SELECT aggregate_id, version FROM moved
"""


async def add(tx: Transaction, rows: Sequence[Row], traceparent: str | None) -> dict[str, int]:
    """Keep rows to be sent when `tx` commits; returns each aggregate's version after them."""
    versions = await tx.fetch(_ADD, *zip(*rows, strict=True), traceparent)
    return {row["aggregate_id"]: row["version"] for row in versions}


async def waiting_of(tx: Transaction, topic: str, aggregate_ids: Sequence[str]) -> list[tuple[str, int, UUID]]:
    """What of given aggregates is in the outbox: aggregate, version, event id."""
    rows = await tx.fetch(
        """
        SELECT aggregate_id, aggregate_version, event_id FROM outbox
        WHERE topic = $1 AND aggregate_id = ANY($2::text[])
        """,
        topic,
        list(aggregate_ids),
    )
    return [(row["aggregate_id"], row["aggregate_version"], row["event_id"]) for row in rows]
