"""What comes in and goes out over HTTP about an employer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ieum.http import Text
from registration.employers.employer import Employer
from registration.reference.codes import region_name


class EmployerForm(BaseModel):
    """An employer to be registered."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    business_number: str = Field(max_length=20, description="사업자등록번호, with or without hyphens")
    name: Text
    region_code: str = Field(max_length=10, description="Where its seat is")
    industry: Text | None = None


class EmployerView(BaseModel):
    """An employer; company names and business numbers are public."""

    employer_id: UUID
    version: int
    business_number: str | None = Field(description="Ten digits; null for an imported employer that told none")
    name: str
    region_code: str
    region_name: str
    centre_code: str
    industry: str | None
    source: str
    registered_at: datetime

    @classmethod
    def of(cls, employer: Employer) -> "EmployerView":
        """The view of a row."""
        return cls(**employer._asdict(), region_name=region_name(employer.region_code))
