"""A referral as it is kept, and the events that tell of it."""

from dataclasses import dataclass
from datetime import datetime

from matching.referrals.events import Answer, ReferralAnswered, ReferralMade, ReferralWithdrawn
from matching.referrals.rules import Consent, State, told_answer_reason, told_withdrawal_reason


@dataclass(frozen=True, slots=True)
class Referral:
    """A jobseeker put forward to a vacancy; employer and title as they were then, the centre the jobseeker's now."""

    referral_id: str
    version: int
    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    centre_code: str
    counsellor_id: str
    consent: Consent
    state: State
    reason: str | None
    made_at: datetime
    changed_at: datetime
    made_by_centre: str | None
    """The centre that made it, once the jobseeker has moved; None before."""

    def made(self) -> ReferralMade:
        """The event of its making."""
        return ReferralMade(**self._told())

    def answered(self, answer: Answer) -> ReferralAnswered:
        """The event of an answer with the reason it has now."""
        return ReferralAnswered(**self._told(), answer=answer, reason=told_answer_reason(self.reason))

    def withdrawn(self) -> ReferralWithdrawn:
        """The event of its withdrawal with the reason it has now."""
        return ReferralWithdrawn(**self._told(), reason=told_withdrawal_reason(self.reason or "other"))

    def _told(self) -> dict[str, str]:
        return {
            "jobseeker_id": self.jobseeker_id,
            "vacancy_id": self.vacancy_id,
            "employer_id": self.employer_id,
            "employer_name": self.employer_name,
            "title": self.title,
            "centre_code": self.centre_code,
            "counsellor_id": self.counsellor_id,
        }
