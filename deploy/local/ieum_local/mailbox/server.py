"""The mail server's process: SMTP and the pages, until SIGTERM."""

import asyncio
import functools
from collections.abc import Mapping
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from ieum_local.mailbox.folder import MailFolder
from ieum_local.mailbox.pages import application


class Receiver:
    """Takes every message for everybody."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Answer 250 only once the message is kept."""
        content = envelope.original_content or b""
        await asyncio.to_thread(self._folder.add, envelope.mail_from or "", list(envelope.rcpt_tos), content)
        return "250 Message kept"


async def run(environment: Mapping[str, str]) -> None:
    """Listen where SMTP_HOST, SMTP_PORT and MAILBOX_PORT say; keep messages in MAIL_FOLDER."""
    host = environment["SMTP_HOST"]
    folder = MailFolder(Path(environment["MAIL_FOLDER"]))
    smtp = functools.partial(
        SMTP, Receiver(folder), enable_SMTPUTF8=True, hostname="localhost", ident="Ieum local mail"
    )
    receiving = await asyncio.get_running_loop().create_server(smtp, host, int(environment["SMTP_PORT"]))
    pages = uvicorn.Config(
        application(folder, receiving.is_serving),
        host=host,
        port=int(environment["MAILBOX_PORT"]),
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    async with receiving:
        await uvicorn.Server(pages).serve()
