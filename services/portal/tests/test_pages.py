"""Every page, for everybody who may see it, in both languages: complete, accessible, and safe to load."""

import re
from itertools import pairwise
from uuid import uuid4

import pytest

from . import nation
from .conftest import Browser, SignIn
from .fakes import Fake, problem
from .html import Element, Page

PAGES = [
    (None, "/"),
    (None, "/indicators"),
    (None, "/developer"),
    ("jobseeker", "/jobseeker"),
    ("jobseeker", "/jobseeker/registration"),
    ("jobseeker", "/jobseeker/registration/change"),
    ("jobseeker", "/jobseeker/matches"),
    ("jobseeker", "/jobseeker/referrals"),
    ("jobseeker", "/messages"),
    ("jobseeker", "/preferences"),
    ("jobseeker", "/record-looks"),
    ("jobseeker", "/developer"),
    ("employer", "/employer/vacancies"),
    ("employer", "/employer/vacancies/new"),
    ("employer", f"/employer/vacancies/{nation.VACANCY}"),
    ("employer", f"/employer/vacancies/{nation.VACANCY}/change"),
    ("employer", f"/vacancies/{nation.VACANCY}/candidates"),
    ("employer", "/imports"),
    ("employer", f"/imports/{nation.IMPORT}"),
    ("employer", "/employer/referrals"),
    ("employer", f"/employer/referrals/{nation.REFERRAL}"),
    ("employer", f"/employer/referrals/{nation.REFERRAL}/candidate"),
    ("counsellor", "/counsellor/matches"),
    ("counsellor", "/counsellor/vacancies"),
    ("counsellor", f"/vacancies/{nation.VACANCY}/candidates"),
    ("counsellor", "/counsellor/jobseekers"),
    ("counsellor", f"/counsellor/jobseekers/{nation.JOBSEEKER}"),
    ("counsellor", f"/counsellor/jobseekers/{nation.JOBSEEKER}/record"),
    ("counsellor", "/counsellor/referrals"),
    ("counsellor", f"/counsellor/referrals/{nation.REFERRAL}"),
    ("counsellor", "/counsellor/placements"),
    ("counsellor", "/counsellor/placements/new"),
    ("counsellor", f"/counsellor/placements/{nation.PLACEMENT}"),
    ("director", "/figures"),
    ("director", f"/record-looks?person_id={nation.JOBSEEKER}"),
    ("regional", "/figures?period=month"),
    ("ministry", "/figures?period=custom&from=2026-11-01&to=2026-11-20"),
    ("ministry", "/figures/placement_rate/events?scope=nation&period=month"),
    ("operator", "/operator"),
    ("operator", "/operator/matching/parked"),
    ("operator", "/operator/matching/unreadable"),
    ("operator", "/operator/matching/parked/matching.recommendations/registration.vacancy.v1/v-1"),
]
IDS = [f"{role or 'visitor'} {path.split('?')[0]}" for role, path in PAGES]


@pytest.mark.parametrize(("role", "path"), PAGES, ids=IDS)
async def test_a_page_is_complete_accessible_and_safe_in_both_languages(
    browser: Browser, sign_in: SignIn, role: str | None, path: str
) -> None:
    if role:
        sign_in(role)

    korean = await browser.get(path)
    english = await browser.get(path, headers={"accept-language": "en"})

    assert (korean.status_code, english.status_code) == (200, 200)
    assert Page(korean.text).find("html")["lang"] == "ko"
    assert Page(english.text).find("html")["lang"] == "en"
    assert korean_without_lang(Page(english.text)) == []
    for page in (Page(korean.text), Page(english.text)):
        check_use_by_keyboard_and_screen_reader(page)
        check_that_nothing_is_inline_or_from_elsewhere(page)


@pytest.mark.parametrize(("role", "path"), PAGES, ids=IDS)
async def test_a_page_never_fails_because_a_service_does(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], role: str | None, path: str
) -> None:
    if role:
        sign_in(role)
    for missing in services.values():
        # A page that an earlier test left open may still ask: only what this page asked counts.
        this_page = uuid4().hex
        missing.away = True

        answer = await browser.get(path, headers={"x-request-id": this_page})

        missing.away = False
        asked = [one for one in missing.asked if one.headers.get("x-request-id") == this_page]
        assert answer.status_code in (200, 503), missing.name
        assert len(Page(answer.text).all("h1")) == 1
        if asked and role != "operator":
            said = "서비스를 지금 이용할 수 없습니다" in answer.text
            fine = path in FINE_WITHOUT or (path, missing.name) in FINE_WITHOUT
            assert said or fine, f"nothing says that {missing.name} is missing"


TYPED = (nation.VACANCY_VIEW["title"], nation.VACANCY_VIEW["employer_name"], *(one["name"] for one in nation.PEOPLE))


@pytest.mark.parametrize(("role", "path"), PAGES, ids=IDS)
async def test_what_people_typed_cannot_turn_the_text_around_it(
    browser: Browser, sign_in: SignIn, role: str | None, path: str
) -> None:
    if role:
        sign_in(role)

    page = Page((await browser.get(path)).text)

    assert typed_without_bdi(page) == []
    fields = [
        one
        for one in page.walk()
        if one.tag == "textarea" or (one.tag == "input" and one.get("type") in (None, "text", "search"))
    ]
    assert [
        one.attributes for one in fields if one.get("dir") != "auto" and not one.get("readonly") and one.get("id")
    ] == []


FINE_WITHOUT = (
    # Codes and names are shown as codes where the list of names is missing.
    "/jobseeker/registration",
    "/counsellor/jobseekers",
    # Only the order of the people is another.
    ("/", "matching"),
    "/figures/placement_rate/events?scope=nation&period=month",
)


def check_use_by_keyboard_and_screen_reader(page: Page) -> None:
    assert page.find("title").text
    assert len(page.all("h1")) == 1
    assert [page.find(tag).tag for tag in ("header", "main", "footer")] == ["header", "main", "footer"]
    assert page.find("div", id="krds-skip-link").find("a")["href"] == "#content"
    assert page.find("main")["id"] == "content"
    assert sorted(page.ids()) == sorted(set(page.ids()))
    assert unlabelled(page) == []
    assert dangling(page) == []
    assert heading_jumps(page) == []
    assert [image for image in page.all("img") if image.get("alt") is None] == []


def check_that_nothing_is_inline_or_from_elsewhere(page: Page) -> None:
    assert [script for script in page.all("script") if script.text or not script["src"].startswith("/")] == []
    assert page.all("style") == []
    assert [one for one in page.walk() if any(name[:2] == "on" or name == "style" for name in one.attributes)] == []
    assert [link["href"] for link in page.all("link") if not link["href"].startswith("/")] == []
    assert [form for form in page.all("form") if not form["action"].startswith("/")] == []


def unlabelled(page: Page) -> list[dict[str, str]]:
    """Fields that nothing names."""
    labels = {label["for"] for label in page.all("label") if label.get("for")}
    return [
        one.attributes
        for one in page.walk()
        if one.tag in ("input", "select", "textarea", "meter", "progress")
        and one.get("type") not in ("hidden", "submit")
        and one.get("id") not in labels
        and not one.get("aria-label")
    ]


def dangling(page: Page) -> list[str]:
    """Ids that are referred to and not there."""
    known = set(page.ids())
    referred = {
        name
        for one in page.walk()
        for attribute in ("for", "aria-labelledby", "aria-describedby")
        for name in (one.get(attribute) or "").split()
    }
    anchors = {one["href"][1:] for one in page.all("a") if (one.get("href") or "").startswith("#")}
    return sorted((referred | anchors) - known)


def heading_jumps(page: Page) -> list[str]:
    """Headings that skip a level."""
    levels = [int(one.tag[1]) for one in page.walk() if re.fullmatch(r"h[1-6]", one.tag)]
    return [f"h{before} to h{after}" for before, after in pairwise(levels) if after > before + 1]


def korean_without_lang(element: Element) -> list[str]:
    """Korean text on an English page that is not marked as Korean; what people typed in fields is theirs."""
    found: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            if re.search(r"[가-힣]", child):
                found.append(child.strip())
        elif child.get("lang") != "ko" and child.tag not in ("title", "option", "optgroup", "textarea", "code"):
            found += korean_without_lang(child)
    return found


def typed_without_bdi(element: Element) -> list[str]:
    """What people typed and what is not kept apart from the direction of the text around it."""
    found: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            found += [text for text in TYPED if text in child]
        elif child.tag not in ("bdi", "title", "option", "optgroup", "textarea"):
            found += typed_without_bdi(child)
    return found


def test_the_checks_can_fail() -> None:
    page = Page('<h1>제목</h1><h3>b</h3><input id="a"><label for="b">c</label><a href="#d">e</a>')

    assert unlabelled(page) == [{"id": "a"}]
    assert dangling(page) == ["b", "d"]
    assert heading_jumps(page) == ["h1 to h3"]
    assert korean_without_lang(page) == ["제목"]
    assert typed_without_bdi(Page("<p>한빛물류 <bdi>한빛물류</bdi></p>")) == ["한빛물류"]


@pytest.mark.parametrize("path", ["/jobseeker/matches", "/jobseeker/matches/newest", "/jobseeker"])
@pytest.mark.parametrize(
    ("record", "leads_to_registration"),
    [(problem(404, "Not found"), True), ({**nation.RECORD, "state": "stopped"}, True), (nation.RECORD, False)],
    ids=["never registered", "stopped", "registered"],
)
async def test_whoever_is_not_registered_is_told_so_instead_of_being_promised_matches(
    browser: Browser,
    sign_in: SignIn,
    services: dict[str, Fake],
    path: str,
    record: object,
    leads_to_registration: bool,
) -> None:
    sign_in("jobseeker")
    services["registration"].says("GET", f"/jobseekers/{nation.JOBSEEKER}", record)
    services["matching"].says("GET", f"/jobseekers/{nation.JOBSEEKER}/matches", {"items": [], "next": None})

    page = Page((await browser.get(path)).text)

    (said,) = [one for one in page.all("p", class_="nothing") if "일자리" in one.text]
    assert bool(said.all("a", href="/jobseeker/registration")) is leads_to_registration


async def test_an_english_page_names_centres_and_provinces_in_english_in_their_order(
    browser: Browser, sign_in: SignIn
) -> None:
    sign_in("jobseeker")

    page = Page((await browser.get("/jobseeker/registration/change", headers={"accept-language": "en"})).text)

    centres = page.find("select", id="centre_code").all("option")
    assert [one.text for one in centres[1:]] == ["Seoul Employment Centre", "Uijeongbu Employment Centre"]
    assert {"Gyeonggi", "Seoul"} <= {one.text.removesuffix(" 1 chosen") for one in page.all("summary")}
