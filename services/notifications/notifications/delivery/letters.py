"""Letters from messages: one message is written out, several become a digest."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from notifications.delivery.contacts import Contact
from notifications.delivery.ports import Letter
from notifications.delivery.store import LetterMessage
from notifications.messages.kinds import KINDS
from notifications.messages.texts import Templates, Texts

TEMPLATES: Final = Path(__file__).parent / "templates"


def page_of(messages: Sequence[LetterMessage]) -> str:
    """Where the portal shows more: the match itself, the page that all of the messages are about, or all messages."""
    pages = {KINDS[message.kind].page for message in messages if message.kind in KINDS}
    page = pages.pop() if len(pages) == 1 else "/messages"
    # A match stands on its page under its id.
    match_id = messages[0].params.get("match_id") if len(messages) == 1 else None
    return f"{page}#match-{match_id}" if match_id else page


class LetterWriter:
    """Writes letters from the files of `templates/letter/`, one per language. `portal_url` is where they lead."""

    def __init__(self, texts: Texts, portal_url: str, root: Path = TEMPLATES) -> None:
        self._texts = texts
        self._templates = Templates(root, ("letter",), ("subject", "body", "short"))
        self._portal_url = portal_url.rstrip("/")

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that letters can be written in."""
        return self._templates.languages("letter")

    def write(
        self, reference: UUID, address: str, messages: Sequence[LetterMessage], language: str, contact: Contact
    ) -> Letter:
        """A letter of at least one message."""
        params = {
            "notices": [self._texts.notice(message.kind, language, message.params) for message in messages],
            "name": " ".join((contact.name or "").split()),
            "portal_url": self._portal_url,
            "more_url": self._portal_url + page_of(messages),
        }
        subject, body, short = (
            self._templates.render("letter", language, block, params) for block in ("subject", "body", "short")
        )
        return Letter(reference, address, subject, body.strip() + "\n", short, language)
