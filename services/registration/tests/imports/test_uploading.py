"""A file is kept and checked while it comes: accepted whole or refused with nothing left of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from ieum.database import Database
from ieum_local.demo import sample
from registration.imports.files import FileRefused
from registration.imports.store import claim_import, find_import, find_same_file
from registration.uploads import uploading
from registration.uploads.store import delete_abandoned_uploads
from registration.uploads.uploading import PIECE_BYTES, Sender, receive

from .conftest import SENDER, Send


async def whole(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def counted(database: Database) -> tuple[int, int]:
    async with database.reading() as tx:
        return await tx.fetchval("SELECT count(*) FROM vacancy_import"), await tx.fetchval(
            "SELECT count(*) FROM import_piece"
        )


async def test_an_accepted_file_is_in_the_database_byte_for_byte(send: Send, speaking: Database) -> None:
    content = b"".join(sample.work24(2_000))

    job = await send(content)

    assert (job.state, job.format, job.rows_total, job.rows_read) == ("waiting", "work24", 2_000, 0)
    assert job.bytes == len(content)
    async with speaking.reading() as tx:
        pieces = await tx.fetch("SELECT content FROM import_piece ORDER BY number")
    assert b"".join(row["content"] for row in pieces) == content
    assert {len(row["content"]) for row in pieces[:-1]} == {PIECE_BYTES}


@pytest.mark.parametrize(
    "content", [b"", b"<html>503</html>", b"".join(sample.work24(3_000))[:-20], b"[" * 1_000, b"a,b\n1,2\n"]
)
async def test_nothing_stays_of_a_refused_file(speaking: Database, content: bytes) -> None:
    with pytest.raises(FileRefused):
        await receive(speaking, whole(content), "file", SENDER, None)

    assert await counted(speaking) == (0, 0)


async def test_a_file_over_the_limit_is_refused_while_it_comes(
    speaking: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "MOST_BYTES", 2 * PIECE_BYTES)
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for piece in sample.ndjson(1_000_000):
            read += len(piece)
            yield piece

    with pytest.raises(FileRefused) as refused:
        await receive(speaking, endless(), "file", SENDER, None)

    assert refused.value.reason == "too_large"
    assert read < 4 * PIECE_BYTES
    assert await counted(speaking) == (0, 0)


async def test_nothing_stays_when_the_sender_goes(speaking: Database) -> None:
    arrived = asyncio.Event()

    async def broken() -> AsyncIterator[bytes]:
        yield b"".join(sample.work24(2_000))[:PIECE_BYTES]
        arrived.set()
        await asyncio.Event().wait()

    receiving = asyncio.create_task(receive(speaking, broken(), "file", SENDER, None))
    await arrived.wait()

    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving

    assert await counted(speaking) == (0, 0)


async def test_uploads_that_stopped_coming_are_swept_up_and_cannot_be_accepted(speaking: Database) -> None:
    received = await receive(speaking, whole(b"<wantedRoot/>"), "file", SENDER, None)
    async with speaking.transaction() as tx:
        assert await delete_abandoned_uploads(tx) == 0
        await tx.execute("UPDATE vacancy_import SET leased_till = now() - $1::interval", timedelta(seconds=1))
        assert await delete_abandoned_uploads(tx) == 1

    async with speaking.transaction() as tx:
        with pytest.raises(FileRefused):
            await received.accept(tx)


async def test_a_file_that_is_still_coming_is_no_import_yet(speaking: Database) -> None:
    received = await receive(speaking, whole(b"<wantedRoot/>"), "file", Sender("p-1"), None)

    async with speaking.transaction() as tx:
        assert await find_import(tx, received.import_id) is None
        assert await claim_import(tx, uuid4()) is None
        assert await find_same_file(tx, received.digest, "p-1") is None
