"""The periods figures can be shown for; days are days in Seoul."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.language.words import N_

PERIODS: Mapping[str, str] = {
    "today": N_("Today"),
    "month": N_("This month"),
    "year": N_("This year"),
    "custom": N_("Other days"),
}


@dataclass(frozen=True)
class Period:
    """A choice of days, both ends included."""

    name: str
    since: date
    until: date

    @property
    def query(self) -> dict[str, str]:
        """As evaluation wants it."""
        return {"from": self.since.isoformat(), "to": self.until.isoformat()}

    @property
    def address(self) -> str:
        """As it stands in an address of the portal."""
        return f"period={self.name}" + (f"&from={self.since}&to={self.until}" if self.name == "custom" else "")


def period_of(name: str | None, since: str | None, until: str | None, today: date) -> Period:
    """The period asked for. What cannot be read is today; ends that are swapped are put right."""
    match name:
        case "month":
            return Period("month", today.replace(day=1), today)
        case "year":
            return Period("year", today.replace(month=1, day=1), today)
        case "custom":
            ends = sorted((_day(since, today), _day(until, today)))
            return Period("custom", ends[0], ends[1])
        case _:
            return Period("today", today, today)


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise
