"""An import goes on after whatever ended it, with nothing lost and nothing doubled; two workers count a row once."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ieum.database import Database
from ieum.testing import eventually
from registration.imports import running, sample, store
from registration.imports.files import FileRefused
from registration.imports.running import run_import, run_to_end
from registration.imports.store import Overtaken
from registration.imports.taking import Counts, take_batch
from registration.imports.vacancy_import import Import
from registration.imports.working import take_next

from .conftest import TODAY, Send

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


async def found(database: Database, import_id: UUID) -> Import:
    async with database.reading() as tx:
        job = await store.find_import(tx, import_id)
    assert job is not None
    return job


def assert_told_once(said: list[tuple[str, str, int, dict[str, Any]]], vacancies: int) -> None:
    opened = Counter(key for kind, key, *_ in said if kind == "VacancyOpened")
    assert len(opened) == vacancies
    assert set(opened.values()) == {1}
    registered = Counter(key for kind, key, *_ in said if kind == "EmployerRegistered")
    assert set(registered.values()) == {1}


async def test_a_finished_import_lets_its_file_go(send: Send, speaking: Database) -> None:
    worker_id = uuid4()
    job = await send(b"".join(sample.work24(250, day=TODAY)), worker_id=worker_id)
    seen: list[Counts] = []

    finished = await run_import(speaking, job, worker_id, batch_rows=100, progress=seen.append)

    assert finished
    assert [sum(counts) for counts in seen] == [100, 100, 50]
    done = await found(speaking, job.import_id)
    assert (done.state, done.rows_read, done.taken) == ("finished", 250, 250)
    assert done.started_at is not None
    assert done.finished_at is not None
    async with speaking.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM import_piece") == 0


async def test_a_stopped_import_stops_between_batches_and_goes_on_from_there(
    send: Send, speaking: Database, told: Told
) -> None:
    worker_id = uuid4()
    job = await send(b"".join(sample.work24(600, day=TODAY)), worker_id=worker_id)
    stopping: list[asyncio.Task[None]] = []

    async def stop() -> None:
        async with speaking.transaction() as tx:
            await store.stop_import(tx, job.import_id)

    def stop_after_the_first(_: Counts) -> None:
        if not stopping:
            stopping.append(asyncio.create_task(stop()))

    assert not await run_import(speaking, job, worker_id, batch_rows=100, progress=stop_after_the_first)
    await stopping[0]
    stopped = await found(speaking, job.import_id)
    assert stopped.state == "stopped"
    assert 100 <= stopped.rows_read < 600
    assert not await take_next(speaking)

    async with speaking.transaction() as tx:
        await store.continue_import(tx, job.import_id)
    assert await take_next(speaking)

    assert (await found(speaking, job.import_id)).taken == 600
    assert_told_once(await told(), 600)


async def test_a_cancelled_worker_gives_the_import_back(send: Send, speaking: Database, told: Told) -> None:
    job = await send(b"".join(sample.work24(3_000, day=TODAY)))
    working = asyncio.create_task(take_next(speaking))

    async def begun() -> bool:
        return (await found(speaking, job.import_id)).rows_read > 0

    await eventually("the first batch is taken", begun)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    left = await found(speaking, job.import_id)
    assert left.state == "waiting"
    assert await take_next(speaking)
    assert (await found(speaking, job.import_id)).taken == 3_000
    assert_told_once(await told(), 3_000)


async def test_an_import_of_a_silent_worker_is_taken_over_and_the_old_one_finds_out(
    send: Send, speaking: Database, told: Told
) -> None:
    silent = uuid4()
    job = await send(b"".join(sample.work24(300, day=TODAY)), worker_id=silent)
    assert not await take_next(speaking)
    async with speaking.transaction() as tx:
        await tx.execute("UPDATE vacancy_import SET leased_till = now() - $1::interval", timedelta(seconds=1))

    assert await take_next(speaking)
    woken = await run_import(speaking, job, silent, batch_rows=100)

    assert not woken
    assert (await found(speaking, job.import_id)).taken == 300
    assert_told_once(await told(), 300)


async def test_a_batch_is_taken_by_one_of_two_workers(send: Send, speaking: Database) -> None:
    worker_id = uuid4()
    job = await send(b"<wantedRoot/>", worker_id=worker_id)
    async with speaking.transaction() as tx:
        await tx.execute("UPDATE vacancy_import SET rows_total = 5, rows_read = 3, taken = 3")

    for claimed, rows_read in ((worker_id, 0), (uuid4(), 3)):
        with pytest.raises(Overtaken):
            async with speaking.transaction() as tx:
                await take_batch(tx, job, claimed, rows_read, [])


async def test_two_files_with_the_same_vacancies_at_once_tell_each_once(
    send: Send, speaking: Database, told: Told
) -> None:
    content = b"".join(sample.work24(400, day=TODAY))
    jobs = [(await send(content, worker_id=worker), worker) for worker in (uuid4(), uuid4(), uuid4())]

    await asyncio.gather(*(run_import(speaking, job, worker, batch_rows=50) for job, worker in jobs))

    done = [await found(speaking, job.import_id) for job, _ in jobs]
    assert [one.state for one in done] == ["finished"] * 3
    assert sum(one.taken for one in done) == 400
    assert_told_once(await told(), 400)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(FileRefused("truncated", "It ends.", "끝났습니다."), "truncated"), (ZeroDivisionError(), "internal")],
)
async def test_what_is_wrong_with_an_import_is_kept_and_it_can_go_on(
    send: Send, speaking: Database, monkeypatch: pytest.MonkeyPatch, failure: Exception, reason: str
) -> None:
    worker_id = uuid4()
    job = await send(b"".join(sample.work24(10, day=TODAY)), worker_id=worker_id)

    async def fail(*_: object) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(running, "take_batch", fail)
        await run_to_end(speaking, job, worker_id)

    failed = await found(speaking, job.import_id)
    assert failed.state == "failed"
    assert failed.problem is not None
    assert failed.problem["reason"] == reason
    async with speaking.transaction() as tx:
        assert await store.continue_import(tx, job.import_id) is not None
    assert await take_next(speaking)
    assert (await found(speaking, job.import_id)).taken == 10


_WORK = """
import asyncio, sys
from uuid import UUID
from ieum.database import Database
from ieum.messaging import Topics, outbox
from pathlib import Path
from registration.imports.running import run_import
from registration.imports.store import claim_this_import

async def work(address, topics, import_id):
    database = Database(address)
    await database.open()
    outbox.configure(database, Topics.from_file(Path(topics)), "registration")
    worker_id = UUID(int=99)
    async with database.transaction() as tx:
        job = await claim_this_import(tx, UUID(import_id), worker_id)
    await run_import(database, job, worker_id, batch_rows=25)

asyncio.run(work(*sys.argv[1:]))
"""


async def test_a_killed_worker_leaves_whole_batches_and_the_next_one_goes_on(
    send: Send, speaking: Database, database_address: str, told: Told, pytestconfig: pytest.Config
) -> None:
    job = await send(b"".join(sample.work24(3_000, day=TODAY)))
    kills = 0
    for goal in (100, 700, 1_500):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _WORK,
            database_address,
            str(pytestconfig.rootpath / "deploy" / "topics.yaml"),
            str(job.import_id),
        )

        async def has_come_so_far(goal: int = goal) -> bool:
            return (await found(speaking, job.import_id)).rows_read >= goal

        await eventually(f"{goal} rows are taken", has_come_so_far, within=60, every=0.005)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        kills += process.returncode == -signal.SIGKILL
        left = await found(speaking, job.import_id)
        assert left.rows_read % 25 == 0
        assert_told_once(await told(), left.rows_read)
        async with speaking.transaction() as tx:
            # Its lease would run out by itself in some seconds.
            await tx.execute("UPDATE vacancy_import SET leased_till = now() - $1::interval", timedelta(seconds=1))

    assert await take_next(speaking)

    assert kills >= 2
    done = await found(speaking, job.import_id)
    assert (done.state, done.rows_read, done.taken) == ("finished", 3_000, 3_000)
    assert_told_once(await told(), 3_000)
