"""What matching knows of a vacancy and of a jobseeker: built from events, read by the rules, never changed in place."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, Protocol

VacancyStatus = Literal["open", "paused", "filled", "closed", "expired"]
PayType = Literal["hour", "day", "month", "year"]
EmploymentType = Literal["regular", "regular_part_time", "fixed_term", "fixed_term_part_time", "dispatch", "substitute"]
Career = Literal["new", "experienced", "any"]
Education = Literal["00", "01", "02", "03", "04", "05", "06", "07"]
StopReason = Literal["employed", "withdrawn", "expired"]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """
    A vacancy as its employer last told it.

    `hourly_pay` is the least it pays, in KRW an hour; None where the offer does not say. `weekly_hours` likewise.
    `education` is the least level asked for, 00 (none) to 07 (doctorate). `region_code` is a code in use today.
    """

    vacancy_id: str
    status: VacancyStatus
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

    @property
    def is_open(self) -> bool:
        """Whether it can be applied for."""
        return self.status == "open"


class Offer(Protocol):
    """What the rule looks at of a vacancy."""

    @property
    def vacancy_id(self) -> str:
        """Which vacancy."""

    @property
    def is_open(self) -> bool:
        """Whether it can be applied for."""

    @property
    def occupation_code(self) -> str:
        """The occupation, or the group or field of a vague offer."""

    @property
    def region_code(self) -> str:
        """Where the work is."""

    @property
    def hourly_pay(self) -> int | None:
        """KRW an hour at the least; None when not told."""

    @property
    def employment_type(self) -> EmploymentType:
        """The form of employment."""

    @property
    def weekly_hours(self) -> int | None:
        """None when not told."""

    @property
    def career(self) -> Career:
        """Whether experience is asked for."""

    @property
    def education(self) -> Education:
        """The least level asked for."""


class OpenOffer(NamedTuple):
    """An open vacancy without what only people read: many are looked through to find ten."""

    vacancy_id: str
    occupation_code: str
    region_code: str
    hourly_pay: int | None
    employment_type: EmploymentType
    weekly_hours: int | None
    career: Career
    education: Education

    @property
    def is_open(self) -> bool:
        """Always."""
        return True


@dataclass(frozen=True, slots=True)
class Jobseeker:
    """
    A jobseeker's wishes and what they bring, without anything that names them.

    `wage_floor` is in KRW an hour, None where none was named; empty `employment_types` mean any. `education` 00 means
    that none was told. `visible`: employers may see the profile. `stopped_on` ends the registration period.
    """

    jobseeker_id: str
    centre_code: str
    started_on: date
    wished_occupations: tuple[str, ...]
    wished_regions: tuple[str, ...]
    wage_floor: int | None
    employment_types: tuple[EmploymentType, ...]
    weekly_hours_min: int | None
    weekly_hours_max: int | None
    career_years: int
    education: Education
    visible: bool
    matching_consent: bool
    stopped_on: date | None
    stop_reason: StopReason | None

    @property
    def is_matched(self) -> bool:
        """Whether vacancies are looked for: registered and consenting."""
        return self.stopped_on is None and self.matching_consent
