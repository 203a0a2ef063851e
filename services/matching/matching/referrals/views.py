"""What HTTP shows of referrals."""

from datetime import datetime

from pydantic import BaseModel, Field

from matching.placements.store import Outcome
from matching.referrals.referral import Referral
from matching.referrals.rules import State, shows_candidate


class StandingReferral(BaseModel):
    """The referral that stands between a jobseeker and a vacancy."""

    referral_id: str
    state: State


class ReferralView(BaseModel):
    """A referral; `reason` goes with its state: why it was declined or withdrawn, or what the employer added."""

    referral_id: str
    version: int
    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    centre_code: str = Field(description="The jobseeker's centre now; its staff answer for the referral")
    made_by_centre: str | None = Field(description="The centre that made it, once the jobseeker has moved")
    counsellor_id: str
    state: State
    reason: str | None
    made_at: datetime
    changed_at: datetime
    placement_id: str | None = Field(None, description="The placement that an answer of hired made")
    placement_reversed_at: datetime | None = Field(None, description="When that placement was taken back, if it was")
    shows_candidate: bool = Field(False, description="Whether the employer may learn who it is, and how to reach them")

    @classmethod
    def of(cls, referral: Referral, outcome: Outcome | None, *, agrees: bool) -> "ReferralView":
        """The view of a referral and what came of it; `agrees`: see `rules.shows_candidate`."""
        placement_id, reversed_at = outcome or (None, None)
        found = {
            "placement_id": placement_id,
            "placement_reversed_at": reversed_at,
            "shows_candidate": shows_candidate(
                referral.state, referral.consent, agrees=agrees, taken_back=reversed_at is not None
            ),
        }
        return cls.model_validate(referral, from_attributes=True).model_copy(update=found)
