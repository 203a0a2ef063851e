"""What the tests of this service share: events as matching tells them, and a way to hear them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from ieum.database import Database
from notifications.messages.events import (
    MatchProposed,
    PlacementRecorded,
    ReferralAnswered,
    ReferralMade,
)
from notifications.telling.handlers import tell_people

Hear = Callable[..., Awaitable[None]]
Make = Callable[..., Any]


@pytest.fixture
def hear(database: Database) -> Hear:
    """Hear these events as one batch."""

    async def hear(*events: Any) -> None:
        async with database.transaction() as tx:
            await tell_people(tx, list(events))

    return hear


@pytest.fixture
def proposed() -> Make:
    """A match proposed to `jobseeker_id`."""

    def make(jobseeker_id: str = "jobseeker-1", vacancy_id: str = "vacancy-1", **fields: Any) -> MatchProposed:
        told = {
            "title": "용접원",
            "employer_name": "한빛정공",
            "employer_id": "employer-1",
            "score": 87,
            "centre_code": "11010",
        }
        at, version = fields.pop("occurred_at", datetime.now(UTC)), fields.pop("version", 1)
        event = MatchProposed(jobseeker_id=jobseeker_id, vacancy_id=vacancy_id, **told | fields)
        return event.received(f"match-{uuid4()}", version, occurred_at=at)

    return make


@pytest.fixture
def referred() -> Make:
    """A referral of `jobseeker_id` to an employer."""

    def make(jobseeker_id: str = "jobseeker-1", vacancy_id: str = "vacancy-1", **fields: Any) -> ReferralMade:
        told = {
            "title": "용접원",
            "employer_name": "한빛정공",
            "employer_id": "employer-1",
            "centre_code": "11010",
            "counsellor_id": "counsellor-1",
        }
        event = ReferralMade(jobseeker_id=jobseeker_id, vacancy_id=vacancy_id, **told | fields)
        return event.received(f"referral-{uuid4()}")

    return make


@pytest.fixture
def answered() -> Make:
    """An employer's answer to a referral of `jobseeker_id`."""

    def make(jobseeker_id: str = "jobseeker-1", vacancy_id: str = "vacancy-1", **fields: Any) -> ReferralAnswered:
        told = {
            "title": "용접원",
            "employer_name": "한빛정공",
            "employer_id": "employer-1",
            "centre_code": "11010",
            "counsellor_id": "counsellor-1",
            "answer": "interview",
        }
        event = ReferralAnswered(jobseeker_id=jobseeker_id, vacancy_id=vacancy_id, **told | fields)
        return event.received(f"referral-{uuid4()}", version=2)

    return make


@pytest.fixture
def placed() -> Make:
    """A placement of `jobseeker_id`."""

    def make(jobseeker_id: str = "jobseeker-1", vacancy_id: str = "vacancy-1") -> PlacementRecorded:
        event = PlacementRecorded(
            jobseeker_id=jobseeker_id,
            vacancy_id=vacancy_id,
            employer_id="employer-1",
            centre_code="11010",
            hired_on=date(2026, 11, 2),
        )
        return event.received(f"placement-{uuid4()}")

    return make
