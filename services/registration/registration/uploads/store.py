"""All SQL of uploads: files that are still coming, in pieces."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from ieum.database import Transaction
from registration.imports.store import COLUMNS, LEASE, import_of
from registration.imports.vacancy_import import Import

ABANDONED: Final = timedelta(hours=1)
"""An upload that has brought nothing for so long has been given up by its sender."""


async def begin_upload(
    tx: Transaction,
    import_id: UUID,
    file_name: str,
    *,
    uploaded_by: str,
    centre_code: str | None,
    employer_id: UUID | None,
) -> None:
    """A file of which nothing has come yet; its format is told when it is whole."""
    await tx.execute(
        """
        INSERT INTO vacancy_import (import_id, file_name, state, uploaded_by, centre_code, employer_id, leased_till)
        VALUES ($1, $2, 'receiving', $3, $4, $5, now() + $6::interval)
        """,
        import_id,
        file_name,
        uploaded_by,
        centre_code,
        employer_id,
        ABANDONED,
    )


async def save_piece(tx: Transaction, import_id: UUID, number: int, content: bytes) -> bool:
    """Keep the next piece of a file; False where the upload was given up meanwhile."""
    tag = await tx.execute(
        "UPDATE vacancy_import SET leased_till = now() + $2::interval WHERE import_id = $1 AND state = 'receiving'",
        import_id,
        ABANDONED,
    )
    if tag == "UPDATE 0":
        return False
    await tx.execute(
        "INSERT INTO import_piece (import_id, number, content) VALUES ($1, $2, $3)", import_id, number, content
    )
    return True


async def finish_upload(
    tx: Transaction,
    import_id: UUID,
    *,
    name: str,
    encoding: str | None,
    rows: int,
    size: int,
    digest: bytes,
    worker_id: UUID | None = None,
) -> Import | None:
    """The file is whole and waits; for `worker_id`, if given, which has it from now on. None where it was given up."""
    row = await tx.fetchrow(
        f"""
        UPDATE vacancy_import
        SET state = CASE WHEN $7::uuid IS NULL THEN 'waiting' ELSE 'running' END, format = $2, encoding = $3,
            rows_total = $4, bytes = $5, digest = $6, worker_id = $7, leased_till = now() + $8::interval,
            uploaded_at = now(), started_at = CASE WHEN $7 IS NOT NULL THEN now() END
        WHERE import_id = $1 AND state = 'receiving'
        RETURNING {COLUMNS}
        """,  # noqa: S608 -- a constant of this module
        import_id,
        name,
        encoding,
        rows,
        size,
        digest,
        worker_id,
        LEASE,
    )
    return import_of(row) if row else None


async def delete_upload(tx: Transaction, import_id: UUID) -> None:
    """Forget a file that was not whole, or did not come whole."""
    await tx.execute("DELETE FROM vacancy_import WHERE import_id = $1 AND state = 'receiving'", import_id)


async def delete_abandoned_uploads(tx: Transaction) -> int:
    """Forget uploads that stopped coming; returns how many."""
    tag = await tx.execute("DELETE FROM vacancy_import WHERE state = 'receiving' AND leased_till < now()")
    return int(tag.rsplit(" ", 1)[1])
