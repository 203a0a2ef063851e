"""All SQL of rebuilds."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from ieum.database import Transaction
from ieum.messaging.reactions import Derived
from ieum.messaging.records import Place
from ieum.messaging.state_hash import TableState

# Sorting a large table takes longer than any statement of a request may.
_PATIENCE_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A rebuild as it was begun and how far it is."""

    consumer: str
    started_at: datetime
    targets: dict[Place, int]
    before: dict[str, TableState]
    reached_at: datetime | None = None
    finished_at: datetime | None = None


async def be_patient(tx: Transaction) -> None:
    """Let this transaction's statements take their time."""
    await tx.execute("SET LOCAL statement_timeout = 0")


async def open_rebuild(tx: Transaction, consumer: str) -> Rebuild | None:
    """The rebuild that is not finished."""
    return _read(await tx.fetchrow("SELECT * FROM rebuild WHERE consumer = $1 AND finished_at IS NULL", consumer))


async def open_rebuilds(tx: Transaction) -> set[str]:
    """The consumers whose rebuild is not finished."""
    return {row["consumer"] for row in await tx.fetch("SELECT consumer FROM rebuild WHERE finished_at IS NULL")}


async def rebuild_of(tx: Transaction, consumer: str, started_at: datetime) -> Rebuild:
    """A rebuild, finished or not."""
    found = _read(
        await tx.fetchrow("SELECT * FROM rebuild WHERE (consumer, started_at) = ($1, $2)", consumer, started_at)
    )
    if found is None:
        raise LookupError(f"no rebuild of {consumer} at {started_at.isoformat()}")
    return found


async def open_phase(tx: Transaction, consumer: str) -> str | None:
    """`hearing` or `catching_up`; None where nothing is being rebuilt."""
    found: str | None = await tx.fetchval(
        """
        SELECT CASE WHEN reached_at IS NULL THEN 'hearing' ELSE 'catching_up' END
        FROM rebuild WHERE consumer = $1 AND finished_at IS NULL
        """,
        consumer,
    )
    return found


async def forget(tx: Transaction, consumer: str, tables: Sequence[str]) -> None:
    """Empty the tables, and forget that the consumer ever heard anything."""
    # Says to triggers that refuse TRUNCATE, by the end of this transaction alone, that it is meant.
    await tx.execute("SELECT set_config('ieum.rebuilding', $1, true)", consumer)
    if tables:
        await tx.execute(f"TRUNCATE {', '.join(map(_quoted, tables))}")
    await tx.execute("DELETE FROM mark WHERE consumer = $1", consumer)
    await tx.execute("DELETE FROM parked WHERE consumer = $1", consumer)
    await tx.execute("DELETE FROM parked_decision WHERE consumer = $1 AND done_at IS NULL", consumer)
    await tx.execute("DELETE FROM position WHERE consumer = $1", consumer)


async def save_rebuild(
    tx: Transaction, consumer: str, targets: dict[Place, int], before: dict[str, TableState]
) -> Rebuild:
    """Note that a rebuild began."""
    row = await tx.fetchrow(
        "INSERT INTO rebuild (consumer, targets, before) VALUES ($1, $2::jsonb, $3::jsonb) RETURNING *",
        consumer,
        json.dumps([[topic, partition, offset] for (topic, partition), offset in sorted(targets.items())]),
        json.dumps({table: [state.rows, state.hash] for table, state in before.items()}),
    )
    found = _read(row)
    assert found is not None
    return found


async def mark_reached(tx: Transaction, consumer: str) -> None:
    """Everything that had been heard before is heard again."""
    await tx.execute(
        "UPDATE rebuild SET reached_at = clock_timestamp() WHERE consumer = $1 AND reached_at IS NULL", consumer
    )


async def mark_finished(tx: Transaction, consumer: str) -> None:
    """Nothing is left to do."""
    await tx.execute(
        """
        UPDATE rebuild SET finished_at = clock_timestamp()
        WHERE consumer = $1 AND reached_at IS NOT NULL AND finished_at IS NULL
        """,
        consumer,
    )


async def skips_of(tx: Transaction, consumer: str) -> int:
    """How many events two persons agreed to leave out: they will be heard again."""
    found: int = await tx.fetchval(
        "SELECT count(*) FROM parked_decision WHERE consumer = $1 AND decision = 'skip' AND done_at IS NOT NULL",
        consumer,
    )
    return found


async def rows_of(tx: Transaction, derived: Derived) -> AsyncIterator[str]:
    """A table's comparable rows as text, primary key first, in the order of their bytes."""
    columns = await tx.fetch(
        """
        SELECT a.attname FROM pg_attribute a
        LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
        WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attidentity = '' AND a.attname <> ALL($2::text[])
        ORDER BY coalesce(array_position(i.indkey::int2[], a.attnum), 1000), a.attnum
        """,
        _quoted(derived.table),
        list(derived.uncompared),
    )
    shown = f"ROW({', '.join(_quoted(column['attname']) for column in columns)})::text"
    condition = f"WHERE {_quoted(derived.compared_if_set)} IS NOT NULL" if derived.compared_if_set else ""
    query = f'SELECT {shown} AS row FROM {_quoted(derived.table)} {condition} ORDER BY {shown} COLLATE "C"'  # noqa: S608 -- names from a declaration, quoted
    async for row in tx.connection.cursor(query, prefetch=5_000, timeout=_PATIENCE_SECONDS):
        yield row["row"]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _read(row: Record | None) -> Rebuild | None:
    if row is None:
        return None
    return Rebuild(
        row["consumer"],
        row["started_at"],
        {(topic, partition): offset for topic, partition, offset in json.loads(row["targets"])},
        {table: TableState(*state) for table, state in json.loads(row["before"]).items()},
        row["reached_at"],
        row["finished_at"],
    )
