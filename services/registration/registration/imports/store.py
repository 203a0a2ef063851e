"""All SQL of imports: how far they are, who works on them, and what was rejected."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from ieum.database import Transaction

LEASE: Final = timedelta(seconds=15)
"""How long a worker may be silent before another takes over. It renews its lease with every piece and batch."""


class Overtaken(Exception):
    """The import was stopped, or another worker has it: its rows are no longer ours to take."""


class Import(NamedTuple):
    """A row of `vacancy_import`."""

    import_id: UUID
    file_name: str
    format: str
    encoding: str | None
    bytes: int
    state: str
    rows_total: int
    rows_read: int
    taken: int
    unchanged: int
    rejected: int
    problem: dict[str, Any] | None
    uploaded_by: str
    centre_code: str | None
    employer_id: UUID | None
    uploaded_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Rejection(NamedTuple):
    """Why a row was not taken; a row may have several."""

    row: int
    nth: int
    field: str
    rule: str
    ko: str
    excerpt: str


COLUMNS: Final = ", ".join(Import._fields)
_PROBLEM = Import._fields.index("problem")


def import_of(row: asyncpg.Record) -> Import:
    """An import from a row of COLUMNS."""
    values = list(row)
    values[_PROBLEM] = json.loads(values[_PROBLEM]) if values[_PROBLEM] else None
    return Import._make(values)


async def find_import(tx: Transaction, import_id: UUID) -> Import | None:
    """One import, or None; a file that is still coming is not one yet."""
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM vacancy_import WHERE import_id = $1 AND state <> 'receiving'",  # noqa: S608
        import_id,
    )
    return import_of(row) if row else None


async def find_same_file(tx: Transaction, digest: bytes, uploaded_by: str) -> Import | None:
    """The newest import of the very same file by the same person, or None."""
    row = await tx.fetchrow(
        f"""
        SELECT {COLUMNS} FROM vacancy_import
        WHERE digest = $1 AND uploaded_by = $2 AND state <> 'receiving' ORDER BY uploaded_at DESC LIMIT 1
        """,  # noqa: S608
        digest,
        uploaded_by,
    )
    return import_of(row) if row else None


async def newest_imports(
    tx: Transaction,
    *,
    everything: bool,
    uploaded_by: str,
    centre_code: str | None,
    employer_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Import]:
    """Newest first: all, or those of a person, of a centre, of an employer."""
    rows = await tx.fetch(
        f"""
        SELECT {COLUMNS} FROM vacancy_import
        WHERE state <> 'receiving'
          AND ($1 OR uploaded_by = $2 OR centre_code = $3 OR employer_id = $4)
          AND ($5::timestamptz IS NULL OR (uploaded_at, import_id) < ($5, $6::uuid))
        ORDER BY uploaded_at DESC, import_id DESC LIMIT $7
        """,  # noqa: S608
        everything,
        uploaded_by,
        centre_code,
        employer_id,
        *(after or (None, None)),
        limit,
    )
    return [import_of(row) for row in rows]


async def claim_import(tx: Transaction, worker_id: UUID) -> Import | None:
    """The oldest import that waits, or whose worker has fallen silent; it is this worker's from now on.

    Those of somebody whose other files are being taken stand back: who sends a hundred does not stop everybody else.
    """
    row = await tx.fetchrow(
        f"""
        UPDATE vacancy_import SET state = 'running', worker_id = $1, leased_till = now() + $2::interval,
                                  started_at = coalesce(started_at, now())
        WHERE import_id = (
            SELECT import_id FROM vacancy_import
            WHERE state = 'waiting' OR (state = 'running' AND leased_till < now())
            ORDER BY uploaded_by = ANY (ARRAY(
                         SELECT uploaded_by FROM vacancy_import WHERE state = 'running' AND leased_till >= now()
                     )), uploaded_at
            LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING {COLUMNS}
        """,  # noqa: S608
        worker_id,
        LEASE,
    )
    return import_of(row) if row else None


async def claim_this_import(tx: Transaction, import_id: UUID, worker_id: UUID) -> Import | None:
    """This import, stopped or waiting or left by its worker, for this worker; None where it is not to be had."""
    row = await tx.fetchrow(
        f"""
        UPDATE vacancy_import SET state = 'running', worker_id = $2, leased_till = now() + $3::interval,
                                  started_at = coalesce(started_at, now())
        WHERE import_id = $1
          AND (state IN ('waiting', 'stopped') OR (state = 'running' AND leased_till < now()))
        RETURNING {COLUMNS}
        """,  # noqa: S608
        import_id,
        worker_id,
        LEASE,
    )
    return import_of(row) if row else None


async def read_piece(tx: Transaction, import_id: UUID, number: int, worker_id: UUID) -> bytes | None:
    """
    A piece of the file, None after the last one; renews the worker's lease. Raises Overtaken.

    Pieces are read while a batch is written. The batch holds the import's row and renews the lease itself, so that
    nobody waits for it here: else reading and writing would take turns.
    """
    row = await tx.fetchrow(
        """
        WITH mine AS (
            SELECT import_id FROM vacancy_import WHERE import_id = $1 AND worker_id = $3 AND state = 'running'
        ), free AS (
            SELECT import_id FROM vacancy_import WHERE import_id = $1 AND worker_id = $3 AND state = 'running'
            FOR UPDATE SKIP LOCKED
        ), renewed AS (
            UPDATE vacancy_import i SET leased_till = now() + $4::interval FROM free WHERE i.import_id = free.import_id
        )
        SELECT piece.content FROM mine LEFT JOIN import_piece piece
            ON piece.import_id = mine.import_id AND piece.number = $2
        """,
        import_id,
        number,
        worker_id,
        LEASE,
    )
    if row is None:
        raise Overtaken
    content: bytes | None = row["content"]
    return content


async def lock_progress(tx: Transaction, import_id: UUID, worker_id: UUID, rows_read: int) -> date:
    """
    Lock an import that is this worker's and has come exactly so far. Raises Overtaken.

    This, and not the lease, is what makes a row count once: who comes second finds that the rows are read. Returns
    today in Korea by the database's clock.
    """
    day: date | None = await tx.fetchval(
        """
        SELECT (now() AT TIME ZONE 'Asia/Seoul')::date FROM vacancy_import
        WHERE import_id = $1 AND worker_id = $2 AND rows_read = $3 AND state = 'running' FOR UPDATE
        """,
        import_id,
        worker_id,
        rows_read,
    )
    if day is None:
        raise Overtaken
    return day


async def save_progress(tx: Transaction, import_id: UUID, *, taken: int, unchanged: int, rejected: int) -> None:
    """Count rows in the transaction that takes them."""
    await tx.execute(
        """
        UPDATE vacancy_import
        SET rows_read = rows_read + $2 + $3 + $4, taken = taken + $2, unchanged = unchanged + $3,
            rejected = rejected + $4, leased_till = now() + $5::interval
        WHERE import_id = $1
        """,
        import_id,
        taken,
        unchanged,
        rejected,
        LEASE,
    )


async def save_rejections(tx: Transaction, import_id: UUID, rejections: Sequence[Rejection]) -> None:
    """Keep why rows were not taken."""
    if rejections:
        await tx.execute(
            """
            INSERT INTO import_rejection (import_id, "row", nth, field, rule, ko, excerpt)
            SELECT $1, r.* FROM unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[]) AS r
            """,
            import_id,
            *(list(column) for column in zip(*rejections, strict=True)),
        )


async def end_import(
    tx: Transaction, import_id: UUID, worker_id: UUID, state: str, problem: dict[str, Any] | None = None
) -> bool:
    """The import is finished or failed; False where it is no longer this worker's. The file of a finished one goes."""
    tag = await tx.execute(
        """
        UPDATE vacancy_import SET state = $3, problem = $4::jsonb, finished_at = now(), worker_id = NULL
        WHERE import_id = $1 AND worker_id = $2 AND state = 'running'
        """,
        import_id,
        worker_id,
        state,
        json.dumps(problem) if problem else None,
    )
    if tag == "UPDATE 0":
        return False
    if state == "finished":
        await tx.execute("DELETE FROM import_piece WHERE import_id = $1", import_id)
    return True


async def release_import(tx: Transaction, import_id: UUID, worker_id: UUID) -> None:
    """Give an import back, to be taken up by whoever comes next."""
    await tx.execute(
        """
        UPDATE vacancy_import SET state = 'waiting', worker_id = NULL
        WHERE import_id = $1 AND worker_id = $2 AND state = 'running'
        """,
        import_id,
        worker_id,
    )


async def stop_import(tx: Transaction, import_id: UUID) -> Import | None:
    """Stop one that waits or runs; its worker finds out with its next batch. None where there is nothing to stop."""
    row = await tx.fetchrow(
        f"""
        UPDATE vacancy_import SET state = 'stopped', worker_id = NULL
        WHERE import_id = $1 AND state IN ('waiting', 'running') RETURNING {COLUMNS}
        """,  # noqa: S608
        import_id,
    )
    return import_of(row) if row else None


async def continue_import(tx: Transaction, import_id: UUID) -> Import | None:
    """Let a stopped or failed one go on from where it is. None where there is nothing to continue."""
    row = await tx.fetchrow(
        f"""
        UPDATE vacancy_import SET state = 'waiting', problem = NULL, finished_at = NULL
        WHERE import_id = $1 AND state IN ('stopped', 'failed') RETURNING {COLUMNS}
        """,  # noqa: S608
        import_id,
    )
    return import_of(row) if row else None


async def rejections_of(
    tx: Transaction, import_id: UUID, *, after: tuple[int, int] | None, limit: int
) -> list[Rejection]:
    """In the order of the file."""
    rows = await tx.fetch(
        """
        SELECT "row", nth, field, rule, ko, excerpt FROM import_rejection
        WHERE import_id = $1 AND ("row", nth) > ($2, $3)
        ORDER BY "row", nth LIMIT $4
        """,
        import_id,
        *(after or (0, 0)),
        limit,
    )
    return [Rejection._make(row) for row in rows]
