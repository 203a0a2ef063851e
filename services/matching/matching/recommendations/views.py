"""What HTTP shows of matches, and of the parts of a score."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from matching.market.facts import EmploymentType, PayType, Vacancy, VacancyStatus
from matching.recommendations import rules
from matching.recommendations.rules import Verdict
from matching.recommendations.words import Side, explain
from matching.referrals.views import StandingReferral


class TextView(BaseModel):
    """The same text in both languages."""

    ko: str
    en: str


class PartView(BaseModel):
    """One part of a score, and why it got its points, in words for the reader's side."""

    name: str
    points: int
    of: int = Field(description="The most this part can give; together 100")
    text: TextView


class MatchedVacancyView(BaseModel):
    """A vacancy as a match shows it."""

    vacancy_id: str
    title: str
    employer_id: str
    employer_name: str
    occupation_name: str
    region_name: str
    pay_type: PayType
    pay_min: int | None
    pay_max: int | None
    employment_type: EmploymentType
    closes_on: date | None
    status: VacancyStatus

    @classmethod
    def of(cls, vacancy: Vacancy) -> "MatchedVacancyView":
        """The view of a vacancy."""
        return cls.model_validate(vacancy, from_attributes=True)


class MatchView(BaseModel):
    """A vacancy that is among a jobseeker's best ten."""

    match_id: str
    jobseeker_id: str
    vacancy: MatchedVacancyView
    score: int = Field(description="The sum of the parts, 0 to 100")
    rank: int = Field(description="1 is best")
    parts: list[PartView]
    proposed_at: datetime
    referral: StandingReferral | None


def parts_of(verdict: Verdict, vacancy: Vacancy, side: Side) -> list[PartView]:
    """The parts of a verdict in words."""
    return [
        PartView(
            name=found.part,
            points=found.points,
            of=rules.OF[found.part],
            text=TextView.model_validate(explain(found, vacancy, side), from_attributes=True),
        )
        for found in verdict
    ]
