"""What the pages need of matches and candidates."""

from datetime import date, datetime

from portal.figures.views import Said
from portal.services import View


class MatchVacancy(View):
    """The vacancy of a match."""

    vacancy_id: str
    title: str
    employer_name: str
    occupation_name: str
    region_name: str
    pay_type: str
    pay_min: int | None = None
    pay_max: int | None = None
    employment_type: str
    closes_on: date | None = None
    status: str


class Part(View):
    """A part of a score: its points of the most it can give, and why."""

    name: str
    points: int
    of: int
    text: Said


class ReferralState(View):
    """How far the referral of a match is."""

    referral_id: str
    state: str


class Match(View):
    """A vacancy that suits a jobseeker."""

    match_id: str
    jobseeker_id: str
    vacancy: MatchVacancy
    score: int
    rank: int
    parts: list[Part]
    proposed_at: datetime
    referral: ReferralState | None = None


class Candidate(View):
    """Somebody a vacancy suits, without a name."""

    jobseeker_id: str
    score: int
    parts: list[Part]
    proposed_at: datetime | None = None
    referral: ReferralState | None = None
