"""Received messages as files: whole or not there, readable by their owner only, the oldest dropped beyond a limit."""

import os
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

MOST_KEPT = 5_000
_KOREA = timezone(timedelta(hours=9))


@dataclass(frozen=True)
class Mail:
    """One received message; `recipients` are the envelope's."""

    mail_id: str
    sender: str
    recipients: list[str]
    subject: str
    date: str
    text: str
    html: str | None


class MailFolder:
    """Messages in a folder; ids sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for half_written in folder.glob("*.new"):
            half_written.unlink()
        self._ids = sorted(file.stem for file in folder.glob("*.eml"))

    def add(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Keep one message with its envelope; answers its id."""
        mail_id = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        fresh = self._folder / f"{mail_id}.new"
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(envelope.encode() + content)
        os.replace(fresh, self._folder / f"{mail_id}.eml")
        self._ids.append(mail_id)
        while len(self._ids) > MOST_KEPT:
            (self._folder / f"{self._ids.pop(0)}.eml").unlink(missing_ok=True)
        return mail_id

    def get(self, mail_id: str) -> Mail | None:
        """One message, None for an id that is not there."""
        if mail_id not in self._ids:
            return None
        return _read(mail_id, (self._folder / f"{mail_id}.eml").read_bytes())

    def newest(self, limit: int, to: str | None = None) -> list[Mail]:
        """The newest messages first; with `to`, those whose envelope names that address."""
        found: list[Mail] = []
        for mail_id in reversed(self._ids):
            if len(found) == limit:
                break
            mail = self.get(mail_id)
            if mail and (to is None or to.lower() in [address.lower() for address in mail.recipients]):
                found.append(mail)
        return found


def _read(mail_id: str, content: bytes) -> Mail:
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        mail_id=mail_id,
        sender=str(message["From"] or message["X-Envelope-From"] or ""),
        recipients=[address.strip() for address in str(message["X-Envelope-To"] or "").split(",")],
        subject=str(message["Subject"] or ""),
        date=_date(message),
        text=_content(plain),
        html=_content(rich) if rich else None,
    )


def _date(message: EmailMessage) -> str:
    """When it was written, by Korea's clock; as it stands there where that is no date."""
    try:
        return parsedate_to_datetime(str(message["Date"])).astimezone(_KOREA).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError):
        return str(message["Date"] or "")


def _content(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an unknown charset or transfer encoding
        return bytes(part.get_payload(decode=True) or b"").decode(errors="replace")
