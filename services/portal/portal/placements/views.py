"""What the pages need of a placement."""

from datetime import date, datetime

from portal.services import View


class Placement(View):
    """A hire, and whether it was taken back."""

    placement_id: str
    jobseeker_id: str
    vacancy_id: str
    employer_name: str
    title: str
    centre_code: str
    source: str
    referral_id: str | None = None
    hired_on: date
    recorded_at: datetime
    reversed_at: datetime | None = None
    reason: str | None = None
