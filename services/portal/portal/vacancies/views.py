"""What the pages need of a vacancy."""

from datetime import date, datetime

from portal.services import View


class Vacancy(View):
    """A vacancy with its terms and state."""

    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    occupation_code: str
    occupation_name: str
    region_code: str
    region_name: str
    centre_code: str
    openings: int
    pay_type: str
    pay_min: int | None = None
    pay_max: int | None = None
    employment_type: str
    weekly_hours: int | None = None
    career: str
    education: str
    closes_on: date | None = None
    status: str
    status_reason: str | None = None
    source: str
    opened_at: datetime
