"""An employer, staff, and vacancies of theirs."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest

from ieum.database import Database
from ieum.testing.client import Tokens
from registration.employers.employer import NewEmployer
from registration.employers.store import save_new_employers
from registration.imports.sample import business_number
from registration.reference.codes import centre_of_region

REGION = "41150"  # 의정부, which the centre of the staff serves
FORM: dict[str, Any] = {
    "title": "경리 사원 모집",
    "occupation_code": "133200",
    "region_code": REGION,
    "openings": 2,
    "pay_type": "month",
    "pay_min": 2_400_000,
    "pay_max": 2_800_000,
    "employment_type": "regular",
    "weekly_hours": 40,
    "career": "any",
    "education": "03",
    "closes_on": "2099-12-31",
}


class Hiring(NamedTuple):
    """An employer and the headers of who acts for it."""

    employer_id: UUID
    headers: dict[str, str]


@pytest.fixture
def hiring(database: Database, tokens: Tokens) -> Callable[[], Awaitable[Hiring]]:
    """Makes an employer with somebody who acts for it."""
    made = 0

    async def make() -> Hiring:
        nonlocal made
        made += 1
        one = NewEmployer(
            uuid4(), business_number(made), f"기업{made}", REGION, centre_of_region(REGION) or "", "제조업", "portal"
        )
        async with database.transaction() as tx:
            await save_new_employers(tx, [one], "p-1")
        return Hiring(one.employer_id, tokens("employer", f"p-{made}", employer_id=str(one.employer_id)))

    return make


@pytest.fixture
async def own(hiring: Callable[[], Awaitable[Hiring]]) -> Hiring:
    """The employer that most tests act for."""
    return await hiring()


Open = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def open_one(service_client: httpx.AsyncClient, own: Hiring) -> Open:
    """Opens a vacancy of `own`, with changes to the form, and returns the view."""

    async def opened(**changes: Any) -> dict[str, Any]:
        body = {**FORM, **changes, "employer_id": str(own.employer_id)}
        answer = await service_client.post("/vacancies", json=body, headers=own.headers)
        assert answer.status_code == 201, answer.text
        view: dict[str, Any] = answer.json()
        return view

    return opened
