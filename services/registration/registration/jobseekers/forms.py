"""What comes in and goes out over HTTP about a jobseeker."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registration.jobseekers.events import StopReason
from registration.jobseekers.jobseeker import Jobseeker, Period
from registration.jobseekers.registering import Request
from registration.jobseekers.rules import Application
from registration.jobseekers.store import Refusal
from registration.people.person import Person
from registration.reference import codes


class _Form(BaseModel):
    # What is not asked for is refused and not dropped: nobody should think it was kept, a resident number least of all.
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class PersonForm(_Form):
    """Who somebody is and how they are reached; an e-mail address or a phone number is needed."""

    name: str = Field(max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=40)
    birth_year: int | None = None
    language: Literal["ko", "en"] = "ko"


class WishesForm(_Form):
    """What somebody looks for; an empty list of employment types means any, an absent number means no bound."""

    occupations: list[str] = Field(max_length=50, description="Codes of the occupation menu, any level")
    regions: list[str] = Field(max_length=50, description="Region codes; XX000 a whole 시·도, 00000 anywhere")
    wage_floor: int | None = Field(None, description="KRW an hour")
    employment_types: list[str] = Field(default_factory=list, max_length=50)
    weekly_hours_min: int | None = None
    weekly_hours_max: int | None = None


class JobseekerForm(_Form):
    """A registration, new or to be put in place of the present one."""

    person: PersonForm
    centre_code: str = Field(max_length=10)
    wishes: WishesForm
    career_years: int = 0
    education: str = Field("00", max_length=10)
    visible: bool = Field(False, description="May employers see it; only together with consent to matching")
    matching_consent: bool = False

    def request(self) -> Request:
        """The form as the rules read it."""
        return Request(
            application=Application(
                name=self.person.name,
                email=self.person.email,
                phone=self.person.phone,
                birth_year=self.person.birth_year,
                language=self.person.language,
                centre_code=self.centre_code,
                occupations=self.wishes.occupations,
                regions=self.wishes.regions,
                wage_floor=self.wishes.wage_floor,
                employment_types=self.wishes.employment_types,
                weekly_hours_min=self.wishes.weekly_hours_min,
                weekly_hours_max=self.wishes.weekly_hours_max,
                career_years=self.career_years,
                education=self.education,
            ),
            visible=self.visible,
            matching_consent=self.matching_consent,
        )


class StopForm(_Form):
    """Why a registration ends."""

    reason: StopReason


class PeriodView(BaseModel):
    """A registration period; open while `stopped_on` is null. Days are Seoul's."""

    number: int
    started_on: date
    stopped_on: date | None
    reason: StopReason | None

    @classmethod
    def of(cls, period: Period) -> Self:
        """The period as shown."""
        return cls.model_validate(
            {"number": period.number, "started_on": period.started_on, "stopped_on": period.stopped_on,
             "reason": period.reason}
        )  # fmt: skip


class WishesView(BaseModel):
    """What somebody looks for."""

    occupations: list[str]
    regions: list[str]
    wage_floor: int | None
    employment_types: list[str]
    weekly_hours_min: int | None
    weekly_hours_max: int | None


class JobseekerView(BaseModel):
    """A jobseeker without name and address: what lists show and what a change answers."""

    jobseeker_id: UUID
    version: int
    name_masked: str
    centre_code: str
    centre_name: str
    state: Literal["registered", "stopped"]
    period: PeriodView
    wishes: WishesView
    career_years: int
    education: str
    visible: bool
    matching_consent: bool
    rules_version: str
    changed_at: datetime

    @classmethod
    def of(cls, jobseeker: Jobseeker, name_masked: str, **more: object) -> Self:
        """The jobseeker as shown."""
        wishes = jobseeker.wishes
        return cls.model_validate(
            {
                "jobseeker_id": jobseeker.jobseeker_id,
                "version": jobseeker.version,
                "name_masked": name_masked,
                "centre_code": jobseeker.centre_code,
                "centre_name": codes.CENTRES[jobseeker.centre_code].name,
                "state": "registered" if jobseeker.period.is_open else "stopped",
                "period": PeriodView.of(jobseeker.period),
                "wishes": WishesView(
                    occupations=wishes.wished_occupations,
                    regions=wishes.wished_regions,
                    wage_floor=wishes.wage_floor,
                    employment_types=wishes.employment_types,
                    weekly_hours_min=wishes.weekly_hours_min,
                    weekly_hours_max=wishes.weekly_hours_max,
                ),
                "career_years": wishes.career_years,
                "education": wishes.education,
                "visible": wishes.visible,
                "matching_consent": jobseeker.consented_at is not None,
                "rules_version": jobseeker.rules_version,
                "changed_at": jobseeker.changed_at,
                **more,
            }
        )


class PersonView(BaseModel):
    """Who somebody is and how they are reached."""

    name: str
    email: str | None
    phone: str | None
    birth_year: int | None
    language: str

    @classmethod
    def of(cls, person: Person) -> Self:
        """The person as shown to whoever may see them."""
        return cls(
            name=person.name,
            email=person.email,
            phone=person.phone,
            birth_year=person.birth_year,
            language=person.language,
        )


class JobseekerRecord(JobseekerView):
    """A jobseeker's whole record. Showing it is a look, and is kept."""

    person: PersonView
    periods: list[PeriodView]
    consented_at: datetime | None


class ReasonView(BaseModel):
    """A rule that was broken, and the field it is about."""

    field: str
    rule: str
    ko: str


class RefusalView(BaseModel):
    """Why somebody was not admitted, by which edition of the rules; not who, and not what was entered."""

    refusal_id: UUID
    refused_at: datetime
    rules_version: str
    centre_code: str | None
    on_behalf: bool
    change: bool
    reasons: list[ReasonView]

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """The refusal as shown."""
        return cls(
            refusal_id=refusal.refusal_id,
            refused_at=refusal.refused_at,
            rules_version=refusal.rules_version,
            centre_code=refusal.centre_code,
            on_behalf=refusal.on_behalf,
            change=refusal.change,
            reasons=[ReasonView(field=r.field, rule=r.rule, ko=r.ko) for r in refusal.reasons],
        )
