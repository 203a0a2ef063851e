"""`python -m registration import FOLDER`: takes in a folder of files with progress; Ctrl-C stops, again continues."""

import argparse
import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from ieum.database import Database
from ieum.database.failures import is_away
from ieum.service import Service
from registration.imports.files import FileRefused
from registration.imports.running import run_to_end
from registration.imports.store import claim_this_import, find_import, find_same_file, stop_import
from registration.imports.taking import Counts
from registration.imports.vacancy_import import Import
from registration.uploads.uploading import PIECE_BYTES, Sender, receive

SUFFIXES: Final = (".xml", ".json", ".jsonld", ".ndjson", ".jsonl", ".csv")
SENDER: Final = Sender("command:import")

_SAY_EVERY_SECONDS: Final = 5.0
"""Where no terminal shows the bar: in a log, in a pipe."""

_FAILED: Final = 1
_MISUSED: Final = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command is told."""
    parser.add_argument("folder", type=Path, help=f"files ending in {' '.join(SUFFIXES)} are taken in, by name")
    parser.add_argument("--format", choices=("auto", "work24", "json_ld", "csv"), default="auto")
    parser.add_argument("--again", action="store_true", help="also files that were taken in to their end before")


async def run(service: Service, options: argparse.Namespace) -> int:
    """Take in every file; 1 if one was refused or failed, 2 where there is nothing to do it with."""
    console = Console()
    if service.messaging is None:
        console.print("KAFKA_BOOTSTRAP and TOPICS_FILE are needed: what is taken in is also told.", style="red")
        return _MISUSED
    if not options.folder.is_dir():
        console.print(f"{options.folder} is not a folder.", style="red", highlight=False)
        return _MISUSED
    there = sorted(path for path in options.folder.iterdir() if path.is_file() and not path.name.startswith("."))
    files = [path for path in there if path.suffix.lower() in SUFFIXES]
    if others := [path.name for path in there if path not in files]:
        shown = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
        console.print(f"Left out, for how they end: {shown}", style="yellow", highlight=False, markup=False)
    if not files:
        console.print(f"{options.folder} has no file ending in {' '.join(SUFFIXES)}.", highlight=False)
        return 0
    name = None if options.format == "auto" else options.format
    with _progress(console) as progress:
        taker = _Taker(service.database, progress, name, again=options.again)
        try:
            for path in files:
                await taker.take(path)
        except asyncio.CancelledError:
            console.print("Stopped. Run the same command again to go on.", style="yellow")
            raise
        except Exception as failure:
            if not is_away(failure):
                raise
            console.print("The database is away. Run the same command again to go on.", style="red")
            return _FAILED
        finally:
            progress.stop()
            console.print(taker.summary)
    return _FAILED if taker.has_failed else 0


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeElapsedColumn(),
        console=console,
    )


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece


async def _digest(path: Path) -> bytes:
    found = hashlib.sha256()
    async for piece in _pieces(path):
        found.update(piece)
    return found.digest()


class _Taker:
    """Takes one file after the other and keeps what came of them."""

    def __init__(self, database: Database, progress: Progress, name: str | None, *, again: bool) -> None:
        self._database = database
        self._progress = progress
        self._name = name
        self._again = again
        self.has_failed = False
        self.summary = Table("file", "state", "rows", "taken", "unchanged", "rejected", "note")

    async def take(self, path: Path) -> None:
        """Begin a file, or go on with it where it was stopped."""
        shown = self._progress.add_task(path.name, total=None, speed="")
        worker_id = uuid4()
        try:
            job, note = await self._claimed(path, worker_id)
            if note is None:
                await self._run(job, worker_id, shown)
            job = await self._found(job)
            self.has_failed = self.has_failed or job.state == "failed"
            self._note(path, job, note or (job.problem or {}).get("ko", ""))
        except FileRefused as refused:
            self.has_failed = True
            self._progress.update(shown, total=0)
            self.summary.add_row(path.name, "refused", "", "", "", "", f"{refused.ko}\n{refused.en}")

    async def _claimed(self, path: Path, worker_id: UUID) -> tuple[Import, str | None]:
        """The import of this file, ours to run; or not ours, and why."""
        digest = await _digest(path)
        async with self._database.transaction() as tx:
            known = await find_same_file(tx, digest, SENDER.person_id)
            if known is not None and known.state != "finished":
                claimed = await claim_this_import(tx, known.import_id, worker_id)
                return (claimed, None) if claimed else (known, "another process has it")
        if known is not None and not self._again:
            return known, "taken in before"
        received = await receive(self._database, _pieces(path), path.name, SENDER, self._name)
        async with self._database.transaction() as tx:
            return await received.accept(tx, worker_id), None

    async def _run(self, job: Import, worker_id: UUID, shown: TaskID) -> None:
        self._progress.update(shown, total=job.rows_total, completed=job.rows_read)

        bar, said_at = self._progress.tasks[shown], time.monotonic()

        def count(counts: Counts) -> None:
            nonlocal said_at
            self._progress.update(shown, advance=sum(counts), speed=f"{bar.speed or 0:,.0f}/s")
            if not self._progress.console.is_terminal and time.monotonic() - said_at >= _SAY_EVERY_SECONDS:
                said_at = time.monotonic()
                self._progress.console.print(f"{bar.description}: {bar.completed:,.0f} of {bar.total:,.0f} rows")

        try:
            await run_to_end(self._database, job, worker_id, progress=count)
        except asyncio.CancelledError:
            # Stopped and not merely left: the running service must not go on behind the back of whoever stopped it.
            async with self._database.transaction() as tx:
                await stop_import(tx, job.import_id)
            self._note(Path(job.file_name), await self._found(job), "")
            raise

    async def _found(self, job: Import) -> Import:
        async with self._database.reading() as tx:
            return await find_import(tx, job.import_id) or job

    def _note(self, path: Path, job: Import, note: str) -> None:
        counts = (f"{number:,}" for number in (job.rows_total, job.taken, job.unchanged, job.rejected))
        self.summary.add_row(path.name, job.state, *counts, note)
