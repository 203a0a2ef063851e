"""SQL of counting on from what was published: what waits under numbers that are out, and new numbers for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from ieum.database import Transaction


async def waiting_up_to(tx: Transaction, topic: str, versions: Mapping[str, int]) -> list[tuple[str, UUID]]:
    """What is in the outbox of aggregates under these numbers or lower ones: aggregate and event id."""
    rows = await tx.fetch(
        """
        SELECT aggregate_id, event_id
        FROM outbox JOIN unnest($2::text[], $3::bigint[]) AS k (aggregate_id, version) USING (aggregate_id)
        WHERE topic = $1 AND aggregate_version <= k.version
        """,
        topic,
        list(versions),
        list(versions.values()),
    )
    return [(row["aggregate_id"], row["event_id"]) for row in rows]


async def raise_said(tx: Transaction, versions: Sequence[tuple[str, str, int]]) -> None:
    """Let aggregates (topic, id) count on from these versions; none goes back."""
    await tx.execute(
        """
        INSERT INTO stream AS s (topic, aggregate_id, version)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ORDER BY 1, 2
        ON CONFLICT (topic, aggregate_id) DO UPDATE SET version = greatest(s.version, excluded.version)
        """,
        [topic for topic, _, _ in versions],
        [one for _, one, _ in versions],
        [version for _, _, version in versions],
    )


async def renumber_waiting(tx: Transaction, versions: Sequence[tuple[str, str, int]], but: Sequence[UUID]) -> None:
    """Number what waits of aggregates (topic, id) on from these versions, in its order, `but` for some events.

    The aggregates' stream rows must be locked, by `raise_said`, and nobody may relay.
    """
    await tx.execute(
        """
        WITH mine AS (
            SELECT o.id, topic, aggregate_id,
                   k.version + row_number() OVER (PARTITION BY topic, aggregate_id ORDER BY o.id) AS version
            FROM outbox o JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS k (topic, aggregate_id, version)
            USING (topic, aggregate_id)
            WHERE NOT o.event_id = ANY ($4::uuid[])
        ), numbered AS (
            UPDATE outbox SET aggregate_version = mine.version FROM mine WHERE outbox.id = mine.id
        )
        UPDATE stream s SET version = greatest(s.version, l.version)
        FROM (SELECT topic, aggregate_id, max(version) AS version FROM mine GROUP BY topic, aggregate_id) l
        WHERE s.topic = l.topic AND s.aggregate_id = l.aggregate_id
        """,
        [topic for topic, _, _ in versions],
        [one for _, one, _ in versions],
        [version for _, _, version in versions],
        list(but),
    )
