import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from ieum.database import Database
from ieum.testing import eventually
from notifications.telling.handlers import Telling, configure

Make = Callable[..., Any]


class Directory:
    """Registration on a real socket, which may be slow to answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        await self.may_answer.wait()
        body = b'{"person_id": "a", "name": null, "email": "a@example.org", "phone": null, "language": "ko"}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        writer.close()


@pytest.fixture
async def directory() -> AsyncIterator[tuple[Directory, str]]:
    made = Directory()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    yield made, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    made.may_answer.set()
    server.close()
    await server.wait_closed()


@pytest.fixture
def worker(database_address: str, mailbox: Any, directory: tuple[Directory, str], pytestconfig: pytest.Config) -> Make:
    """Starts the service as a process of its own; whoever is still alive in the end is killed."""

    @asynccontextmanager
    async def start() -> AsyncIterator[asyncio.subprocess.Process]:
        environment = os.environ | {
            "DATABASE_URL": database_address,
            "IDENTITY_KEY": "an-identity-key-for-tests-only-0123456789",
            "TOPICS_FILE": str(pytestconfig.rootpath / "deploy" / "topics.yaml"),
            "HTTP_PORT": "0",
            "LOG_LEVEL": "WARNING",
            "REGISTRATION_URL": directory[1],
            "SMTP_HOST": mailbox.server.host,
            "SMTP_PORT": str(mailbox.server.port),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notifications", "serve", env=environment, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    return start


@pytest.fixture(autouse=True)
def told(database: Database) -> None:
    configure(database, Telling())


async def _states(database: Database) -> list[tuple[str, str | None]]:
    async with database.reading() as tx:
        rows = await tx.fetch("SELECT state, reason FROM delivery")
    return [(row["state"], row["reason"]) for row in rows]


async def _let_the_lease_run_out(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE delivery SET due_at = now() WHERE due_at IS NOT NULL")


async def test_a_worker_killed_between_claim_and_sending_is_replaced(
    database: Database, mailbox: Any, directory: tuple[Directory, str], worker: Make, post: Any, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with worker() as first:
        await eventually("the contact is asked for", lambda: directory[0].asked == 1)
        first.kill()
    assert mailbox.mails == []
    directory[0].may_answer.set()
    await _let_the_lease_run_out(database)

    async with worker():
        await eventually("it is accepted", lambda: _is(database, "accepted"))

    assert len(mailbox.mails) == 1


async def test_a_worker_killed_before_the_reply_leaves_the_letter_unknown(
    database: Database, mailbox: Any, directory: tuple[Directory, str], worker: Make, post: Any, placed: Make
) -> None:
    directory[0].may_answer.set()
    replying = asyncio.Event()

    async def take_and_wait(server: SMTP, session: Session, envelope: Envelope) -> str:
        mailbox.mails.append(envelope.content)
        await replying.wait()
        return "250 OK"

    mailbox.handle_DATA = take_and_wait
    await post.hear(placed("a"))
    async with worker() as first:
        await eventually("the letter is taken", lambda: mailbox.mails)
        first.kill()
    replying.set()
    await _let_the_lease_run_out(database)

    async with worker():
        await eventually("nothing more will be tried", lambda: _is_left(database))

    assert await _states(database) == [("unknown", "interrupted")]
    assert len(mailbox.mails) == 1


async def _is(database: Database, state: str) -> bool:
    return [found for found, _ in await _states(database)] == [state]


async def _is_left(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(await tx.fetchval("SELECT bool_and(due_at IS NULL) FROM delivery"))
