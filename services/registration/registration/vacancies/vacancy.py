"""A vacancy as a value: what is kept of one, what is needed for a new one, what one becomes; pure."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from registration.vacancies.rules import Terms


class Vacancy(NamedTuple):
    """A row of `vacancy` with its employer's name."""

    vacancy_id: UUID
    employer_id: UUID
    employer_name: str
    version: int
    centre_code: str
    terms: Terms
    status: str
    status_reason: str | None
    source: str
    source_reference: str | None
    source_url: str | None
    source_modified_at: datetime | None
    source_digest: bytes | None
    posted_on: date
    is_announced: bool
    registered_at: datetime
    changed_at: datetime


class NewVacancy(NamedTuple):
    """What is needed to insert one."""

    vacancy_id: UUID
    employer_id: UUID
    centre_code: str
    terms: Terms
    status: str
    source: str
    source_reference: str | None = None
    source_url: str | None = None
    source_modified_at: datetime | None = None
    source_digest: bytes | None = None
    posted_on: date | None = None
    """None: the day of the insert, Asia/Seoul."""


class NewState(NamedTuple):
    """What a vacancy becomes; the version moves on by one."""

    vacancy_id: UUID
    employer_id: UUID
    centre_code: str
    terms: Terms
    status: str
    status_reason: str | None
    source_url: str | None
    source_modified_at: datetime | None
    source_digest: bytes | None
    posted_on: date
    is_announced: bool
