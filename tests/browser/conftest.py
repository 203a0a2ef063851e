"""A browser in front of the running system. Whatever it complains about, and whomever it talks to, is remembered."""

import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from portal.sign_in.session import Person, seal
from portal.visit import SESSION

from ..running.system import System
from ..running.town import Employer

PATIENCE = 20_000  # milliseconds: a busy machine is no failure
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Visitor:
    """Somebody at a computer, reading English."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self._context = context
        self.address = address
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    async def opens(self, path: str) -> Page:
        """A page in a tab of its own."""
        page = await self._context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.address + path)
        return page

    async def signs_in(self, role: str, name: str) -> Page:
        """Choose somebody of a role from the list on the first page."""
        page = await self.opens("/en/")
        await page.get_by_role("button", name=f"{role}: {name}").first.click()
        return page

    async def is_signed_in(self, system: System, employer: Employer) -> None:
        """The list on the first page shows only a few of each role: this is the cookie it would have given."""
        attributes = {"employer_id": employer.employer_id}
        await self._is(
            Person(person_id=employer.person_id, name="사람책임", role="employer", attributes=attributes), system
        )

    async def is_an_operator(self, system: System) -> None:
        """As `is_signed_in`, for somebody new who looks after the system."""
        body = {"name": "지킴이", "role": "operator"}
        made = await system.post("registration", "/people", system.headers("operator", "journeys"), body)
        await self._is(Person(person_id=made["person_id"], name="지킴이", role="operator"), system)

    async def _is(self, person: Person, system: System) -> None:
        cookie = seal(system.wiring.common_environment()["IDENTITY_KEY"], person, datetime.now(UTC))
        await self._context.add_cookies([{"name": SESSION, "value": cookie, "url": self.address}])

    @property
    def only_the_portal_was_asked(self) -> bool:
        """Whether no request left for any other host."""
        return self.hosts == {urlsplit(self.address).netloc}


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's own Chromium."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        say = "no Chromium on this machine: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(say)
        pytest.skip(say)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def visitor(chromium: Browser, system: System) -> AsyncIterator[Visitor]:
    """Somebody with a browser as it comes."""
    context = await chromium.new_context(locale="en-GB")
    yield Visitor(context, system.wiring.address)
    await context.close()


@pytest.fixture
async def without_script(chromium: Browser, system: System) -> AsyncIterator[Visitor]:
    """Somebody whose browser runs no JavaScript."""
    context = await chromium.new_context(locale="en-GB", java_script_enabled=False)
    yield Visitor(context, system.wiring.address)
    await context.close()
