"""What a recipient wants: channels per kind, quiet hours and language, with the defaults filled in. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.messages.kinds import KINDS, Channel

SEOUL = ZoneInfo("Asia/Seoul")

Choices = Mapping[str, Mapping[str, bool]]


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No letter is sent from `start` until before `end`, Asia/Seoul wall clock. May cross midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Wishes:
    """A recipient's preferences. `choices` holds only what was chosen; `language` None means as registered."""

    language: str | None = None
    quiet: QuietHours | None = None
    choices: Choices = field(default_factory=dict)

    def wants(self, kind: str, channel: Channel) -> bool:
        """Whether this kind is to be told on this channel: the recipient's choice, else the kind's default."""
        kind_known = KINDS.get(kind)
        # A kind of a newer release, met while replicas are being replaced: whoever made the message knew the default.
        default = channel in kind_known.default_on if kind_known else True
        return self.choices.get(kind, {}).get(channel, default)


def not_before(at: datetime, quiet: QuietHours | None) -> datetime:
    """The first instant at or after `at` that lies outside the quiet hours."""
    if quiet is None:
        return at
    local = at.astimezone(SEOUL)
    clock = local.time()
    if quiet.start < quiet.end:
        inside, day = quiet.start <= clock < quiet.end, local.date()
    else:
        inside = clock >= quiet.start or clock < quiet.end
        day = local.date() + timedelta(days=1) if clock >= quiet.start else local.date()
    return datetime.combine(day, quiet.end, SEOUL).astimezone(at.tzinfo) if inside else at
