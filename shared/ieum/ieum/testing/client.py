"""Fixtures for routes: the service's own application on a database of the test's own, and tokens for anybody."""

import importlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from ieum.http.identity import Caller, bearer, issue
from ieum.service import Service

IDENTITY_KEY = "identity-key-of-tests-32-bytes-at-least"

Tokens = Callable[..., dict[str, str]]
"""`tokens(role, person_id, **attributes)` → the headers of a signed-in person."""


@pytest.fixture
def tokens() -> Tokens:
    """Makes the Authorization header of any caller."""

    def headers(role: str, person_id: str = "p-1", **attributes: str) -> dict[str, str]:
        return dict(bearer(issue(IDENTITY_KEY, Caller(person_id=person_id, role=role, attributes=attributes))))

    return headers


@pytest.fixture
def service_settings() -> dict[str, Any]:
    """Settings that differ from the defaults; a test module overrides it."""
    return {}


@pytest.fixture
async def service(
    service_name: str, database_address: str, service_settings: dict[str, Any], pytestconfig: pytest.Config
) -> AsyncIterator[Service]:
    """The service as its composition root (`<service>.app.build`) makes it, database open, nothing else running.

    Kafka is named but never connected: what routes say stays in the outbox, where a test can read it.
    """
    root = importlib.import_module(f"{service_name}.app")
    settings_class = importlib.import_module(f"{service_name}.settings").Settings
    settings = settings_class(
        **{
            "database_url": database_address,
            "database_schema": None,
            "kafka_bootstrap": "127.0.0.1:9",
            "topics_file": pytestconfig.rootpath / "deploy" / "topics.yaml",
            "identity_key": IDENTITY_KEY,
            **service_settings,
        }
    )
    made: Service = root.build(settings)
    async with made.opened():
        yield made


@pytest.fixture
async def service_client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the service, without a network between. Bugs are answered with 500, as in production."""
    transport = httpx.ASGITransport(service.http, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{service.name}") as client:
        yield client
