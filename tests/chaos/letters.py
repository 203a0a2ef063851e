"""A mail server that takes every letter and counts how often each came: the one effect outside the system."""

from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ieum_local import ports


class LetterBox:
    """Listens on a port of its own, in a thread of its own."""

    def __init__(self) -> None:
        self.port = ports.find()
        self.letters: Counter[str] = Counter()
        """How often each Message-ID was accepted."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's
        """Accept a letter."""
        content = envelope.content or b""
        head = (content if isinstance(content, bytes) else content.encode()).split(b"\r\n\r\n", 1)[0]
        name = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")), b"none")
        self.letters[name.decode(errors="replace")] += 1
        return "250 taken"
