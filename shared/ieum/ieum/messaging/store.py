"""All SQL of the consuming side: partition locks, marks, positions, parked events."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg

from ieum.database import Transaction
from ieum.messaging.events import Envelope
from ieum.messaging.records import Incoming, Key, Mark, Parked, Place


def _lock_key(*what: str | int) -> int:
    digest = hashlib.blake2b("\0".join(map(str, what)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


async def lock_partitions(tx: Transaction, consumer: str, partitions: Iterable[Place]) -> None:
    """Let one transaction at a time work on a partition: after a rebalance the old owner may still be at it.

    It must be a statement of its own, before the marks are read: a statement that waits inside for a lock goes on
    with the snapshot it began with and would not see the marks of the transaction it waited for.
    """
    keys = sorted(_lock_key(consumer, topic, partition) for topic, partition in partitions)
    await tx.execute("SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k", keys)


async def try_session_lock(connection: Any, what: str) -> bool:
    """Be the only one that does something, for as long as a connection is kept; False when another is."""
    found: bool = await connection.fetchval("SELECT pg_try_advisory_lock($1)", _lock_key(what))
    return found


async def release_session_lock(connection: Any, what: str) -> None:
    """Let another do it."""
    await connection.execute("SELECT pg_advisory_unlock($1)", _lock_key(what))


async def lock_parked(tx: Transaction, consumer: str, key: Key) -> None:
    """Lock the partition that an aggregate's parked records came from."""
    rows = await tx.fetch(
        "SELECT DISTINCT partition FROM parked WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3", consumer, *key
    )
    await lock_partitions(tx, consumer, {(key[0], row["partition"]) for row in rows})


async def find_marks(tx: Transaction, consumer: str, keys: Iterable[Key]) -> dict[Key, Mark]:
    """The marks there are; an aggregate never heard of has none."""
    wanted = list(dict.fromkeys(keys))
    rows = await tx.fetch(
        """
        SELECT m.topic, m.aggregate_id, m.version, m.state
        FROM unnest($2::text[], $3::text[]) AS k (topic, aggregate_id)
        JOIN mark m ON m.consumer = $1 AND m.topic = k.topic AND m.aggregate_id = k.aggregate_id
        """,
        consumer,
        [topic for topic, _ in wanted],
        [aggregate_id for _, aggregate_id in wanted],
    )
    return {(row["topic"], row["aggregate_id"]): Mark(row["version"], row["state"]) for row in rows}


async def save_marks(tx: Transaction, consumer: str, marks: dict[Key, Mark]) -> None:
    """Set marks; each aggregate at most once, as ON CONFLICT demands. A mark never goes back."""
    if not marks:
        return
    await tx.execute(
        """
        INSERT INTO mark AS m (consumer, topic, aggregate_id, version, state)
        SELECT $1, k.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS k
        ON CONFLICT (consumer, topic, aggregate_id) DO UPDATE
        SET version = greatest(m.version, excluded.version), state = excluded.state
        """,
        consumer,
        [topic for topic, _ in marks],
        [aggregate_id for _, aggregate_id in marks],
        [mark.version for mark in marks.values()],
        [mark.state for mark in marks.values()],
    )


async def find_positions(tx: Transaction, consumer: str) -> dict[Place, int]:
    """The next offset to read, per (topic, partition)."""
    rows = await tx.fetch("SELECT topic, partition, next_offset FROM position WHERE consumer = $1", consumer)
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def save_positions(tx: Transaction, consumer: str, positions: dict[Place, int]) -> None:
    """Move positions forward. A repeat of older records leaves them where they are."""
    await tx.execute(
        """
        INSERT INTO position AS p (consumer, topic, partition, next_offset)
        SELECT $1, k.* FROM unnest($2::text[], $3::int[], $4::bigint[]) AS k
        ON CONFLICT (consumer, topic, partition) DO UPDATE
        SET next_offset = greatest(p.next_offset, excluded.next_offset)
        """,
        consumer,
        [topic for topic, _ in positions],
        [partition for _, partition in positions],
        list(positions.values()),
    )


async def save_parked(tx: Transaction, consumer: str, parked: Sequence[Parked]) -> None:
    """Put records aside. One that is there already (redelivered, or another copy of the version) stays as it is.

    But a hole that is in its place by now becomes what it is there: bad, or waiting.
    """
    if not parked:
        return
    records = [item.record for item in parked]
    await tx.execute(
        """
        INSERT INTO parked (consumer, topic, partition, "offset", aggregate_id, aggregate_version, headers, body,
                            state, reason, attempts)
        SELECT $1, k.topic, k.partition, k."offset", k.aggregate_id, k.version, k.headers::jsonb, k.body,
               k.state, k.reason, k.attempts
        FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::bytea[],
                    $9::text[], $10::text[], $11::int[])
            AS k (topic, partition, "offset", aggregate_id, version, headers, body, state, reason, attempts)
        ON CONFLICT DO NOTHING
        """,
        consumer,
        [record.topic for record in records],
        [record.partition for record in records],
        [record.offset for record in records],
        [record.envelope.aggregate_id if record.envelope else None for record in records],
        [record.envelope.aggregate_version if record.envelope else None for record in records],
        [_headers_as_json(record) for record in records],
        [record.body for record in records],
        [item.state for item in parked],
        [_as_text(item.reason) for item in parked],
        [item.attempts for item in parked],
    )
    if placed := [item for item in parked if item.state in ("bad", "waiting")]:
        await _place_holes(tx, consumer, placed)


async def _place_holes(tx: Transaction, consumer: str, placed: Sequence[Parked]) -> None:
    keys = [item.record.key or ("", "") for item in placed]
    await tx.execute(
        """
        UPDATE parked p SET state = k.state, reason = k.reason, attempts = k.attempts
        FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::int[])
            AS k (topic, aggregate_id, version, state, reason, attempts)
        WHERE p.consumer = $1 AND p.topic = k.topic AND p.aggregate_id = k.aggregate_id
          AND p.aggregate_version = k.version AND p.state = 'hole'
        """,
        consumer,
        [topic for topic, _ in keys],
        [aggregate_id for _, aggregate_id in keys],
        [item.record.envelope.aggregate_version if item.record.envelope else None for item in placed],
        [item.state for item in placed],
        [_as_text(item.reason) for item in placed],
        [item.attempts for item in placed],
    )


def _as_text(reason: str) -> str:
    """A reason that can be stored whatever it quotes: PostgreSQL's text takes no NUL and no lone surrogate."""
    return reason.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _headers_as_json(record: Incoming) -> str:
    """Header bytes as text for the operator to read; PostgreSQL's jsonb takes no NUL."""
    shown = {str(name): (value or b"").decode(errors="replace").replace("\0", "�") for name, value in record.headers}
    return json.dumps(shown).replace("\\u0000", "\\ufffd")


async def parked_of(tx: Transaction, consumer: str, key: Key) -> list[asyncpg.Record]:
    """What is put aside for one aggregate, in order of version, locked."""
    return await tx.fetch(
        """
        SELECT topic, partition, "offset", aggregate_id, aggregate_version, headers, body, state, reason, attempts
        FROM parked
        WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND state <> 'unreadable'
        ORDER BY aggregate_version
        FOR UPDATE
        """,
        consumer,
        *key,
    )


async def delete_parked(tx: Transaction, consumer: str, key: Key, versions: Sequence[int]) -> None:
    """Forget parked records that have been applied."""
    await tx.execute(
        """
        DELETE FROM parked
        WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND aggregate_version = ANY ($4::bigint[])
          AND state <> 'unreadable'
        """,
        consumer,
        *key,
        list(versions),
    )


async def delete_parked_up_to(tx: Transaction, consumer: str, key: Key, version: int) -> None:
    """Forget parked records of an aggregate that has been applied up to a version."""
    await tx.execute(
        """
        DELETE FROM parked
        WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3 AND aggregate_version <= $4
          AND state <> 'unreadable'
        """,
        consumer,
        *key,
        version,
    )


def envelope_of(row: asyncpg.Record) -> Envelope:
    """The envelope of a parked record; it was readable when it was parked."""
    headers = json.loads(row["headers"])
    return Envelope.from_headers([(name, value.encode()) for name, value in headers.items()])
