"""The portal as a real server in front of fake services, and people who look at it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn

from ieum.http.client import Circuit
from ieum.service import Service
from ieum.testing.client import IDENTITY_KEY
from portal.app import build
from portal.services import SERVICES
from portal.settings import Settings
from portal.sign_in.session import Person, seal
from portal.visit import SESSION

from .answers import fill
from .fakes import Fake, listening, running
from .html import Page
from .nation import PEOPLE

Browser = httpx.AsyncClient
SignIn = Callable[[str], Browser]


@pytest.fixture(scope="session")
async def fake_servers() -> AsyncIterator[dict[str, Fake]]:
    """The four other services, on ports of their own."""
    async with running(*SERVICES) as fakes:
        yield fakes


@pytest.fixture(scope="session")
async def portal_url(fake_servers: dict[str, Fake]) -> AsyncIterator[str]:
    """The portal, started once for all tests: it keeps nothing between them but code lists."""
    urls = {f"{name}_url": fake.url for name, fake in fake_servers.items()}
    portal: Service = build(Settings.model_validate({"identity_key": IDENTITY_KEY, **urls}))
    config = uvicorn.Config(portal.http, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    async with listening(uvicorn.Server(config)) as address:
        yield address
        portal.close_streams()


@pytest.fixture
def services(fake_servers: dict[str, Fake], monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    """The other services with the small nation in them, for one test."""
    # The pause after failures in a row is the kit's and tested there; here each test begins with no past.
    monkeypatch.setattr(Circuit, "may_try", lambda self: True)
    for fake in fake_servers.values():
        fake.answers.clear()
        fake.asked.clear()
        fake.away = False
    fill(fake_servers)
    return fake_servers


@pytest.fixture
async def browser(portal_url: str, services: dict[str, Fake]) -> AsyncIterator[Browser]:
    """A visitor who reads Korean and keeps cookies."""
    headers = {"accept": "text/html", "accept-language": "ko"}
    async with Browser(base_url=portal_url, headers=headers, timeout=15) as client:
        yield client


@pytest.fixture
def sign_in(browser: Browser) -> SignIn:
    """Looks as the person of the small nation who has a role."""

    def signed_in(role: str) -> Browser:
        one = next(person for person in PEOPLE if person["role"] == role)
        browser.cookies.set(SESSION, seal(IDENTITY_KEY, Person.model_validate(one), datetime.now(UTC)))
        return browser

    return signed_in


async def sent(
    browser: Browser, path: str, fields: dict[str, object] | None = None, form: str = "form"
) -> httpx.Response:
    """Opens a page, fills the form with this id as a browser would, and sends it with these fields changed."""
    page = Page((await browser.get(path)).text)
    filled = page.form(form)
    return await browser.post(filled.action, data={**filled.values, **(fields or {})})
