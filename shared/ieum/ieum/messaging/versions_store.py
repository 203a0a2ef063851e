"""How far each aggregate is, as its owner says it and as a consumer has heard it: what the reconciler compares."""

from collections.abc import Sequence

from ieum.database import Transaction

Page = list[tuple[str, int]]


async def said(tx: Transaction, topic: str, after: str, limit: int) -> Page:
    """The versions this service has reached, in order of aggregate id, beyond `after`."""
    rows = await tx.fetch(
        """
        SELECT aggregate_id, version FROM stream
        WHERE topic = $1 AND aggregate_id > $2 ORDER BY aggregate_id LIMIT $3
        """,
        topic,
        after,
        limit,
    )
    return [(row["aggregate_id"], row["version"]) for row in rows]


async def said_of(tx: Transaction, topic: str, aggregate_ids: Sequence[str]) -> Page:
    """The same for given aggregates; one that this service never spoke of is left out."""
    rows = await tx.fetch(
        "SELECT aggregate_id, version FROM stream WHERE topic = $1 AND aggregate_id = ANY($2::text[])",
        topic,
        list(aggregate_ids),
    )
    return [(row["aggregate_id"], row["version"]) for row in rows]


async def heard(tx: Transaction, consumer: str, topic: str, after: str, limit: int) -> Page:
    """The versions a consumer has heard, in order of aggregate id, beyond `after`."""
    rows = await tx.fetch(
        """
        SELECT aggregate_id, version FROM mark
        WHERE consumer = $1 AND topic = $2 AND aggregate_id > $3 ORDER BY aggregate_id LIMIT $4
        """,
        consumer,
        topic,
        after,
        limit,
    )
    return [(row["aggregate_id"], row["version"]) for row in rows]


async def heard_of(tx: Transaction, consumer: str, topic: str, aggregate_ids: Sequence[str]) -> Page:
    """The same for given aggregates; one never heard of is left out."""
    rows = await tx.fetch(
        """
        SELECT aggregate_id, version FROM mark
        WHERE consumer = $1 AND topic = $2 AND aggregate_id = ANY($3::text[])
        """,
        consumer,
        topic,
        list(aggregate_ids),
    )
    return [(row["aggregate_id"], row["version"]) for row in rows]
