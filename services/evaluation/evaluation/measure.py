"""What is counted, and on which day: the only units the ledger knows. Every figure is made of these."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


class Measure(StrEnum):
    """A count that is added up over days and centres. Ratios are never stored, so that they are never averaged."""

    OPENINGS = "openings"
    """Persons wanted by vacancies, counted where and when the vacancy was registered (구인인원)."""
    JOBSEEKERS = "jobseekers"
    """Registrations of jobseekers, counted where and when they were made (구직자수)."""
    PLACEMENTS = "placements"
    """Hires of registered jobseekers (취업자수)."""


def day_of(instant: datetime) -> date:
    """The calendar day in Korea on which an instant falls; all statistics are kept by this day."""
    return instant.astimezone(SEOUL).date()
