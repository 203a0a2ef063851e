"""What the clients were promised: every aggregate as the acknowledged commands have left it. Nothing but their word."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Employer:
    """A firm. `employer_id` is empty until its registration is acknowledged."""

    business_number: str
    employer_id: str = ""


@dataclass(slots=True)
class Vacancy:
    """A vacancy of an employer; nobody but one client changes it. `said`: events that its commands owe."""

    title: str
    employer_id: str
    vacancy_id: str = ""
    version: int = 0
    pay_min: int = 0
    openings: int = 1
    status: str = "open"
    said: int = 1
    hired: bool = False
    reversed: bool = False
    sure: bool = True


@dataclass(slots=True)
class Jobseeker:
    """Somebody registered."""

    jobseeker_id: str
    version: int
    wage_floor: int
    stopped: bool = False
    preferences: bool = False
    sure: bool = True


@dataclass(slots=True)
class Referral:
    """A jobseeker put forward, the answers in their order, and what a hire made of it."""

    referral_id: str
    jobseeker: Jobseeker
    vacancy: Vacancy
    counsellor_id: str
    state: str = "made"
    answers: list[str] = field(default_factory=list)
    placement_id: str = ""
    reversed: bool = False
    sure: bool = True


@dataclass(slots=True)
class Books:
    """Everything acknowledged so far. `sure` False: a command about it has no known outcome, so nothing is owed."""

    employers: list[Employer] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    jobseekers: list[Jobseeker] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    read: set[tuple[str, int]] = field(default_factory=set)
    """(recipient, number) of messages marked as read."""
    strangers: int = 0
    """Registrations, openings and referrals without a known outcome: so many more may be there."""
