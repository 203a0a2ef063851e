"""Candidates of a vacancy: who was told of it, and how a counsellor refers somebody who was not."""

from . import nation
from .answers import page
from .conftest import Browser, SignIn
from .fakes import Fake
from .html import Page

CANDIDATES = f"/vacancies/{nation.VACANCY}/candidates"
A_CANDIDATE = {**nation.MATCH_VIEW, "jobseeker_id": nation.JOBSEEKER}


async def test_an_employer_sees_who_was_told_of_the_vacancy(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")

    told = await browser.get(CANDIDATES)
    services["matching"].says("GET", CANDIDATES, page({**A_CANDIDATE, "proposed_at": None}))
    untold = await browser.get(CANDIDATES)

    assert "이 사람에게 2026. 11. 23. 08:40 추천" in told.text
    assert "더 잘 맞는 구인 10건이 있어 추천하지 않았습니다" not in told.text
    assert "더 잘 맞는 구인 10건이 있어 추천하지 않았습니다" in untold.text


async def test_an_employer_asks_for_everybody_and_staff_for_those_of_their_centre(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    for role in ("employer", "counsellor", "director"):
        sign_in(role)
        await browser.get(CANDIDATES)

    asked = services["matching"].was_asked("GET", CANDIDATES)
    assert [one.query.get("centre_code") for one in asked] == [None, nation.CENTRE, nation.CENTRE]


async def test_a_counsellor_refers_a_candidate_who_was_not_told(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    services["matching"].says("GET", CANDIDATES, page({**A_CANDIDATE, "proposed_at": None}))
    sign_in("counsellor")

    form = Page((await browser.get(CANDIDATES)).text).find("form", action="/counsellor/referrals")
    hidden = {one["name"]: one["value"] for one in form.all("input")}
    answer = await browser.post("/counsellor/referrals", data=hidden)

    assert answer.headers["location"] == f"/counsellor/referrals/{nation.REFERRAL}"
    (made,) = services["matching"].was_asked("POST", "/referrals")
    assert (made.json["jobseeker_id"], made.json["vacancy_id"]) == (nation.JOBSEEKER, nation.VACANCY)


async def test_staff_look_for_vacancies_of_their_area_or_of_the_whole_country(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")

    await browser.get("/counsellor/vacancies")
    await browser.get("/counsellor/vacancies?where=nation&q=물류")

    near, far = services["registration"].was_asked("GET", "/vacancies")
    assert (near.query["centre_code"], near.query["status"]) == (nation.CENTRE, "open")
    assert ("centre_code" in far.query, far.query["q"]) == (False, "물류")
