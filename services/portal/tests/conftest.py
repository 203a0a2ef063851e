"""The portal as a real server in front of fake services, and people who look at it."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn

from ieum.http.client import Circuit
from ieum.service import Service
from ieum.testing.client import IDENTITY_KEY
from portal.app import build
from portal.places import Places
from portal.services import SERVICES
from portal.settings import Settings
from portal.sign_in.session import Person, seal
from portal.sign_in.standing import Posts
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
def portal(fake_servers: dict[str, Fake]) -> Service:
    """The portal, made once for all tests: it keeps nothing between them but code lists and standings."""
    urls = {f"{name}_url": fake.url for name, fake in fake_servers.items()}
    return build(Settings.model_validate({"identity_key": IDENTITY_KEY, **urls}))


class Clock:
    """The time by which the portal's knowledge of people grows old; seconds."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of this test's standings."""
    return Clock()


@pytest.fixture
def posts(portal: Service, clock: Clock) -> Posts:
    """What the portal knows of who holds which role; nothing yet."""
    made = Posts(clock=clock)
    portal.http.state.site = replace(portal.http.state.site, posts=made)
    return made


@pytest.fixture
def places(portal: Service) -> Iterator[Places]:
    """The places for open pages in this test, all of them free."""
    before = portal.http.state.site
    made = Places()
    portal.http.state.site = replace(before, places=made)
    yield made
    portal.http.state.site = replace(portal.http.state.site, places=before.places)


@pytest.fixture(scope="session")
async def portal_url(portal: Service) -> AsyncIterator[str]:
    """The portal as a server."""
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
def sign_in(browser: Browser, posts: Posts) -> SignIn:
    """Looks as the person of the small nation who has a role, who was found to hold it a moment ago."""

    def signed_in(role: str) -> Browser:
        one = next(person for person in PEOPLE if person["role"] == role)
        person = Person.model_validate(one)
        posts.keep(person)
        browser.cookies.set(SESSION, seal(IDENTITY_KEY, person, datetime.now(UTC)), domain="127.0.0.1")
        return browser

    return signed_in


async def sent(
    browser: Browser, path: str, fields: dict[str, object] | None = None, form: str = "form"
) -> httpx.Response:
    """Opens a page, fills the form with this id as a browser would, and sends it with these fields changed."""
    page = Page((await browser.get(path)).text)
    filled = page.form(form)
    return await browser.post(filled.action, data={**filled.values, **(fields or {})})
