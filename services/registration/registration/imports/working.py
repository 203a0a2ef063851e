"""Worker: takes in the files that wait, and those whose worker has died."""

import asyncio
from typing import Final
from uuid import uuid4

from ieum.database import Database
from ieum.service import Service
from ieum.telemetry import log
from registration.imports.running import run_to_end
from registration.imports.store import claim_import, release_import

_LOOK_SECONDS: Final = 1.0
_AT_ONCE: Final = 2
"""
Files taken at once by one process: a small one need not wait for the end of a large one. All but one of them are for
senders of whom nothing runs, so that nobody's files hold up everybody's.
"""


async def take_next(database: Database, *, idle_senders_only: bool = False) -> bool:
    """Take in one file, if one waits (of a sender of whom nothing runs); False if none does."""
    worker_id = uuid4()
    async with database.transaction() as tx:
        job = await claim_import(tx, worker_id, idle_senders_only=idle_senders_only)
    if job is None:
        return False
    log.info("import_taken_up", import_id=str(job.import_id), rows_read=job.rows_read, rows_total=job.rows_total)
    try:
        await run_to_end(database, job, worker_id)
    except asyncio.CancelledError:
        # The service stops: another replica need not wait for the lease to run out.
        async with database.transaction() as tx:
            await release_import(tx, job.import_id, worker_id)
        raise
    log.info("import_left", import_id=str(job.import_id))
    return True


async def _take_for_ever(service: Service, waiting: asyncio.Event, *, idle_senders_only: bool) -> None:
    while True:
        waiting.clear()
        if not await take_next(service.database, idle_senders_only=idle_senders_only):
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await waiting.wait()
            except TimeoutError:
                continue


async def take_imports(service: Service) -> None:
    """Look every second, and at once when this process has accepted a file."""
    waiting: asyncio.Event = service.http.state.import_waiting
    async with asyncio.TaskGroup() as tasks:
        for nth in range(_AT_ONCE):
            tasks.create_task(_take_for_ever(service, waiting, idle_senders_only=nth > 0))
