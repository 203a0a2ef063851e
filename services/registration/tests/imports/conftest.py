"""Files sent the short way, and what came of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from ieum.database import Database
from ieum.messaging import Topics, outbox
from ieum.testing.client import Tokens
from registration.imports.running import run_import
from registration.imports.store import find_import
from registration.imports.vacancy_import import Import
from registration.uploads.uploading import Sender, receive

SENDER = Sender("p-operator")

# The day of the lists: an older one holds vacancies whose closing day is over, and nobody is told of these.
TODAY = datetime.now(ZoneInfo("Asia/Seoul")).date()

SHEET = (
    "reference,company,title,occupation_code,region,employment_type,closes_on\n"
    "A-1,가나,제목,133200,서울 강남구,10,채용시까지\n"
    'A-2,가나,"=HYPERLINK(""http://evil.example"")",133200,서울 강남구,10,\n'
    "A-3,가나,제목,999999,달나라,10,26-02-30\n"
)

Send = Callable[..., Awaitable[Import]]


@pytest.fixture
def speaking(database: Database, topics: Topics) -> Database:
    """A database through which registration speaks."""
    outbox.configure(database, topics, "registration")
    return database


@pytest.fixture
def send(speaking: Database) -> Send:
    """Receives and accepts a file: `await send(content)`; with `worker_id` it is claimed as well."""

    async def sent(
        content: bytes, *, name: str | None = None, sender: Sender = SENDER, worker_id: UUID | None = None
    ) -> Import:
        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(content), 300_000):
                yield content[at : at + 300_000]

        received = await receive(speaking, pieces(), "file", sender, name)
        async with speaking.transaction() as tx:
            return await received.accept(tx, worker_id)

    return sent


@pytest.fixture
def take(speaking: Database, send: Send) -> Send:
    """Sends a file and takes it to its end: `await take(content)`."""

    async def taken(content: bytes, *, name: str | None = None, sender: Sender = SENDER) -> Import:
        worker_id = uuid4()
        job = await send(content, name=name, sender=sender, worker_id=worker_id)
        await run_import(speaking, job, worker_id, batch_rows=100)
        async with speaking.reading() as tx:
            found = await find_import(tx, job.import_id)
        assert found is not None
        return found

    return taken


@pytest.fixture
def operator(tokens: Tokens) -> dict[str, str]:
    return tokens("operator", "p-operator")


@pytest.fixture
def english(operator: dict[str, str]) -> dict[str, str]:
    return {**operator, "Accept-Language": "en"}
