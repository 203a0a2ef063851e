"""Settings of the service under test, people to act as, and what the service has said."""

import base64
import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from ieum.database import Database
from ieum.testing.client import Tokens
from registration.employers.employer import NewEmployer
from registration.employers.store import save_new_employers
from registration.people import store as people
from registration.people.calendar import Appointment
from registration.people.person import Person, seal
from registration.people.sealing import Sealing

DATA_KEY = base64.b64encode(bytes(range(32))).decode()
UIJEONGBU = "15152"


@pytest.fixture
def service_settings() -> dict[str, Any]:
    """A data key of the tests' own."""
    return {"data_key": DATA_KEY}


@pytest.fixture
def sealing() -> Sealing:
    """The sealing of the service under test."""
    return Sealing(DATA_KEY)


@pytest.fixture
def told(database: Database) -> Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]:
    """Everything in the outbox: type, aggregate id, version, body; oldest first."""

    async def read() -> list[tuple[str, str, int, dict[str, Any]]]:
        async with database.reading() as tx:
            rows = await tx.fetch("SELECT type, aggregate_id, aggregate_version, body FROM outbox ORDER BY id")
        return [(row["type"], row["aggregate_id"], row["aggregate_version"], json.loads(row["body"])) for row in rows]

    return read


@pytest.fixture
def appointed(database: Database, sealing: Sealing, tokens: Tokens) -> Callable[..., Awaitable[dict[str, str]]]:
    """Takes in a member of staff and returns their headers: `await appointed("counsellor", "15152")`."""

    async def appoint(
        role: str,
        centre_code: str = UIJEONGBU,
        starts_on: date = date(2020, 1, 1),
        ends_on: date | None = None,
        person_id: UUID | None = None,
    ) -> dict[str, str]:
        person = Person(person_id or uuid4(), "김상담", "staff@example.com", None, None, "ko")
        async with database.transaction() as tx:
            if await people.find_person(tx, person.person_id) is None:
                await people.save_person(tx, seal(person, sealing))
            post = Appointment(person.person_id, role, centre_code, None, starts_on, ends_on)
            await people.save_appointment(tx, post)
        return tokens(role, str(person.person_id), centre_code=centre_code)

    return appoint


_FORM: dict[str, Any] = {
    "person": {
        "name": "홍길동",
        "email": "hong@example.com",
        "phone": "010-1234-5678",
        "birth_year": 1990,
        "language": "ko",
    },
    "centre_code": UIJEONGBU,
    "wishes": {
        "occupations": ["012201", "01A"],
        "regions": ["41150"],
        "wage_floor": 12000,
        "employment_types": ["regular"],
        "weekly_hours_min": 20,
        "weekly_hours_max": 40,
    },
    "career_years": 3,
    "education": "05",
    "visible": True,
    "matching_consent": True,
}


@pytest.fixture
def form() -> Callable[..., dict[str, Any]]:
    """A whole registration form, with changes: `form(education="06", person={"name": "이순신"})`."""

    def filled(**changes: Any) -> dict[str, Any]:
        body = deepcopy(_FORM)
        for name, value in changes.items():
            if isinstance(value, dict):
                body[name] |= value
            else:
                body[name] = value
        return body

    return filled


@pytest.fixture
async def representative(database: Database) -> dict[str, Any]:
    """The form of somebody who acts for a registered employer."""
    employer = NewEmployer(uuid4(), None, "이음상사", "41150", "15152", None, "csv")
    async with database.transaction() as tx:
        await save_new_employers(tx, [employer], "test")
    return {"name": "박사장", "phone": "02-123-4567", "role": "employer", "employer_id": str(employer.employer_id)}
