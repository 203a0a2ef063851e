"""Takes an accepted file to its end, a batch of rows at a time; stops cleanly anywhere and goes on from there."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from itertools import count
from typing import Final
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Histogram

from ieum.database import Database
from ieum.database.failures import is_away
from ieum.telemetry import log
from registration.imports.files import FileRefused, Reader
from registration.imports.formats import interpreter_of, reader_of, slices
from registration.imports.rows import Outcome, Record
from registration.imports.store import Overtaken, end_import, read_piece
from registration.imports.taking import Counts, take_batch
from registration.imports.vacancy_import import Import
from registration.vacancies.store import Collided

ROWS = Counter("registration_import_rows_total", "Rows of files that were read", ["format", "outcome"])
BATCH_SECONDS = Histogram(
    "registration_import_batch_seconds",
    "Time to take a batch of rows",
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)

BATCH_ROWS: Final = 2_000
_ATTEMPTS: Final = 5

Progress = Callable[[Counts], None]


async def run_import(
    database: Database,
    job: Import,
    worker_id: UUID,
    *,
    batch_rows: int = BATCH_ROWS,
    progress: Progress = lambda _: None,
) -> bool:
    """
    Take the rows of a claimed import that are not taken yet; True at its end, False where somebody else has it now.

    Every batch is one transaction together with how far the import is: whatever ends this process, the next worker goes
    on with the first row that is not taken, and no row counts twice.
    """
    rows_read = job.rows_read
    try:
        async with aclosing(_one_ahead(_batches(database, job, worker_id, batch_rows))) as batches:
            async for batch in batches:
                counts = await _take(database, job, worker_id, rows_read, batch)
                rows_read += len(batch)
                for outcome, number in counts._asdict().items():
                    ROWS.labels(job.format, outcome).inc(number)
                progress(counts)
        async with database.transaction() as tx:
            return await end_import(tx, job.import_id, worker_id, "finished")
    except Overtaken:
        return False


async def _take(database: Database, job: Import, worker_id: UUID, rows_read: int, batch: Sequence[Outcome]) -> Counts:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with BATCH_SECONDS.time():
                async with database.transaction() as tx:
                    return await take_batch(tx, job, worker_id, rows_read, batch)
        except (Collided, asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


async def run_to_end(database: Database, job: Import, worker_id: UUID, *, progress: Progress = lambda _: None) -> None:
    """
    Run a claimed import. What is wrong with it, and not with the database, ends it as failed: others must go on.

    Raises the database's failures and cancellation: the import stays as it is, and somebody goes on with it.
    """
    try:
        await run_import(database, job, worker_id, progress=progress)
    except Exception as failure:
        if is_away(failure):
            raise
        log.error("import_failed", import_id=str(job.import_id), exc_info=failure)
        refused = failure if isinstance(failure, FileRefused) else _broken_off()
        problem = {"reason": refused.reason, "en": refused.en, "ko": refused.ko}
        async with database.transaction() as tx:
            await end_import(tx, job.import_id, worker_id, "failed", problem)


def _broken_off() -> FileRefused:
    return FileRefused(
        "internal",
        "The import broke off for a reason of ours. It can be continued.",
        "내부 오류로 가져오기가 중단되었습니다. 이어서 진행할 수 있습니다.",
    )


async def _one_ahead(batches: AsyncGenerator[list[Outcome], None]) -> AsyncGenerator[list[Outcome], None]:
    """The same batches, the next one being prepared while one is written."""

    async def following() -> list[Outcome] | None:
        return await anext(batches, None)

    coming = asyncio.create_task(following())
    try:
        while batch := await coming:
            coming = asyncio.create_task(following())
            yield batch
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await batches.aclose()


async def _batches(
    database: Database, job: Import, worker_id: UUID, batch_rows: int
) -> AsyncGenerator[list[Outcome], None]:
    """The rows from the first one not taken, in batches of the same bounds every time the file is read."""
    reader = reader_of(job.format, skip=job.rows_read, encoding=job.encoding)
    interpret = interpreter_of(job.format)
    held: list[Outcome] = []
    for number in count():
        async with database.transaction() as tx:
            piece = await read_piece(tx, job.import_id, number, worker_id)
        # In a thread: reading a megabyte takes some thirty milliseconds, and others wait for this loop.
        for part in (None,) if piece is None else slices(piece):
            records = await asyncio.to_thread(_read, reader, part)
            for at in range(0, len(records), batch_rows):
                held += await asyncio.to_thread(_interpreted, interpret, records[at : at + batch_rows])
                while len(held) >= batch_rows:
                    yield held[:batch_rows]
                    del held[:batch_rows]
        if piece is None:
            break
    if held:
        yield held


def _read(reader: Reader, part: bytes | None) -> list[Record]:
    return reader.close() if part is None else reader.feed(part)


def _interpreted(interpret: Callable[[Record], Outcome], records: Sequence[Record]) -> list[Outcome]:
    return [interpret(record) for record in records]
