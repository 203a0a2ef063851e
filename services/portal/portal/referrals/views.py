"""What the pages need of a referral."""

from datetime import datetime

from portal.services import View


class Referral(View):
    """A jobseeker put forward to a vacancy."""

    referral_id: str
    jobseeker_id: str
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    centre_code: str
    state: str
    reason: str | None = None
    made_at: datetime
    changed_at: datetime
    placement_id: str | None = None
    placement_reversed_at: datetime | None = None
    shows_candidate: bool

    @property
    def is_unsettled(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in ("made", "interview")

    @property
    def shown_state(self) -> str:
        """The state, unless the hire it ended with was taken back."""
        return "taken_back" if self.placement_reversed_at else self.state


class Candidate(View):
    """Who was put forward, and how to reach them."""

    name: str
    email: str | None = None
    phone: str | None = None


class Vacancy(View):
    """The vacancy that somebody is about to be put forward to."""

    title: str
    employer_name: str
