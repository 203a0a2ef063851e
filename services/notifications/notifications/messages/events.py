"""What this service hears: narrow views of matching's events, only the fields that a message needs."""

from datetime import date
from typing import Literal

from ieum.messaging import Event

Answer = Literal["interview", "declined", "hired"]


class MatchProposed(Event, topic="matching.match.v1"):
    """A vacancy suits a jobseeker; the same match may be proposed again. The aggregate is the match."""

    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    centre_code: str
    employer_name: str
    title: str
    score: int


class ReferralMade(Event, topic="matching.referral.v1"):
    """A counsellor put a jobseeker forward to a vacancy. The aggregate is the referral."""

    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    centre_code: str
    counsellor_id: str


class ReferralAnswered(Event, topic="matching.referral.v1"):
    """The employer answered."""

    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    centre_code: str
    counsellor_id: str
    answer: Answer


class PlacementRecorded(Event, topic="matching.placement.v1"):
    """A hire was recorded. The aggregate is the placement."""

    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    centre_code: str
    hired_on: date


class PlacementReversed(Event, topic="matching.placement.v1"):
    """A recorded hire was taken back."""

    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    centre_code: str
    hired_on: date
