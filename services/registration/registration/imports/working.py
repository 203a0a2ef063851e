"""Worker: takes in the files that wait, and those whose worker has died."""

import asyncio
from typing import Final
from uuid import UUID, uuid4

from ieum.database import Database
from ieum.database.failures import DATABASE_AWAY
from ieum.service import Service
from ieum.telemetry import log
from registration.imports.files import FileRefused
from registration.imports.running import run_import
from registration.imports.store import Import, claim_import, delete_abandoned_uploads, end_import, release_import

_LOOK_SECONDS: Final = 1.0
_SWEEP_SECONDS: Final = 600.0
_AT_ONCE: Final = 2
"""Files taken at once by one process: a small one need not wait for the end of a large one."""

_BROKEN: Final = FileRefused(
    "internal",
    "The import broke off for a reason of ours. It can be continued.",
    "내부 오류로 가져오기가 중단되었습니다. 이어서 진행할 수 있습니다.",
)


def told(problem: FileRefused) -> dict[str, str]:
    """Why an import failed, as it is kept: both languages, for whoever looks later."""
    return {"reason": problem.reason, "en": problem.en, "ko": problem.ko}


async def take_next(database: Database) -> bool:
    """Take in one file, if one waits; False if none does."""
    worker_id = uuid4()
    async with database.transaction() as tx:
        job = await claim_import(tx, worker_id)
    if job is None:
        return False
    log.info("import_taken_up", import_id=str(job.import_id), rows_read=job.rows_read, rows_total=job.rows_total)
    try:
        finished = await run_import(database, job, worker_id)
    except DATABASE_AWAY:
        raise  # the lease runs out, and somebody goes on
    except asyncio.CancelledError:
        # The service stops: another replica need not wait for the lease to run out.
        async with database.transaction() as tx:
            await release_import(tx, job.import_id, worker_id)
        raise
    except Exception as failure:  # noqa: BLE001 -- said to the sender; other files must go on
        await _fail(database, job, worker_id, failure)
        return True
    log.info("import_ended", import_id=str(job.import_id), finished=finished)
    return True


async def _fail(database: Database, job: Import, worker_id: UUID, failure: Exception) -> None:
    log.error("import_failed", import_id=str(job.import_id), exc_info=failure)
    problem = failure if isinstance(failure, FileRefused) else _BROKEN
    async with database.transaction() as tx:
        await end_import(tx, job.import_id, worker_id, "failed", told(problem))


async def _take_for_ever(service: Service, waiting: asyncio.Event) -> None:
    while True:
        waiting.clear()
        if not await take_next(service.database):
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await waiting.wait()
            except TimeoutError:
                continue


async def _sweep_for_ever(service: Service) -> None:
    while True:
        async with service.database.transaction() as tx:
            count = await delete_abandoned_uploads(tx)
        if count:
            log.info("uploads_swept", count=count)
        await asyncio.sleep(_SWEEP_SECONDS)


async def take_imports(service: Service) -> None:
    """Look every second, and at once when this process has accepted a file."""
    waiting: asyncio.Event = service.http.state.import_waiting
    async with asyncio.TaskGroup() as tasks:
        for _ in range(_AT_ONCE):
            tasks.create_task(_take_for_ever(service, waiting))
        tasks.create_task(_sweep_for_ever(service))
