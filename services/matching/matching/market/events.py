"""What is heard of vacancies and jobseekers: registration's events, narrowed to what matching needs."""

from datetime import date
from typing import Final

from ieum.messaging import Event
from matching.market.facts import Career, Education, EmploymentType, PayType, StopReason

CONSUMER: Final = "matching.recommendations"
"""The consumer group that hears all of it."""


class _VacancyTold(Event):
    """A vacancy in full."""

    employer_id: str
    employer_name: str
    centre_code: str
    title: str
    occupation_code: str
    occupation_name: str
    region_code: str
    region_name: str
    openings: int
    pay_type: PayType
    pay_min: int | None
    pay_max: int | None
    hourly_pay: int | None
    employment_type: EmploymentType
    weekly_hours: int | None
    career: Career
    education: Education
    closes_on: date | None


class VacancyOpened(_VacancyTold, topic="registration.vacancy.v1"):
    """A vacancy can be applied for."""


class VacancyChanged(_VacancyTold, topic="registration.vacancy.v1"):
    """A vacancy now reads so; whether it is open did not change."""


class VacancyPaused(Event, topic="registration.vacancy.v1"):
    """A vacancy cannot be applied for until it is resumed."""


class VacancyResumed(Event, topic="registration.vacancy.v1"):
    """A vacancy that was paused or filled can be applied for again."""


class VacancyFilled(Event, topic="registration.vacancy.v1"):
    """As many were hired as were wanted."""


class VacancyClosed(Event, topic="registration.vacancy.v1"):
    """A vacancy was given up by its employer or by staff."""


class VacancyExpired(Event, topic="registration.vacancy.v1"):
    """A vacancy's last day has passed."""


class _JobseekerTold(Event):
    """A jobseeker's wishes in full."""

    centre_code: str
    started_on: date
    wished_occupations: list[str]
    wished_regions: list[str]
    wage_floor: int | None
    employment_types: list[EmploymentType]
    weekly_hours_min: int | None
    weekly_hours_max: int | None
    career_years: int
    education: Education
    visible: bool
    matching_consent: bool


class JobseekerRegistered(_JobseekerTold, topic="registration.jobseeker.v1"):
    """A registration period began."""


class JobseekerResumed(_JobseekerTold, topic="registration.jobseeker.v1"):
    """A registration that a placement had ended goes on."""


class JobseekerChanged(_JobseekerTold, topic="registration.jobseeker.v1"):
    """A registered jobseeker's wishes now read so."""


class JobseekerStopped(Event, topic="registration.jobseeker.v1"):
    """A registration period ended."""

    stopped_on: date
    reason: StopReason


VacancyEvent = (
    VacancyOpened | VacancyChanged | VacancyPaused | VacancyResumed | VacancyFilled | VacancyClosed | VacancyExpired
)
JobseekerEvent = JobseekerRegistered | JobseekerResumed | JobseekerChanged | JobseekerStopped
