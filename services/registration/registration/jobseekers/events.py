"""What jobseekers promise. No name, no address, no number: ids and what matching needs."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict

from ieum.messaging import Event
from registration.reference.terms import Education, EmploymentType

StopReason = Literal["employed", "withdrawn", "expired"]


class _JobseekerState(Event):
    model_config = ConfigDict(use_attribute_docstrings=True)

    centre_code: str
    started_on: date
    """First day of the registration period, in Seoul."""
    wished_occupations: list[str]
    """Entries of the occupation menu; a heading covers what stands under it, not what begins like it."""
    wished_regions: list[str]
    """5 digits; XX000 a whole 시·도, 00000 anywhere."""
    wage_floor: int | None
    """KRW an hour."""
    employment_types: list[EmploymentType]
    """Empty: any."""
    weekly_hours_min: int | None
    weekly_hours_max: int | None
    career_years: int
    education: Education
    visible: bool
    """Whether employers may see this jobseeker; never without consent to matching."""
    matching_consent: bool


class JobseekerRegistered(_JobseekerState, topic="registration.jobseeker.v1"):
    """Somebody registered, for the first time or again: a period began. The aggregate is the jobseeker."""


class JobseekerResumed(_JobseekerState, topic="registration.jobseeker.v1"):
    """The registration goes on: the placement that had ended it did not hold. Nobody registered anew."""


class JobseekerChanged(_JobseekerState, topic="registration.jobseeker.v1"):
    """The registration is now this; `changed` names the fields that differ from before."""

    changed: list[str]


class JobseekerStopped(Event, topic="registration.jobseeker.v1"):
    """The registration period ended."""

    centre_code: str
    stopped_on: date
    reason: StopReason
