"""What placements promise: recorded, reversed."""

from datetime import date
from typing import Literal, get_args

from pydantic import Field

from ieum.messaging import Event

Source = Literal["referral", "own_search", "meeting_day", "programme"]
ReversalReason = Literal["recorded_in_error", "did_not_start", "left_at_once", "other"]


class _PlacementTold(Event):
    """Who was hired where and through what. The centre is the jobseeker's; `hired_on` is a day in Korea."""

    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    centre_code: str
    source: Source
    referral_id: str | None
    hired_on: date


class PlacementRecorded(_PlacementTold, topic="matching.placement.v1"):
    """A jobseeker was hired for a vacancy."""


class PlacementReversed(_PlacementTold, topic="matching.placement.v1"):
    """A placement is taken back. Reasons in words of one's own are "other" and stay where they were written."""

    reason: str = Field(description=f"Today one of {', '.join(get_args(ReversalReason))}; more may come")
