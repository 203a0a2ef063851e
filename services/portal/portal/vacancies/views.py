"""What the pages need of a vacancy."""

from datetime import date, datetime

from portal.services import View


class Vacancy(View):
    """A vacancy with its terms and state."""

    vacancy_id: str
    employer_id: str
    employer_name: str | None = None
    title: str
    occupation_code: str
    occupation_name: str | None = None
    region_code: str
    region_name: str | None = None
    centre_code: str | None = None
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
    hired: int | None = None
    source: str | None = None
    opened_at: datetime | None = None
