"""An employer as a value: what is kept of one, and what is needed for a new one; pure."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Employer(NamedTuple):
    """A row of `employer`."""

    employer_id: UUID
    version: int
    business_number: str | None
    name: str
    region_code: str
    centre_code: str
    industry: str | None
    source: str
    registered_at: datetime


class NewEmployer(NamedTuple):
    """What is needed to insert one."""

    employer_id: UUID
    business_number: str | None
    name: str
    region_code: str
    centre_code: str
    industry: str | None
    source: str
