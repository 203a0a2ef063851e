"""The HR calendar: where somebody serves on a day decides what they may see on that day; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

SEOUL: Final = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True, slots=True)
class Appointment:
    """A post from `starts_on` until the day before `ends_on` (None: until further notice)."""

    person_id: UUID
    role: str
    centre_code: str | None
    regional_office_code: str | None
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the post is held on `day`; whoever moves on a day has lost the old post that day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def serves(appointments: Sequence[Appointment], role: str, centre_code: str, day: date) -> bool:
    """Whether one of a person's appointments makes them `role` at the centre on `day`."""
    return any(post.role == role and post.centre_code == centre_code and post.holds_on(day) for post in appointments)


def centre_on(appointments: Sequence[Appointment], role: str, day: date) -> str | None:
    """The centre where one of a person's appointments makes them `role` on `day`; None where it is not at a centre."""
    return next((post.centre_code for post in appointments if post.role == role and post.holds_on(day)), None)


def overlaps(appointments: Sequence[Appointment], starts_on: date, ends_on: date | None) -> bool:
    """Whether a post in these days would meet one of the appointments: nobody holds two posts at a time."""
    return any(
        (post.ends_on is None or starts_on < post.ends_on) and (ends_on is None or post.starts_on < ends_on)
        for post in appointments
    )


def day_in_seoul(instant: datetime) -> date:
    """The calendar day of an instant, where the centres are."""
    return instant.astimezone(SEOUL).date()
