"""Whoever leaves or moves loses the old rights within minutes, also with the page left open."""

import base64
import json
from typing import Any

from ieum.http.identity import verify
from ieum.testing.client import IDENTITY_KEY
from portal.sign_in.session import Person
from portal.sign_in.standing import ASKED_AGAIN, GOOD_FOR, Posts
from portal.visit import TOKEN_LIFETIME

from . import nation
from .conftest import Browser, Clock, SignIn
from .fakes import Fake
from .html import Page

STANDINGS = "/people/c-1/standings"


def stands(services: dict[str, Fake], *standings: dict[str, Any]) -> None:
    services["registration"].says("GET", STANDINGS, {"standings": list(standings)})


def test_old_rights_end_within_six_minutes() -> None:
    assert (ASKED_AGAIN, GOOD_FOR, TOKEN_LIFETIME.total_seconds()) == (60, 900, 300)


async def test_a_counsellor_who_has_left_is_signed_out_with_a_page_that_says_why(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], clock: Clock
) -> None:
    sign_in("counsellor")
    before = await browser.get("/counsellor/referrals")
    stands(services)
    services["matching"].asked.clear()

    clock.now += 59
    within_a_minute = await browser.get("/counsellor/referrals")
    clock.now += 2
    after = await browser.get("/counsellor/referrals")
    again = await browser.get("/counsellor/referrals")

    assert (before.status_code, within_a_minute.status_code, after.status_code) == (200, 200, 403)
    page = Page(after.text)
    assert page.find("h1").text == "더 이상 이 역할을 맡고 있지 않습니다"
    assert page.all("span", class_="who-name") == []
    assert (again.status_code, again.headers["location"]) == (303, "/#sign-in")
    assert len(services["matching"].was_asked("GET", "/referrals")) == 1


async def test_a_counsellor_who_has_moved_sees_the_new_centre_only(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], clock: Clock
) -> None:
    sign_in("counsellor")
    stands(services, {"role": "counsellor", "attributes": {"centre_code": "12012"}})
    clock.now += 61

    await browser.get("/counsellor/referrals")

    asked = services["matching"].was_asked("GET", "/referrals")[0]
    caller = verify(IDENTITY_KEY, asked.headers["authorization"].removeprefix("Bearer "))
    assert (caller.attributes, asked.query["centre_code"]) == ({"centre_code": "12012"}, "12012")


async def test_who_was_made_director_signs_in_anew(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], clock: Clock
) -> None:
    sign_in("counsellor")
    stands(services, {"role": "director", "attributes": {"centre_code": nation.CENTRE}})
    clock.now += 61

    assert (await browser.get("/counsellor/referrals")).status_code == 403


async def test_what_renews_itself_on_an_open_page_leads_to_the_page_that_says_why(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], clock: Clock
) -> None:
    sign_in("counsellor")
    stands(services)
    clock.now += 61

    part = await browser.get("/counsellor/matches", headers={"hx-request": "true"})
    stream = await browser.get("/live", headers={"accept": "text/event-stream"})
    page = await browser.get("/counsellor/matches")

    assert (part.status_code, part.headers["hx-refresh"]) == (401, "true")
    assert (stream.status_code, services["notifications"].was_asked("GET", "/stream")) == (401, [])
    assert page.status_code == 403


async def test_while_registration_is_away_its_last_word_holds_for_a_quarter_of_an_hour_and_no_longer(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], clock: Clock
) -> None:
    sign_in("counsellor")
    await browser.get("/counsellor/referrals")
    services["registration"].away = True

    clock.now += 899
    late = await browser.get("/counsellor/referrals")
    clock.now += 2
    too_late = await browser.get("/counsellor/referrals")
    services["registration"].away = False
    clock.now += 6
    back = await browser.get("/counsellor/referrals")

    assert (late.status_code, too_late.status_code, back.status_code) == (200, 503, 200)
    assert "지금 이용할 수 없습니다" in too_late.text


async def test_a_jobseeker_holds_no_post_and_is_not_asked_about(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], clock: Clock
) -> None:
    sign_in("jobseeker")

    answer = await browser.get("/jobseeker/matches")

    assert answer.status_code == 200
    assert not any("standings" in asked.path for asked in services["registration"].asked)


async def test_who_left_since_the_list_was_shown_is_not_signed_in(
    browser: Browser, services: dict[str, Fake], clock: Clock
) -> None:
    first = Page((await browser.get("/")).text)
    person = first.find("section", aria_labelledby="role-counsellor").find("input", name="person")["value"]
    stands(services)

    answer = await browser.post("/sign-in", data={"form_token": first.form_token, "person": person})

    assert answer.status_code == 403
    assert "ieum_session" not in browser.cookies


async def test_who_signs_out_is_signed_out_also_while_registration_is_away(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], clock: Clock
) -> None:
    sign_in("director")
    page = Page((await browser.get("/figures")).text)
    services["registration"].away = True
    clock.now += 10_000

    answer = await browser.post("/sign-out", data={"form_token": page.form_token})

    assert answer.status_code == 303
    assert "ieum_session" not in browser.cookies


async def test_a_token_to_copy_lives_no_longer_than_those_of_pages(browser: Browser, sign_in: SignIn) -> None:
    sign_in("counsellor")
    page = Page((await browser.get("/developer")).text)

    shown = Page((await browser.post("/developer/token", data={"form_token": page.form_token})).text)

    payload = shown.find("textarea", id="token").text.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["exp"] - claims["iat"] == TOKEN_LIFETIME.total_seconds()


async def test_only_so_many_answers_are_kept_and_the_oldest_goes_first() -> None:
    posts = Posts(most=2)
    people = [Person(person_id=name, name=name, role="director") for name in ("a", "b", "c")]

    for person in people:
        posts.keep(person)

    assert [posts.knows(person) for person in people] == [False, True, True]
