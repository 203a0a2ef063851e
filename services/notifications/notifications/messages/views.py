"""A message as readers see it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from notifications.messages.store import Message
from notifications.messages.texts import Texts


class MessageView(BaseModel):
    """One message. The same on the live stream, in the list and after marking it read."""

    model_config = ConfigDict(frozen=True)

    seq: int = Field(description="Numbers of one recipient run 1, 2, 3, … without gaps; also the id on the stream")
    kind: str = Field(description="What it is about; also the event name on the stream", examples=["match_proposed"])
    params: dict[str, Any] = Field(description="Ids and public facts, for links and for texts of your own")
    title: dict[str, str] = Field(
        description="One line per language", examples=[{"ko": "새 일자리: …", "en": "New match: …"}]
    )
    text: dict[str, str] = Field(description="One or two sentences per language")
    occurred_at: datetime = Field(description="When it happened (UTC)")
    created_at: datetime
    read_at: datetime | None = None


def view_of(message: Message, texts: Texts) -> MessageView:
    """A stored message with its texts in every language."""
    notices = texts.notices(message.kind, message.params)
    return MessageView(
        seq=message.seq,
        kind=message.kind,
        params=message.params,
        title={language: notice.title for language, notice in notices.items()},
        text={language: notice.text for language, notice in notices.items()},
        occurred_at=message.occurred_at,
        created_at=message.created_at,
        read_at=message.read_at,
    )
