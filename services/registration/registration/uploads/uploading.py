"""Receives a file: kept in the database and checked piece by piece, so that it is whole when it is accepted."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from ieum.database import Database, Transaction
from registration.imports.files import FileRefused
from registration.imports.formats import Check, Checked
from registration.imports.rules import MOST_BYTES
from registration.imports.vacancy_import import Import
from registration.uploads.store import begin_upload, delete_upload, finish_upload, save_piece

PIECE_BYTES: Final = 1024 * 1024
FILE_NAME_LENGTH: Final = 200


class Sender(NamedTuple):
    """Who sends a file, and for whom: a centre's staff, an employer, or neither."""

    person_id: str
    centre_code: str | None = None
    employer_id: UUID | None = None


class Received(NamedTuple):
    """A file that has come whole and waits to be accepted, or forgotten."""

    import_id: UUID
    checked: Checked
    size: int
    digest: bytes

    async def accept(self, tx: Transaction, worker_id: UUID | None = None) -> Import:
        """Acknowledge the file: from the commit on it is taken in, whatever happens. Raises FileRefused."""
        job = await finish_upload(
            tx,
            self.import_id,
            name=self.checked.format,
            encoding=self.checked.encoding,
            rows=self.checked.rows,
            size=self.size,
            digest=self.digest,
            worker_id=worker_id,
        )
        if job is None:
            raise too_slow()
        return job


def too_large() -> FileRefused:
    """For a file over the limit."""
    megabytes = MOST_BYTES // (1024 * 1024)
    return FileRefused(
        "too_large",
        f"A file has at most {megabytes} MiB. Divide it into several.",
        f"파일은 {megabytes}MiB까지 받습니다. 여러 파일로 나누어 보내십시오.",
    )


def too_slow() -> FileRefused:
    """For a file that took so long that it was swept up meanwhile."""
    return FileRefused("too_slow", "The file took too long to arrive.", "파일이 너무 오래 걸려 도착했습니다.")


async def receive(
    database: Database, pieces: AsyncIterator[bytes], file_name: str, sender: Sender, name: str | None
) -> Received:
    """
    Keep a file of format `name` (None: find out) that comes in pieces of any size.

    No transaction is open while more of it is awaited. Raises FileRefused; then nothing of the file stays.
    """
    import_id = uuid4()
    async with database.transaction() as tx:
        await begin_upload(
            tx,
            import_id,
            file_name[:FILE_NAME_LENGTH],
            uploaded_by=sender.person_id,
            centre_code=sender.centre_code,
            employer_id=sender.employer_id,
        )
    try:
        return await _keep(database, import_id, pieces, Check(name))
    except BaseException:
        # Also when the sender has gone or the service stops; what this misses is swept up an hour later.
        await asyncio.shield(forget(database, import_id))
        raise


async def forget(database: Database, import_id: UUID) -> None:
    """Delete a file that was not accepted."""
    async with database.transaction() as tx:
        await delete_upload(tx, import_id)


async def _keep(database: Database, import_id: UUID, pieces: AsyncIterator[bytes], check: Check) -> Received:
    digest = hashlib.sha256()
    size = number = 0
    async for piece in _even(pieces):
        size += len(piece)
        if size > MOST_BYTES:
            raise too_large()
        # A megabyte takes some milliseconds to check: in a thread, for others wait for this loop.
        await asyncio.to_thread(check.feed, piece)
        digest.update(piece)
        async with database.transaction() as tx:
            if not await save_piece(tx, import_id, number, piece):
                raise too_slow()
        number += 1
    return Received(import_id, await asyncio.to_thread(check.close), size, digest.digest())


async def _even(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one size, the last one shorter."""
    held = bytearray()
    async for piece in pieces:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)
