"""A real SMTP server, a registration that answers for contacts, and senders between them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from ieum.database import Database
from ieum.http import Peer
from ieum.http.client import Circuit
from notifications.delivery.contacts import Contacts
from notifications.delivery.letters import LetterWriter
from notifications.delivery.ports import Accepted, Letter, Outcome, Provider
from notifications.delivery.rules import Pace
from notifications.delivery.sender import Sender, SenderLimits
from notifications.delivery.smtp import MailServer, SmtpMail
from notifications.messages.texts import Texts
from notifications.telling.handlers import Telling, configure

Make = Callable[..., Any]

HASTY = Pace(digest_quiet=timedelta(0), digest_window=timedelta(0), attempts=3, base=timedelta(milliseconds=20))
LIMITS = SenderLimits(lanes=4, poll=0.02, rest=0.02, drain=2.0)


class Mailbox:
    """Takes letters, says `answers` in place of 250, one per letter, and may `drop` the connection after taking one."""

    def __init__(self) -> None:
        self.server: MailServer
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.recipient_answers: list[str] = []
        self.drop = False
        self.conversations = 0

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.conversations += 1
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.drop and server.transport is not None:
            server.transport.abort()
        return "250 OK"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A real SMTP server on a port of its own, in the loop of the test."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(mailbox, hostname="localhost", loop=loop), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    mailbox.server = MailServer("127.0.0.1", port, "no-reply@ieum.example", "고용센터 이음", timeout=5.0)
    yield mailbox
    listening.close()
    await listening.wait_closed()


@dataclass
class Registration:
    """Answers for contacts, and remembers who asked for what."""

    status: int = 200
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer of `GET /contacts/{person_id}`."""
        self.asked.append(request)
        person_id = request.url.path.removeprefix("/contacts/")
        found = self.people.get(person_id, {"email": f"{person_id.replace(':', '-')}@example.org"})
        if self.status != 200 or found.get("unknown"):
            return httpx.Response(404 if found.get("unknown") else self.status)
        person = {"person_id": person_id, "name": "가상 구직자", "phone": None, "language": "ko"}
        return httpx.Response(200, json=person | found)


@pytest.fixture
def registration() -> Registration:
    """Everybody has an address at example.org until told otherwise."""
    return Registration()


class Post:
    """Everything between an event and a mailbox."""

    def __init__(
        self, database: Database, hear: Callable[..., Awaitable[None]], mailbox: Mailbox, registration: Registration
    ) -> None:
        self.hear = hear
        self.mailbox = mailbox
        self.registration = registration
        self._database = database
        self.peer = Peer(
            "registration",
            "http://registration",
            lambda: "token",
            attempts=1,
            circuit=Circuit(rest=0.05),
            transport=httpx.MockTransport(registration.answer),
        )

    def sender(self, mail: Provider | None = None, *, sms: Provider | None = None) -> Sender:
        """A worker of its own, in a hurry; any number may be made."""
        providers: dict[Any, Provider] = {"email": mail or SmtpMail(self.mailbox.server)}
        if sms:
            providers["sms"] = sms
        writer = LetterWriter(Texts(), "https://portal.example")
        contacts = Contacts(self.peer)
        return Sender(self._database, providers, contacts, writer, HASTY, LIMITS, asyncio.Event(), lambda: 0.5)

    @asynccontextmanager
    async def at_work(self, *senders: Sender) -> AsyncIterator[None]:
        """These senders at work."""
        tasks = [asyncio.create_task(sender.run()) for sender in senders]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def states(self) -> list[tuple[str, str | None]]:
        """The states of all letters and why, in the order they were made."""
        async with self._database.reading() as tx:
            rows = await tx.fetch("SELECT state, reason FROM delivery ORDER BY delivery_id")
        return [(row["state"], row["reason"]) for row in rows]


@pytest.fixture
async def post(
    database: Database, hear: Callable[..., Awaitable[None]], mailbox: Mailbox, registration: Registration
) -> AsyncIterator[Post]:
    """Events in, letters out."""
    made = Post(database, hear, mailbox, registration)
    async with made.peer:
        yield made


@pytest.fixture
def told_hastily(database: Database) -> None:
    configure(database, Telling(Pace(digest_quiet=timedelta(0), digest_window=timedelta(0)), ("email", "sms")))


class Recorder:
    """A provider that gives the answers it is told to, and remembers what it was handed."""

    def __init__(self, *answers: Outcome, told: Outcome | None = None) -> None:
        self.answers = list(answers)
        self.told = told
        self.letters: list[Letter] = []
        self.asked: list[UUID] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        await self.gate.wait()
        return self.answers.pop(0) if self.answers else Accepted()

    async def query(self, reference: UUID) -> Outcome | None:
        self.asked.append(reference)
        return self.told


States = Callable[[], Awaitable[list[tuple[str, str | None]]]]


async def all_are(states: States, wanted: str, count: int = 1) -> bool:
    found = [state for state, _ in await states()]
    return len(found) >= count and set(found) == {wanted}


async def are(states: States, wanted: set[str]) -> bool:
    return {state for state, _ in await states()} == wanted


async def nothing_due(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(await tx.fetchval("SELECT bool_and(due_at IS NULL) FROM delivery"))


async def due_later(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(
            await tx.fetchval("SELECT bool_and(due_at > now() + interval '1 hour' AND lease IS NULL) FROM delivery")
        )
