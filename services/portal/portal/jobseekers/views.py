"""What the pages need of a registration."""

from datetime import date, datetime

from pydantic import Field

from portal.services import View


class Wishes(View):
    """What somebody seeks."""

    occupations: list[str]
    regions: list[str]
    wage_floor: int | None = None
    employment_types: list[str] = Field(default_factory=list)
    weekly_hours_min: int | None = None
    weekly_hours_max: int | None = None


class Period(View):
    """A registration period; it runs while it has no end."""

    started_on: date
    stopped_on: date | None = None
    reason: str | None = None


class PersonDetails(View):
    """Who somebody is and how to reach them."""

    name: str
    email: str | None = None
    phone: str | None = None
    birth_year: int | None = None
    language: str = "ko"


class Jobseeker(View):
    """A jobseeker without name and address."""

    jobseeker_id: str
    name_masked: str
    centre_code: str
    centre_name: str
    state: str
    period: Period
    wishes: Wishes
    career_years: int
    education: str
    visible: bool
    matching_consent: bool
    changed_at: datetime

    @property
    def is_registered(self) -> bool:
        """Whether the person is seeking work now."""
        return self.state == "registered"


class Record(Jobseeker):
    """The whole record, for the person and, logged, for the centre's staff."""

    person: PersonDetails
    periods: list[Period] = Field(default_factory=list)
