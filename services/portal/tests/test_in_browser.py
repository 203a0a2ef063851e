"""What only a browser can tell: live parts, forms without script, nothing refused by the policy, small screens."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from starlette.responses import Response

from ieum.testing.client import IDENTITY_KEY
from ieum.testing.probes import eventually
from portal.places import Places
from portal.sign_in.session import Person, seal
from portal.visit import SESSION

from . import nation
from .fakes import Fake, events, problem

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)

_CLOSE_SECONDS = 15.0

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"),
    reason="no Chromium on this machine: apt-get install chromium (in CI its absence is a failure)",
)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    assert CHROMIUM, "these tests need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


class Visitor:
    """Somebody with a browser; whatever it complains about is kept."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._context = context
        self._url = url
        self.complaints: list[str] = []

    async def opens(self, role: str, path: str) -> Page:
        one = next(person for person in nation.PEOPLE if person["role"] == role)
        cookie = seal(IDENTITY_KEY, Person.model_validate(one), datetime.now(UTC))
        await self._context.add_cookies([{"name": SESSION, "value": cookie, "url": self._url}])
        page = await self._context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self._url + path)
        return page


@asynccontextmanager
async def _context(chromium: Browser, **options: Any) -> AsyncIterator[BrowserContext]:
    context = await chromium.new_context(locale="ko-KR", **options)
    yield context
    # On a busy machine Chromium has been seen not to answer this, and nobody else waits for it.
    with suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await context.close()


@pytest.fixture
async def visitor(chromium: Browser, portal_url: str, services: dict[str, Fake]) -> AsyncIterator[Visitor]:
    async with _context(chromium) as context:
        yield Visitor(context, portal_url)


@pytest.fixture
async def without_script(chromium: Browser, portal_url: str, services: dict[str, Fake]) -> AsyncIterator[Visitor]:
    async with _context(chromium, java_script_enabled=False) as context:
        yield Visitor(context, portal_url)


def frame(seq: int, title: str) -> str:
    message = {**nation.MESSAGE, "seq": seq, "title": {"ko": title, "en": title}}
    return f"event: match_proposed\nid: {seq}\ndata: {json.dumps(message)}\n\n"


async def test_an_arriving_match_is_shown_and_renews_the_page_around_it(
    visitor: Visitor, services: dict[str, Fake]
) -> None:
    services["notifications"].says("GET", "/stream", events(frame(8, "새 일자리가 왔습니다")))
    page = await visitor.opens("jobseeker", "/jobseeker")

    await expect(page.locator("#arrivals .arrival strong")).to_have_text("새 일자리가 왔습니다")
    await eventually(
        "the matches are asked for again",
        lambda: len(services["matching"].was_asked("GET", f"/jobseekers/{nation.JOBSEEKER}/matches")) > 1,
    )
    await page.get_by_role("button", name="닫기").click()
    await expect(page.locator("#arrivals .arrival")).to_have_count(0)
    assert visitor.complaints == []


async def test_the_stream_begins_after_the_newest_message_the_page_shows_and_goes_on_after_an_outage(
    visitor: Visitor, services: dict[str, Fake]
) -> None:
    notifications = services["notifications"]
    answers = iter([once(frame(8, "하나")), problem(503, "away"), once(frame(9, "둘"))])
    notifications.says("GET", "/stream", lambda _: next(answers, once("")))
    page = await visitor.opens("jobseeker", "/jobseeker")

    await expect(page.locator("#arrivals .arrival strong")).to_have_text(["하나", "둘"], timeout=15_000)

    seen = [asked.headers.get("last-event-id") for asked in notifications.was_asked("GET", "/stream")]
    assert seen[:3] == ["7", "8", "8"]


async def test_a_page_that_found_no_place_for_its_stream_comes_back_by_itself(
    visitor: Visitor, services: dict[str, Fake], places: Places
) -> None:
    services["notifications"].says("GET", "/stream", events(frame(8, "늦게 온 소식")))
    places.most = 0
    page = await visitor.opens("jobseeker", "/messages")
    await eventually("the stream is refused", lambda: any("503" in said for said in visitor.complaints))

    places.most = 1

    await expect(page.locator("#arrivals .arrival strong")).to_have_text("늦게 온 소식", timeout=15_000)


async def test_figures_renew_themselves_when_their_scope_changed(visitor: Visitor, services: dict[str, Fake]) -> None:
    changed = 'event: figures\nid: 43\ndata: {"scopes": ["nation"]}\n\n'
    services["evaluation"].says("GET", "/stream", events(changed))
    page = await visitor.opens("ministry", "/figures")

    await eventually(
        "the figures are asked for again", lambda: len(services["evaluation"].was_asked("GET", "/figures")) > 1
    )

    await expect(page.locator("#board .figure")).to_have_count(6)
    assert services["evaluation"].was_asked("GET", "/stream")[0].headers["last-event-id"] == "42"
    assert visitor.complaints == []


async def test_what_a_reader_opened_stays_open_when_the_part_is_renewed(
    visitor: Visitor, services: dict[str, Fake]
) -> None:
    page = await visitor.opens("jobseeker", "/jobseeker/matches")
    why = page.locator(f"#why-{nation.MATCH}")
    await why.locator("summary").click()
    await expect(why).not_to_have_attribute("open", "")

    async with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        await page.evaluate("htmx.trigger(document.body, 'ieum:message')")

    await expect(why).to_be_visible()
    await expect(why).not_to_have_attribute("open", "")


async def test_an_occupation_is_picked_without_leaving_the_form(visitor: Visitor, services: dict[str, Fake]) -> None:
    page = await visitor.opens("employer", "/employer/vacancies/new")
    await page.get_by_label("제목").fill("배송 기사")
    await page.get_by_label("이름으로 찾기").fill("택배")
    await page.get_by_role("button", name="찾기").click()
    await page.get_by_text("택배원").click()

    await page.get_by_role("button", name="등록하기").last.click()

    await eventually("it is sent", lambda: services["registration"].was_asked("POST", "/vacancies"))
    body = services["registration"].was_asked("POST", "/vacancies")[0].json
    assert (body["title"], body["occupation_code"]) == ("배송 기사", "622200")
    assert visitor.complaints == []


async def test_a_vacancy_is_posted_without_script(without_script: Visitor, services: dict[str, Fake]) -> None:
    page = await without_script.opens("employer", "/employer/vacancies/new")
    await page.get_by_label("제목").fill("배송 기사")
    await page.locator("summary", has_text="영업·판매·운전·운송").click()
    await page.get_by_role("button", name=re.compile("직업 펼치기.*배송·택배")).click()
    await page.get_by_text("택배원").click()
    await page.get_by_label("근무지").select_option("41150")

    await page.get_by_role("button", name="등록하기").last.click()

    await expect(page.get_by_role("status").first).to_contain_text("구인을 등록했습니다")
    body = services["registration"].was_asked("POST", "/vacancies")[0].json
    assert (body["title"], body["occupation_code"], body["region_code"]) == ("배송 기사", "622200", "41150")


async def test_the_keyboard_reaches_the_content_first_and_errors_are_put_before_the_reader(
    visitor: Visitor, services: dict[str, Fake]
) -> None:
    services["registration"].says(
        "POST",
        "/vacancies",
        problem(422, "규칙에 맞지 않습니다.", ("title", "must not be empty", "비어 있을 수 없습니다.")),
    )
    page = await visitor.opens("employer", "/employer/vacancies/new")

    await page.keyboard.press("Tab")
    await expect(page.locator("#krds-skip-link a")).to_be_focused()
    await page.get_by_role("button", name="등록하기").last.click()

    await expect(page.locator("#error-summary")).to_be_focused()
    await page.locator("#error-summary a").click()
    await expect(page.locator("#title")).to_be_focused()


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("jobseeker", "/jobseeker"),
        ("jobseeker", "/jobseeker/registration/change"),
        ("employer", f"/employer/vacancies/{nation.VACANCY}"),
        ("employer", f"/imports/{nation.IMPORT}"),
        ("counsellor", "/counsellor/matches"),
        ("ministry", "/figures"),
        ("operator", "/operator"),
        ("employer", "/developer"),
    ],
)
async def test_a_small_screen_never_scrolls_sideways(visitor: Visitor, role: str, path: str) -> None:
    page = await visitor.opens(role, path)
    await page.set_viewport_size({"width": 360, "height": 800})

    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    assert visitor.complaints == []


def once(frames: str) -> Response:
    """A stream that ends after these frames, as at a restart; the browser comes back."""
    return Response("retry: 100\n\n" + frames, media_type="text/event-stream")
