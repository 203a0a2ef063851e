"""What comes in and goes out over HTTP about a vacancy."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from ieum.http import Day, Text
from registration.reference.codes import occupation_name, region_name
from registration.text.typed import Typed
from registration.vacancies.rules import REASON_LENGTH, Terms, ToldReason, hourly_pay
from registration.vacancies.vacancy import Vacancy


class TermsForm(BaseModel):
    """What is offered. Which values are allowed is said by the rules of the capability, all faults at once."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    title: Text
    occupation_code: str = Field(max_length=10, description="Six digits of the occupation list")
    region_code: str = Field(max_length=10, description="Where the work is")
    openings: StrictInt = 1
    pay_type: str = Field(max_length=40, description="hour, day, month or year")
    pay_min: StrictInt | None = Field(None, description="KRW per pay_type; null: to be agreed")
    pay_max: StrictInt | None = None
    employment_type: str = Field(max_length=40)
    weekly_hours: StrictInt | None = None
    career: str = Field("any", max_length=40, description="new, experienced or any")
    education: str = Field("00", max_length=10, description="00 (any) to 07")
    closes_on: Day | None = Field(None, description="Last day, Asia/Seoul; null: until filled")

    def terms(self) -> Terms:
        """The form as the rules read it."""
        return Terms(*(getattr(self, name) for name in Terms._fields))


class VacancyForm(TermsForm):
    """A vacancy to be opened."""

    employer_id: UUID


class ReasonForm(BaseModel):
    """Why a vacancy is paused or closed: a word of the list, or own words, which stay with the vacancy here."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: (
        Annotated[
            Typed,
            Field(max_length=REASON_LENGTH, description=f"{', '.join(get_args(ToldReason))}, or own words"),
        ]
        | None
    ) = None


class VacancyView(BaseModel):
    """A vacancy with its terms and state."""

    vacancy_id: UUID
    version: int
    employer_id: UUID
    employer_name: str
    centre_code: str
    title: str
    occupation_code: str
    occupation_name: str
    region_code: str
    region_name: str
    openings: int
    pay_type: str
    pay_min: int | None
    pay_max: int | None
    hourly_pay: int | None = Field(description="KRW an hour, of pay_min")
    employment_type: str
    weekly_hours: int | None
    career: str
    education: str
    closes_on: date | None
    hired: int = Field(description="Placements that stand")
    status: str
    status_reason: str | None
    source: str
    source_url: str | None = Field(description="Where an imported vacancy was published")
    posted_on: date
    opened_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, vacancy: Vacancy, hires: Mapping[str, int]) -> "VacancyView":
        """The view of a row and of the hires counted by vacancy."""
        terms = vacancy.terms
        return cls(
            vacancy_id=vacancy.vacancy_id,
            version=vacancy.version,
            employer_id=vacancy.employer_id,
            employer_name=vacancy.employer_name,
            centre_code=vacancy.centre_code,
            **terms._asdict(),
            occupation_name=occupation_name(terms.occupation_code),
            region_name=region_name(terms.region_code),
            hourly_pay=hourly_pay(terms),
            hired=hires.get(str(vacancy.vacancy_id), 0),
            status=vacancy.status,
            status_reason=vacancy.status_reason,
            source=vacancy.source,
            source_url=vacancy.source_url,
            posted_on=vacancy.posted_on,
            opened_at=vacancy.registered_at,
            changed_at=vacancy.changed_at,
        )
