"""Fixtures of matching's tests."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from ieum.database import Database
from ieum.messaging import Event, Topics, outbox
from ieum.service import Service
from ieum.testing.client import Tokens

from .recommendations import telling
from .recommendations.worlds import A_JOBSEEKER, A_VACANCY


@pytest.fixture
def matching_database(database: Database, topics: Topics) -> Database:
    """A database of this test's own through which matching speaks."""
    outbox.configure(database, topics, "matching")
    return database


@pytest.fixture
def hear(service: Service) -> Callable[..., Awaitable[None]]:
    """`await hear(event, …)`: the service handles the events as one batch."""

    async def heard(*events: Event) -> None:
        await telling.hear(service.database, *events)

    return heard


@pytest.fixture
def told(service: Service) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """`await told()`: everything the service added to its outbox, matches left out."""

    async def said() -> list[dict[str, Any]]:
        return [event for event in await telling.told(service.database) if not event["type"].startswith("Match")]

    return said


@pytest.fixture
async def pair(hear: Callable[..., Awaitable[None]]) -> None:
    """A jobseeker and an open vacancy of one opening that suits them."""
    await hear(telling.registered(A_JOBSEEKER), telling.opened(A_VACANCY))


@pytest.fixture
def as_counsellor(tokens: Tokens) -> dict[str, str]:
    """A counsellor of the jobseeker's centre."""
    return tokens("counsellor", "c-1", centre_code=A_JOBSEEKER.centre_code)


@pytest.fixture
def as_stranger(tokens: Tokens) -> dict[str, str]:
    """A counsellor of another centre."""
    return tokens("counsellor", "c-2", centre_code="99999")


@pytest.fixture
def as_employer(tokens: Tokens) -> dict[str, str]:
    """The employer of the vacancy."""
    return tokens("employer", "p-employer", employer_id=A_VACANCY.employer_id)


@pytest.fixture
def refer(
    service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str]
) -> Callable[..., Awaitable[dict[str, Any]]]:
    """`await refer()`: the jobseeker is referred to the vacancy; fields may be given otherwise."""

    async def referred(**body: Any) -> dict[str, Any]:
        answer = await service_client.post(
            "/referrals", json={"jobseeker_id": "j-1", "vacancy_id": "v-1", **body}, headers=as_counsellor
        )
        assert answer.status_code == 201, answer.text
        view: dict[str, Any] = answer.json()
        return view

    return referred
