"""One sender's files take up no more than their share: of rows, of rejections kept, of memory, of workers."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from ieum.database import Database
from ieum_local.demo import sample
from registration.imports import formats, running, vacancy_import
from registration.imports.files import FileRefused
from registration.imports.formats import Check
from registration.imports.rows import Outcome, Record
from registration.imports.running import run_import
from registration.imports.store import claim_import, rejections_of
from registration.imports.working import take_next
from registration.uploads.uploading import Sender

from .conftest import Send

ONE = b"".join(sample.work24(1))


def test_a_file_of_more_rows_than_anybody_has_vacancies_is_refused_while_it_comes() -> None:
    check = Check(None)
    piece = b"0," * 300_000

    check.feed(b"[" + piece)
    with pytest.raises(FileRefused) as refused:
        check.feed(piece)

    assert refused.value.reason == "too_many_rows"
    assert "500,000" in refused.value.en


def test_the_last_rows_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 2)
    check = Check(None)

    check.feed(b'{"a": 1}\n{"a": 2}\n{"a": 3}')
    with pytest.raises(FileRefused):
        check.close()


async def test_rejections_are_kept_up_to_a_bound_and_the_rest_is_counted(
    take: Send, speaking: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vacancy_import, "MOST_REJECTED_KEPT", 150)

    done = await take(b"[" + b"0," * 399 + b"0]")

    assert (done.state, done.rejected, done.rejected_kept) == ("finished", 400, 150)
    async with speaking.reading() as tx:
        found = await rejections_of(tx, done.import_id, after=None, limit=1_000)
    assert [one.row for one in found] == list(range(1, 151))


async def test_rows_are_interpreted_a_batch_at_a_time_however_short_they_are(
    send: Send, speaking: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker_id = uuid4()
    job = await send(b"[" + b"0," * 49_999 + b"0]", worker_id=worker_id)
    most: list[int] = []
    interpreted = running._interpreted

    def counted(interpret: Callable[[Record], Outcome], records: list[Record]) -> list[Outcome]:
        most.append(len(records))
        return interpreted(interpret, records)

    monkeypatch.setattr(running, "_interpreted", counted)

    assert await run_import(speaking, job, worker_id, batch_rows=2_000)

    assert max(most) <= 2_000


async def test_a_sender_with_nothing_running_comes_first(send: Send, speaking: Database) -> None:
    first, second = [await send(ONE + b" " * n, sender=Sender("p-many")) for n in range(2)]
    other = await send(ONE, sender=Sender("p-other"))

    claimed = [await claimed_by_anybody(speaking) for _ in range(3)]

    assert claimed == [first.import_id, other.import_id, second.import_id]


async def test_one_sender_never_has_every_worker(send: Send, speaking: Database) -> None:
    for n in range(2):
        await send(ONE + b" " * n, sender=Sender(f"p-{n}", employer_id=UUID(int=7)))
    await claimed_by_anybody(speaking)

    kept_free = await take_next(speaking, idle_senders_only=True)
    await send(ONE, sender=Sender("p-other"))

    assert not kept_free
    assert await take_next(speaking, idle_senders_only=True)


async def claimed_by_anybody(database: Database) -> UUID | None:
    async with database.transaction() as tx:
        job = await claim_import(tx, uuid4())
    return job.import_id if job else None
