"""What HTTP shows of placements, and takes."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from ieum.http import Day, Text
from matching.placements.events import Source
from matching.placements.placement import Placement


class NewPlacement(BaseModel):
    """A hire that staff record: one that no employer's answer to a referral has brought."""

    jobseeker_id: Text
    vacancy_id: Text
    source: Literal["own_search", "meeting_day", "programme"]
    hired_on: Day = Field(description="The first day of work, in Korea; at most 90 days ahead")


class PlacementView(BaseModel):
    """A placement, standing or reversed."""

    placement_id: str
    version: int
    state: Literal["recorded", "reversed"]
    jobseeker_id: str
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
    reason: str | None = Field(description="Why it was reversed")

    @classmethod
    def of(cls, placement: Placement) -> "PlacementView":
        """The view of a placement."""
        return cls(
            state="recorded" if placement.reversed_at is None else "reversed",
            **{name: getattr(placement, name) for name in cls.model_fields if name != "state"},
        )
