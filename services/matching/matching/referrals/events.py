"""What referrals promise: made, answered, withdrawn."""

from typing import Literal, get_args

from pydantic import Field

from ieum.messaging import Event

Answer = Literal["interview", "declined", "hired"]
AnswerReason = Literal["skills", "experience", "conditions", "position_filled", "no_show", "other"]
WithdrawalReason = Literal["jobseeker_stopped", "jobseeker_asked", "made_in_error", "other"]


class _ReferralTold(Event):
    """Whom a referral brings together. The centre is the jobseeker's."""

    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    centre_code: str
    counsellor_id: str


class ReferralMade(_ReferralTold, topic="matching.referral.v1"):
    """A counsellor put a jobseeker forward to a vacancy."""


class ReferralAnswered(_ReferralTold, topic="matching.referral.v1"):
    """
    The employer answered: invited to an interview, declined, or hired (then a PlacementRecorded goes with it).

    The reason is one of a list; what the employer wrote in words of their own is "other" and stays where it was
    written, since it may be about a person.
    """

    answer: Answer
    reason: str | None = Field(description=f"Today one of {', '.join(get_args(AnswerReason))}; more may come")


class ReferralWithdrawn(_ReferralTold, topic="matching.referral.v1"):
    """A referral was taken back before it was settled. Reasons in own words are "other"."""

    reason: str = Field(description=f"Today one of {', '.join(get_args(WithdrawalReason))}; more may come")
