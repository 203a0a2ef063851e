"""What recommendations promise about matches."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from ieum.messaging import Event


class ScorePart(BaseModel):
    """What one part of the rule gives, of the most it can give."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="Today one of occupation, region, pay, employment, hours, career, education")
    points: int = Field(ge=0)
    of: int = Field(gt=0)


class MatchProposed(Event, topic="matching.match.v1"):
    """
    A vacancy came among a jobseeker's best ten, or its score there moved by ten points or more since it was last told.

    The points of the parts sum to the score. The rank (1 is best) is that of the moment; it moves without being told.
    """

    jobseeker_id: str
    vacancy_id: str
    centre_code: str
    employer_id: str
    employer_name: str
    title: str
    score: int = Field(ge=0, le=100)
    rank: int = Field(ge=1)
    parts: list[ScorePart]


WithdrawalReason = Literal[
    "vacancy_paused",
    "vacancy_filled",
    "vacancy_closed",
    "vacancy_expired",
    "vacancy_changed",
    "jobseeker_changed",
    "jobseeker_stopped",
    "consent_withdrawn",
    "outranked",
    "rule_changed",
    "recomputed",
]


class MatchWithdrawn(Event, topic="matching.match.v1"):
    """A vacancy is no longer among a jobseeker's best ten."""

    jobseeker_id: str
    vacancy_id: str
    reason: str = Field(description=f"Today one of {', '.join(get_args(WithdrawalReason))}; more may come")
