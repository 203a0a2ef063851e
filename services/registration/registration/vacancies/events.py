"""What registration promises about vacancies, on registration.vacancy.v1, keyed by vacancy id."""

from datetime import date
from typing import Annotated, get_args

from pydantic import Field

from ieum.messaging import Event
from registration.reference.terms import Career, Education, EmploymentType, PayType
from registration.vacancies.rules import Source, ToldReason

_Reason = Annotated[str, Field(description=f"Today one of {', '.join(get_args(ToldReason))}; more may come")]


class _Vacancy(Event, topic="registration.vacancy.v1"):
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
    source: Source


class VacancyOpened(_Vacancy):
    """A vacancy can be applied for. Pay is KRW per `pay_type`, `hourly_pay` per hour; `closes_on` is its last day."""


class VacancyChanged(_Vacancy):
    """The terms of a vacancy changed: its whole state as it is now, and the names of what differs from before."""

    changed: list[str]


class _Moved(Event, topic="registration.vacancy.v1"):
    centre_code: str
    openings: int


class VacancyPaused(_Moved):
    """A vacancy takes no applicants for now. A reason in own words is "other" and stays where it was written."""

    reason: _Reason


class VacancyResumed(_Moved):
    """A vacancy takes applicants again: after a pause, a reversed placement or a new closing day."""


class VacancyFilled(_Moved):
    """All openings of a vacancy are taken."""


class VacancyClosed(_Moved):
    """A vacancy was given up. A reason in own words is "other" and stays where it was written."""

    reason: _Reason


class VacancyExpired(_Moved):
    """The closing day of a vacancy is over."""

    closes_on: date
