"""All SQL of an operator's work on parked events."""

from collections.abc import Sequence

import asyncpg

from ieum.database import Transaction
from ieum.messaging.records import Key

EventKey = tuple[str, str, int]
"""Topic, aggregate id, version."""
Versions = tuple[int, int]
"""The first and the last of some versions that follow each other; empty when the last comes first."""


async def stuck_keys(tx: Transaction, consumer: str | None, after: int, limit: int) -> list[asyncpg.Record]:
    """One row per aggregate with parked events, in the order they were first parked."""
    return await tx.fetch(
        """
        SELECT min(id) AS place, consumer, topic, aggregate_id,
               coalesce(min(state) FILTER (WHERE state = 'bad'), min(state)) AS state,
               (array_agg(reason ORDER BY id))[1] AS reason, min(parked_at) AS since, count(*)::int AS events
        FROM parked
        WHERE aggregate_id IS NOT NULL AND ($1::text IS NULL OR consumer = $1)
        GROUP BY consumer, topic, aggregate_id
        HAVING min(id) > $2
        ORDER BY 1
        LIMIT $3
        """,
        consumer,
        after,
        limit,
    )


async def parked_events(tx: Transaction, consumer: str, topic: str, aggregate_id: str) -> list[asyncpg.Record]:
    """The parked records of an aggregate, in order of version."""
    return await tx.fetch(
        """
        SELECT aggregate_version, headers, body, state, reason, attempts, parked_at
        FROM parked WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 ORDER BY aggregate_version
        """,
        consumer,
        topic,
        aggregate_id,
    )


async def last_outbox_id(tx: Transaction) -> int:
    """The highest outbox id this transaction can see."""
    found: int = await tx.fetchval("SELECT coalesce(max(id), 0) FROM outbox")
    return found


async def said_since(tx: Transaction, outbox_id: int) -> list[str]:
    """Types of the events this transaction has added since, in order."""
    rows = await tx.fetch(
        "SELECT type FROM outbox WHERE id > $1 AND xmin::text = pg_current_xact_id()::xid::text ORDER BY id", outbox_id
    )
    return [row["type"] for row in rows]


async def save_decision(
    tx: Transaction, consumer: str, key: Key, version: int, decision: str, reason: str, by: str
) -> None:
    """Keep who released an aggregate, and why, for ever. A skip that was only asked for is forgotten with it.

    A release stands in this table as `replay`: rows kept for ever keep the word they were written with.
    """
    await forget_request(tx, consumer, key)
    await tx.execute(
        """
        INSERT INTO parked_decision (consumer, topic, aggregate_id, aggregate_version, decision, reason, decided_by,
                                     done_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
        """,
        consumer,
        *key,
        version,
        decision,
        reason,
        by,
    )


async def forget_request(tx: Transaction, consumer: str, key: Key) -> None:
    """Forget that one person asked for a skip: the aggregate does not stand as it did then."""
    await tx.execute(
        "DELETE FROM parked_decision WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND done_at IS NULL",
        consumer,
        *key,
    )


async def open_skip(tx: Transaction, consumer: str, key: Key, version: int) -> asyncpg.Record | None:
    """Who asked to skip this version, when and why, and waits for a second person.

    Whoever decides by it holds the partition's lock, as everybody does who changes it.
    """
    return await tx.fetchrow(
        """
        SELECT decided_by AS asked_by, decided_at AS asked_at, reason FROM parked_decision
        WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND aggregate_version = $4
          AND decision = 'skip' AND done_at IS NULL
        """,
        consumer,
        *key,
        version,
    )


async def ask_skip(tx: Transaction, consumer: str, key: Key, version: int, reason: str, by: str) -> None:
    """Keep that somebody wants this version left out, in the place of what was asked for when another was first."""
    await forget_request(tx, consumer, key)
    await tx.execute(
        """
        INSERT INTO parked_decision (consumer, topic, aggregate_id, aggregate_version, decision, reason, decided_by)
        VALUES ($1, $2, $3, $4, 'skip', $5, $6)
        """,
        consumer,
        *key,
        version,
        reason,
        by,
    )


async def confirm_skip(tx: Transaction, consumer: str, key: Key, by: str, left_out: Versions) -> None:
    """The second person agrees, and these versions will never be applied."""
    await tx.execute(
        """
        UPDATE parked_decision
        SET confirmed_by = $4, done_at = clock_timestamp(), left_out_from = $5, left_out_to = $6
        WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND done_at IS NULL
        """,
        consumer,
        *key,
        by,
        *left_out,
    )


async def drop_version(tx: Transaction, consumer: str, key: Key, version: int) -> Versions:
    """Leave out one parked record, the first, and return its version.

    What waits behind it stays until a release, and so does what is beyond versions that are missing; if there is
    nothing, the aggregate flows again.
    """
    await tx.execute(
        "DELETE FROM parked WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND aggregate_version = $4",
        consumer,
        *key,
        version,
    )
    await tx.execute(
        """
        UPDATE mark m
        SET version = greatest(m.version, $4),
            state = CASE WHEN p.first IS NULL THEN 'flowing' WHEN p.first <= m.version THEN 'held' ELSE 'gap' END
        FROM (
            SELECT min(aggregate_version) AS first FROM parked
            WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND state <> 'unreadable'
        ) AS p
        WHERE m.consumer = $1 AND m.topic = $2 AND m.aggregate_id = $3
        """,
        consumer,
        *key,
        version,
    )
    return version, version


async def give_up_on_missing(tx: Transaction, consumer: str, key: Key, version: int) -> Versions:
    """Declare everything before `version` lost, so that a release begins with it. Returns what that was."""
    heard = await tx.fetchval(
        "SELECT version FROM mark WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 FOR UPDATE", consumer, *key
    )
    await tx.execute(
        """
        INSERT INTO mark AS m (consumer, topic, aggregate_id, version, state) VALUES ($1, $2, $3, $4, 'gap')
        ON CONFLICT (consumer, topic, aggregate_id) DO UPDATE
        SET version = greatest(m.version, excluded.version), state = excluded.state
        """,
        consumer,
        *key,
        version - 1,
    )
    return (heard or 0) + 1, version - 1


async def left_out(tx: Transaction, consumer: str) -> set[EventKey]:
    """The versions behind an aggregate's mark, or queueing for it, that the consumer has not applied.

    They are parked, wait behind one that is, or were skipped by two persons since the consumer last began to hear
    everything again: the event itself, or versions that never came.
    """
    rows = await tx.fetch(
        """
        SELECT topic, aggregate_id, aggregate_version AS version
        FROM parked WHERE consumer = $1 AND state <> 'unreadable'
        UNION
        SELECT topic, aggregate_id, generate_series(left_out_from, left_out_to)
        FROM parked_decision
        WHERE consumer = $1
          AND done_at > coalesce((SELECT max(started_at) FROM rebuild WHERE consumer = $1), '-infinity')
        """,
        consumer,
    )
    return {(row["topic"], row["aggregate_id"], row["version"]) for row in rows}


async def outbox_depth(tx: Transaction) -> tuple[int, float]:
    """Rows waiting (counted up to 10,000) and the age of the oldest in seconds."""
    row = await tx.fetchrow(
        """
        SELECT count(*)::int AS rows,
               coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)::float AS age
        FROM (SELECT occurred_at FROM outbox ORDER BY id LIMIT 10000) AS first
        """
    )
    return (row["rows"], row["age"]) if row else (0, 0.0)


async def stuck_counts(tx: Transaction, consumers: Sequence[str]) -> dict[str, int]:
    """Aggregates that do not flow, per consumer."""
    rows = await tx.fetch("SELECT consumer, count(*)::int AS keys FROM mark WHERE state <> 'flowing' GROUP BY consumer")
    found = {row["consumer"]: row["keys"] for row in rows}
    return {consumer: found.get(consumer, 0) for consumer in consumers}
