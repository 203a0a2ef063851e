"""E-mail over SMTP. The one question is whether the server has taken the letter, and where it is open, we say so."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from notifications.delivery.ports import Accepted, Letter, OtherSideAway, Outcome, Refused, Unsure


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed over. `timeout` (seconds) bounds each step of the conversation."""

    host: str
    port: int
    sender: str
    sender_name: str
    user: str | None = None
    password: str | None = None
    start_tls: bool | None = None
    timeout: float = 20.0


class SmtpMail:
    """E-mail by one conversation per letter, so that no letter depends on how the one before it ended."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, letter: Letter) -> Outcome:
        """Hand the letter over. Everything before the body is sent ends in a certain no; what follows may not."""
        server = self._server
        try:
            wire = mail(letter, server, datetime.now(UTC)).as_bytes()
        except (MessageError, ValueError, IndexError):
            # The standard library's ways of saying that this is no address.
            return Refused("address", permanent=True)
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout,
            username=server.user,
            password=server.password,
            start_tls=server.start_tls,
        )
        try:
            try:
                await smtp.connect()
            except SMTPResponseException as refusal:
                return OtherSideAway(f"smtp {refusal.code}")
            except (SMTPException, OSError):
                return OtherSideAway("smtp unreachable")
            return await self._hand_over(smtp, letter.address, wire)
        finally:
            # No QUIT: the letter's fate is decided, and a server slow to say goodbye must not hold up the next one.
            smtp.close()

    async def _hand_over(self, smtp: SMTP, address: str, wire: bytes) -> Outcome:
        try:
            await smtp.mail(self._server.sender)
            await smtp.rcpt(address)
        except SMTPResponseException as refusal:
            return _refused(refusal)
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError):
            return OtherSideAway("smtp lost before the letter")
        except (SMTPException, ValueError):
            # An address that this server cannot be told (a Hangul one without SMTPUTF8).
            return Refused("address", permanent=True)
        try:
            await smtp.data(wire)
        except SMTPDataError as refusal:
            return Accepted() if 200 <= refusal.code < 300 else _refused(refusal)
        except (SMTPException, OSError):
            return Unsure("reply lost")
        return Accepted()

    async def query(self, reference: UUID) -> Outcome | None:
        """SMTP has no question for this: what became of a letter stays unknown."""
        return None


def _refused(refusal: SMTPResponseException) -> Refused:
    return Refused(f"smtp {refusal.code}", permanent=refusal.code >= 500)


def mail(letter: Letter, server: MailServer, at: datetime) -> EmailMessage:
    """The letter as a message on the wire. The Message-ID is the reference, so that a double could be recognised."""
    message = EmailMessage()
    message["From"] = Address(server.sender_name, addr_spec=server.sender)
    message["To"] = Address(addr_spec=letter.address)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.reference}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    # Base64 needs nothing of the servers on the way, and is shorter than quoted-printable for Hangul.
    message.set_content(letter.body, cte="base64")
    return message
