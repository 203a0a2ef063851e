"""Who looks: chosen from the list, kept in a signed cookie, never believed from a form."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from ieum.http.identity import verify
from ieum.http.problems import Unauthenticated
from ieum.testing.client import IDENTITY_KEY
from portal.sign_in.session import LIFETIME, Person, offer, seal, taken, unseal

from . import nation
from .conftest import Browser, SignIn
from .fakes import Fake
from .html import Page

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SOMEBODY = Person(person_id="c-1", name="가상 박서연", role="counsellor", attributes={"centre_code": "15005"})


def test_the_cookie_gives_back_the_person_until_the_day_is_over() -> None:
    cookie = seal(IDENTITY_KEY, SOMEBODY, NOW)

    assert unseal(IDENTITY_KEY, cookie, NOW) == SOMEBODY
    assert unseal(IDENTITY_KEY, cookie, NOW + LIFETIME) is None


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", seal(IDENTITY_KEY, SOMEBODY, NOW)[:-3] + "abc"])
def test_a_made_up_or_damaged_cookie_is_nobodys(cookie: str) -> None:
    assert unseal(IDENTITY_KEY, cookie, NOW) is None


@pytest.mark.parametrize(
    "header",
    [
        {"crit": 5},
        {"crit": [{}]},
        {"alg": []},
        {"alg": {}},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        [],
        5,
        None,
    ],
    ids=str,
)
def test_a_cookie_with_a_header_of_somebodys_own_making_is_nobodys(header: object) -> None:
    _, payload, signature = seal(IDENTITY_KEY, SOMEBODY, NOW).split(".")
    made_up = {"alg": "HS256", **header} if isinstance(header, dict) else header
    encoded = base64.urlsafe_b64encode(json.dumps(made_up).encode()).decode().rstrip("=")

    assert unseal(IDENTITY_KEY, f"{encoded}.{payload}.{signature}", NOW) is None


def test_a_cookie_of_another_installation_is_nobodys() -> None:
    assert unseal("another-key-of-at-least-thirty-two-bytes", seal(IDENTITY_KEY, SOMEBODY, NOW), NOW) is None


def test_a_cookie_is_no_bearer_token_and_an_offer_is_no_cookie() -> None:
    now = datetime.now(UTC)

    with pytest.raises(Unauthenticated):
        verify(IDENTITY_KEY, seal(IDENTITY_KEY, SOMEBODY, now))
    assert unseal(IDENTITY_KEY, offer(IDENTITY_KEY, SOMEBODY, now), now) is None
    assert taken(IDENTITY_KEY, seal(IDENTITY_KEY, SOMEBODY, now), now) is None


async def test_whoever_is_chosen_from_the_list_arrives_at_their_own_page(browser: Browser) -> None:
    first = Page((await browser.get("/")).text)
    listed = first.find("section", aria_labelledby="role-counsellor")

    answer = await browser.post(
        "/sign-in", data={"form_token": first.form_token, "person": listed.find("input", name="person")["value"]}
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/counsellor/matches")
    home = Page((await browser.get("/counsellor/matches")).text)
    assert home.find("span", class_="who-name").text == "가상 박서연"


async def test_whoever_belongs_somewhere_is_listed_with_the_name_of_the_place(browser: Browser) -> None:
    first = Page((await browser.get("/")).text)

    listed = {
        role: first.find("section", aria_labelledby=f"role-{role}").text
        for role in ("counsellor", "regional", "employer")
    }

    assert "의정부고용센터" in listed["counsellor"]
    assert "중부지방고용노동청" in listed["regional"]
    assert "한빛물류" in listed["employer"]


async def test_services_are_asked_in_the_name_of_who_looks_and_with_a_short_token(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")

    await browser.get("/counsellor/referrals")

    asked = services["matching"].was_asked("GET", "/referrals")[0]
    caller = verify(IDENTITY_KEY, asked.headers["authorization"].removeprefix("Bearer "))
    assert (caller.person_id, caller.role, caller.attributes) == ("c-1", "counsellor", {"centre_code": nation.CENTRE})
    assert asked.query["centre_code"] == nation.CENTRE
    assert asked.headers["accept-language"] == "ko"


async def test_a_person_of_ones_own_making_is_not_taken(browser: Browser) -> None:
    first = Page((await browser.get("/")).text)
    forged = offer("another-key-of-at-least-thirty-two-bytes", SOMEBODY, datetime.now(UTC))

    answer = await browser.post("/sign-in", data={"form_token": first.form_token, "person": forged})

    assert answer.headers["location"] == "/#sign-in"
    assert "ieum_session" not in answer.headers.get("set-cookie", "")


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    first = await browser.get("/")
    page = Page(first.text)
    person = page.find("section", aria_labelledby="role-director").find("input", name="person")["value"]

    signed_in = await browser.post("/sign-in", data={"form_token": page.form_token, "person": person})

    cookies = [*first.headers.get_list("set-cookie"), *signed_in.headers.get_list("set-cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} == {"ieum_guard", "ieum_session"}
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)


async def test_signing_out_forgets_who_looked(browser: Browser, sign_in: SignIn) -> None:
    sign_in("director")
    page = Page((await browser.get("/figures")).text)

    answer = await browser.post("/sign-out", data={"form_token": page.form_token})

    assert any(cookie.startswith('ieum_session=""') for cookie in answer.headers.get_list("set-cookie"))


async def test_a_page_for_people_who_are_signed_in_leads_to_the_list(browser: Browser) -> None:
    answer = await browser.get("/jobseeker")

    assert (answer.status_code, answer.headers["location"]) == (303, "/#sign-in")
    assert "로그인한 사람만" in (await browser.get("/")).text


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("jobseeker", "/employer/vacancies"),
        ("jobseeker", "/counsellor/jobseekers"),
        ("employer", "/jobseeker"),
        ("employer", "/operator"),
        ("director", "/imports"),
        ("ministry", "/record-looks"),
    ],
)
async def test_a_page_of_another_role_is_refused(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], role: str, path: str
) -> None:
    sign_in(role)

    answer = await browser.get(path)

    assert answer.status_code == 403
    assert "다른 역할의 화면입니다" in answer.text
    assert [asked for service in services.values() for asked in service.asked] == []


async def test_somebody_new_can_register_from_the_first_page(browser: Browser, services: dict[str, Fake]) -> None:
    first = Page((await browser.get("/")).text)
    newcomer = first.find("section", aria_labelledby="role-jobseeker").all("input", name="person")[0]["value"]
    person = taken(IDENTITY_KEY, newcomer, datetime.now(UTC))

    await browser.post("/sign-in", data={"form_token": first.form_token, "person": newcomer})

    assert person is not None
    assert person.person_id != nation.JOBSEEKER
    form = await browser.get("/jobseeker/registration")
    assert "구직등록" in Page(form.text).find("h1").text
    assert services["registration"].was_asked("GET", f"/jobseekers/{person.person_id}")
    assert Page(form.text).find("input", name="person.name")["value"] == ""


async def test_an_offer_does_not_hold_for_ever() -> None:
    now = datetime.now(UTC)

    assert taken(IDENTITY_KEY, offer(IDENTITY_KEY, SOMEBODY, now - timedelta(hours=2)), now) is None
