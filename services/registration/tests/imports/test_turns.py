"""Whoever sends many files waits for them; somebody else's single file is taken in between."""

from uuid import uuid4

from ieum.database import Database
from registration.imports import sample
from registration.imports.store import claim_import
from registration.uploads.uploading import Sender

from .conftest import Send

MANY, OTHER = Sender("p-many"), Sender("p-other")


async def claimed_of(database: Database) -> str | None:
    """Whose file a free worker takes."""
    async with database.transaction() as tx:
        job = await claim_import(tx, uuid4())
    return job.uploaded_by if job else None


async def test_a_file_of_somebody_else_is_taken_before_the_next_of_many(send: Send, speaking: Database) -> None:
    for rows in (1, 2, 3):
        await send(b"".join(sample.work24(rows)), sender=MANY)
    await send(b"".join(sample.work24(4)), sender=OTHER)

    taken = [await claimed_of(speaking) for _ in range(5)]

    assert taken == ["p-many", "p-other", "p-many", "p-many", None]
