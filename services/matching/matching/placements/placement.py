"""A placement as it is kept, and the events that tell of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matching.placements.events import PlacementRecorded, PlacementReversed, Source
from matching.placements.rules import told_reversal_reason


@dataclass(frozen=True, slots=True)
class Placement:
    """A hire. `period_started_on` is the first day of the registration period that it ended."""

    placement_id: str
    version: int
    jobseeker_id: str
    period_started_on: date
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    centre_code: str
    source: Source
    referral_id: str | None
    hired_on: date
    recorded_by: str
    recorded_at: datetime
    reversed_at: datetime | None
    reversed_by: str | None
    reason: str | None

    def recorded(self) -> PlacementRecorded:
        """The event of its recording."""
        return PlacementRecorded(**self._told())

    def reversed(self) -> PlacementReversed:
        """The event of its reversal with the reason it has now."""
        return PlacementReversed(**self._told(), reason=told_reversal_reason(self.reason or "other"))

    def _told(self) -> dict[str, Any]:
        return {
            "jobseeker_id": self.jobseeker_id,
            "vacancy_id": self.vacancy_id,
            "employer_id": self.employer_id,
            "centre_code": self.centre_code,
            "source": self.source,
            "referral_id": self.referral_id,
            "hired_on": self.hired_on,
        }
