"""What holds for the whole site: headers, caches, the change of language, addresses where nothing is."""

import pytest

from . import nation
from .conftest import Browser, SignIn
from .fakes import Fake
from .html import Page


async def test_no_page_may_be_kept_framed_or_extended(browser: Browser, sign_in: SignIn) -> None:
    sign_in("jobseeker")

    headers = (await browser.get("/jobseeker")).headers

    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_a_style_sheet_named_by_its_content_may_be_kept(browser: Browser) -> None:
    page = Page((await browser.get("/")).text)
    address = next(link["href"] for link in page.all("link", rel="stylesheet") if link["href"].startswith("/static"))

    answer = await browser.get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/en/figures?scope=nation", "/figures?scope=nation"),
        ("/ko/", "/"),
        ("/en//example.com/x", "/example.com/x"),
        ("/en/%2F%2Fexample.com", "/example.com"),
        ("/en/%5C%5Cexample.com", "/example.com"),
        ("/en/https://example.com", "/https://example.com"),
    ],
)
async def test_the_other_language_is_an_address_that_leads_to_the_same_page_and_nowhere_else(
    browser: Browser, asked: str, led: str
) -> None:
    answer = await browser.get(asked)

    assert (answer.status_code, answer.headers["location"]) == (303, led)


async def test_the_chosen_language_is_kept(browser: Browser) -> None:
    await browser.get("/en/")

    assert Page((await browser.get("/")).text).find("html")["lang"] == "en"
    await browser.get("/ko/")
    assert Page((await browser.get("/")).text).find("html")["lang"] == "ko"


async def test_an_address_where_nothing_is_is_a_page_for_people_and_a_problem_for_programs(browser: Browser) -> None:
    page = await browser.get("/nothing")
    document = await browser.get("/nothing", headers={"accept": "application/json"})

    assert (page.status_code, document.status_code) == (404, 404)
    assert Page(page.text).find("html")["lang"] == "ko"
    assert document.headers["content-type"] == "application/problem+json"


async def test_a_live_part_is_the_part_alone(browser: Browser, sign_in: SignIn) -> None:
    sign_in("ministry")

    part = Page((await browser.get("/figures", headers={"hx-request": "true"})).text)

    assert part.all("html") == []
    assert part.find(id="board")["hx-get"] == "/figures"


async def test_the_menu_marks_the_part_of_the_site_one_is_in(browser: Browser, sign_in: SignIn) -> None:
    sign_in("employer")

    page = Page((await browser.get(f"/employer/vacancies/{nation.VACANCY}")).text)

    marked = [entry.text for entry in page.find("nav", aria_label="주 메뉴").all("a") if entry.get("aria-current")]
    assert marked == ["구인"]


async def test_each_figure_leads_to_the_events_behind_it(browser: Browser, sign_in: SignIn) -> None:
    sign_in("director")

    page = Page((await browser.get("/figures?period=month")).text)

    links = [one["href"] for one in page.all("a") if "/events?" in (one.get("href") or "")]
    assert len(links) == 6
    assert f"/figures/placement_rate/events?scope=centre%3A{nation.CENTRE}&period=month" in links


async def test_a_token_is_shown_on_request_only(browser: Browser, sign_in: SignIn) -> None:
    sign_in("employer")
    before = Page((await browser.get("/developer")).text)

    answer = await browser.post("/developer/token", data={"form_token": before.form_token})

    assert before.all("textarea") == []
    assert Page(answer.text).find("textarea", id="token").text.count(".") == 2
    assert answer.headers["cache-control"] == "no-store"


async def test_the_services_themselves_are_ready_or_not_on_the_operators_page(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("operator")
    services["evaluation"].away = True

    page = Page((await browser.get("/operator")).text)

    rows = {row.find("code").text: row.text for row in page.find("tbody").all("tr")}
    assert "이용 불가" in rows[services["evaluation"].url]
    assert "정상" in rows[services["matching"].url]
