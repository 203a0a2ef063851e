"""What the pages need of notifications' answers."""

from datetime import datetime
from typing import Any

from pydantic import Field

from portal.services import Items, View, is_id


class Message(View):
    """Something a person was told."""

    seq: int
    kind: str
    params: dict[str, Any] = Field(default_factory=dict)
    title: dict[str, str]
    text: dict[str, str]
    occurred_at: datetime
    read_at: datetime | None = None

    @property
    def leads_to(self) -> str | None:
        """The page of what the message is about."""
        referral_id = str(self.params.get("referral_id", ""))
        one = f"/{referral_id}" if is_id(referral_id) else ""
        return {
            "match_proposed": "/jobseeker/matches",
            "referral_made": "/jobseeker/referrals",
            "referral_answered": "/jobseeker/referrals",
            "referral_received": f"/employer/referrals{one}",
            "referral_result": f"/counsellor/referrals{one}",
        }.get(self.kind)


class Inbox(Items[Message]):
    """Messages, newest first, and how many wait to be read."""

    unread: int = 0

    @property
    def newest(self) -> int:
        """The number of the newest message shown: where a live stream goes on."""
        return max((message.seq for message in self.items), default=0)


class Channels(View):
    """Where one kind of message is told."""

    live: bool
    email: bool
    sms: bool = False


class Preferences(View):
    """What somebody wants to be told, and where."""

    kinds: dict[str, Channels]
    language: str | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
