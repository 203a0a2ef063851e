"""What comes in and goes out over HTTP about people and their posts."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ieum.http import BrokenRule, Day
from registration.people.calendar import Appointment

StaffRole = Literal["counsellor", "director", "regional", "ministry", "operator"]
PLACE_OF: dict[str, str | None] = {
    "counsellor": "centre_code",
    "director": "centre_code",
    "regional": "regional_office_code",
    "ministry": None,
    "operator": None,
    "employer": "employer_id",
}
"""The field that says where somebody of a role belongs."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _Placed(_Form):
    role: str
    centre_code: str | None = Field(None, max_length=10)
    regional_office_code: str | None = Field(None, max_length=10)

    @model_validator(mode="after")
    def _belongs_somewhere(self) -> Self:
        for field in ("centre_code", "regional_office_code", "employer_id"):
            wanted = PLACE_OF[self.role] == field
            given = getattr(self, field, None) is not None
            if wanted and not given:
                raise BrokenRule(
                    f"{self.role} needs {field}", f"{self.role} 역할에는 {field} 항목이 필요합니다.", field=field
                )
            if given and not wanted:
                raise BrokenRule(
                    f"{self.role} takes no {field}", f"{self.role} 역할에는 {field} 항목이 없습니다.", field=field
                )
        return self


class NewPerson(_Placed):
    """Somebody who works here, or acts for an employer. Jobseekers come by way of their registration."""

    name: str = Field(max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=40)
    language: Literal["ko", "en"] = "ko"
    role: Literal["counsellor", "director", "regional", "ministry", "operator", "employer"]
    employer_id: UUID | None = None
    starts_on: Day | None = Field(None, description="First day of the post; today where it is left out")


class NewAppointment(_Placed):
    """A move: the post held until then ends the day before."""

    role: StaffRole
    starts_on: Day


class Departure(_Form):
    """Somebody leaves: `ends_on` is the first day without the post, or without acting for the employer."""

    ends_on: Day


class AppointmentView(BaseModel):
    """A post, until the day before `ends_on`."""

    role: StaffRole
    centre_code: str | None
    regional_office_code: str | None
    starts_on: date
    ends_on: date | None

    @classmethod
    def of(cls, post: Appointment) -> Self:
        """The post as shown."""
        return cls.model_validate(
            {
                "role": post.role,
                "centre_code": post.centre_code,
                "regional_office_code": post.regional_office_code,
                "starts_on": post.starts_on,
                "ends_on": post.ends_on,
            }
        )


class NewPersonView(BaseModel):
    """Somebody who was taken in; the name is masked because answers to repeated requests are kept."""

    person_id: UUID
    name_masked: str
    role: str
    attributes: dict[str, str]


class StaffView(BaseModel):
    """A member of staff and their posts, the first first."""

    person_id: UUID
    name: str
    appointments: list[AppointmentView]


class AppointmentsView(BaseModel):
    """Somebody's posts after a change."""

    person_id: UUID
    appointments: list[AppointmentView]
    employer_ends_on: date | None = Field(None, description="First day on which an employer's person acts no more")


class SignIn(BaseModel):
    """Somebody the demo may sign in as: what a token for them says, and what to show."""

    person_id: UUID
    name: str
    role: str
    attributes: dict[str, str]


class Standing(BaseModel):
    """A role somebody holds today, and what a token in it says: the centre, regional office or employer."""

    role: str
    attributes: dict[str, str]


class StandingsView(BaseModel):
    """All roles somebody holds today; none for who has left, and for who never was known."""

    standings: list[Standing]
