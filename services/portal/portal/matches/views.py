"""What the pages need of matches and candidates."""

from datetime import date, datetime

from pydantic import Field

from portal.figures.views import Said
from portal.services import View


class MatchVacancy(View):
    """The vacancy of a match."""

    vacancy_id: str
    title: str
    employer_name: str
    occupation_name: str | None = None
    region_name: str | None = None
    pay_type: str | None = None
    pay_min: int | None = None
    pay_max: int | None = None
    employment_type: str | None = None
    closes_on: date | None = None
    status: str = "open"


class Part(View):
    """A part of a score: its points of the most it can give, and why."""

    name: str
    points: int
    of: int
    text: Said | None = None


class ReferralState(View):
    """How far the referral of a match is."""

    referral_id: str
    state: str


class Match(View):
    """A vacancy that suits a jobseeker."""

    match_id: str
    jobseeker_id: str | None = None
    vacancy: MatchVacancy
    score: int
    rank: int
    parts: list[Part] = Field(default_factory=list)
    proposed_at: datetime
    referral: ReferralState | None = None


class Candidate(View):
    """Somebody a vacancy suits, without a name."""

    jobseeker_id: str
    score: int
    parts: list[Part] = Field(default_factory=list)
    referral: ReferralState | None = None
