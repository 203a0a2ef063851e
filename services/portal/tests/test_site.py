"""What holds for the whole site: headers, caches, the change of language, addresses where nothing is."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from portal.layout.static import compressed

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
    address = next(link["href"] for link in page.all("link", rel="stylesheet") if "/site.css" in link["href"])

    answer = await browser.get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/en/figures?scope=nation", "/figures?scope=nation"),
        ("/ko/", "/"),
        ("/ko", "/"),
        ("/en", "/"),
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


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("counsellor", "/counsellor/jobseekers/%2e%2e/record"),
        ("counsellor", "/counsellor/referrals/%2E%2E"),
        ("employer", "/employer/vacancies/."),
        ("employer", "/employer/vacancies/..%2F..%2Freadyz"),
        ("employer", "/employer/referrals/" + "x" * 60_000),
        ("operator", "/operator/matching/parked/matching.recommendations/%2e%2e/%2e%2e"),
    ],
)
async def test_what_is_no_id_is_an_address_where_nothing_is_and_reaches_no_service(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], role: str, path: str
) -> None:
    sign_in(role)

    # httpx would tidy dots away, as browsers do; whoever attacks does not.
    answer = await browser.send(browser.build_request("GET", "/", extensions={"target": path.encode()}))

    assert answer.status_code == 404
    assert len(Page(answer.text).all("h1")) == 1
    assert [asked.path for service in services.values() for asked in service.asked] == []


async def test_files_that_are_not_built_are_missing_and_nothing_more(
    tmp_path: Path,
) -> None:
    app = Starlette(routes=[Mount("/assets", compressed(tmp_path / "not built"))])

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
        answer = await client.get("/assets/krds/css/component/output.css")

    assert answer.status_code == 404


async def test_a_form_too_large_is_refused_with_a_page_for_people_and_a_problem_for_programs(browser: Browser) -> None:
    body = b"x" * 1_100_000
    form = {"content-type": "application/x-www-form-urlencoded"}

    page = await browser.post("/sign-in", content=body, headers=form)
    document = await browser.post("/sign-in", content=body, headers={**form, "accept": "application/json"})

    assert (page.status_code, document.status_code) == (413, 413)
    assert Page(page.text).find("h1").text == "요청 본문이 너무 큽니다."
    assert "default-src 'none'" in page.headers["content-security-policy"]
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
