"""Forms: one effect for a double click, errors beside their fields, nothing lost when a service is away."""

from typing import Any

import pytest

from . import nation
from .conftest import Browser, SignIn, sent
from .fakes import Fake
from .html import Page


async def test_a_vacancy_is_posted_as_registration_wants_it(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")

    answer = await sent(browser, "/employer/vacancies/new", dict(nation.NEW_VACANCY))

    assert (answer.status_code, answer.headers["location"]) == (303, f"/employer/vacancies/{nation.VACANCY}")
    assert services["registration"].was_asked("POST", "/vacancies")[0].json == {
        "employer_id": nation.EMPLOYER,
        "title": "물류 사무원",
        "occupation_code": "026201",
        "region_code": "41150",
        "openings": 1000,
        "pay_type": "month",
        "pay_min": 2800000,
        "pay_max": None,
        "employment_type": "regular",
        "weekly_hours": None,
        "career": "any",
        "education": "00",
        "closes_on": None,
    }


async def test_what_was_done_is_said_once(browser: Browser, sign_in: SignIn) -> None:
    sign_in("employer")
    answer = await sent(browser, "/employer/vacancies/new", dict(nation.NEW_VACANCY))

    first = await browser.get(answer.headers["location"])
    second = await browser.get(answer.headers["location"])

    assert "구인을 등록했습니다" in first.text
    assert "구인을 등록했습니다" not in second.text


async def test_a_double_click_carries_one_idempotency_key(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    form = Page((await browser.get("/employer/vacancies/new")).text).form("form")

    for _ in range(2):
        await browser.post(form.action, data={**form.values, **nation.NEW_VACANCY})

    keys = [asked.headers["idempotency-key"] for asked in services["registration"].was_asked("POST", "/vacancies")]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_two_renderings_of_a_form_carry_two_keys(browser: Browser, sign_in: SignIn) -> None:
    sign_in("employer")

    keys = {Page((await browser.get("/employer/vacancies/new")).text).form("form").values["key"][0] for _ in range(2)}

    assert len(keys) == 2


async def test_a_change_names_the_version_it_changes(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("jobseeker")
    services["registration"].says("GET", f"/jobseekers/{nation.JOBSEEKER}", tagged(nation.RECORD, '"3"'))

    answer = await sent(browser, "/jobseeker/registration/change", {"wishes.wage_floor": "13,000"})

    assert answer.headers["location"] == "/jobseeker/registration"
    asked = services["registration"].was_asked("PUT", f"/jobseekers/{nation.JOBSEEKER}")[0]
    assert asked.headers["if-match"] == '"3"'
    assert asked.json["wishes"] == {**nation.WISHES, "wage_floor": 13000}
    assert asked.json["person"] == nation.RECORD["person"]
    assert (asked.json["visible"], asked.json["matching_consent"]) == (True, True)


async def test_an_unticked_box_takes_consent_back(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("jobseeker")
    form = Page((await browser.get("/jobseeker/registration/change")).text).form("form")
    del form.values["matching_consent"]

    await browser.post(form.action, data=form.values)

    asked = services["registration"].was_asked("PUT", f"/jobseekers/{nation.JOBSEEKER}")[0]
    assert asked.json["matching_consent"] is False


@pytest.mark.parametrize(
    ("pressed", "shown"),
    [
        ({"look": "find", "find": "택배"}, "wishes-occupations-622200-found"),
        ({"find": "택배"}, "wishes-occupations-622200-found"),
        ({"look": "open:13B"}, "wishes-occupations-622200-13B"),
    ],
    ids=["search button", "enter key", "opened group"],
)
async def test_looking_for_an_occupation_sends_nothing_and_keeps_the_form(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], pressed: dict[str, Any], shown: str
) -> None:
    sign_in("jobseeker")
    form = Page((await browser.get("/jobseeker/registration/change")).text).form("form")

    answer = await browser.post(form.action, data={**form.values, "career_years": "7", **pressed})

    page = Page(answer.text)
    assert page.find("input", id=shown)["value"] == "622200"
    assert page.find("input", id="career_years")["value"] == "7"
    assert page.form("form").values["wishes.occupations"] == nation.WISHES["occupations"]
    assert page.form("form").values["key"] == form.values["key"]
    assert services["registration"].was_asked("PUT", f"/jobseekers/{nation.JOBSEEKER}") == []


async def test_a_hire_is_answered_with_its_day_and_a_refusal_with_its_reason(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    path = f"/employer/referrals/{nation.REFERRAL}"

    await sent(browser, path, {"answer": "hired", "hired_on": "2026-11-23", "reason": "skills"})
    await sent(browser, path, {"answer": "declined", "reason": "other", "own_words": "조건이 다릅니다."})

    bodies = [asked.json for asked in services["matching"].was_asked("POST", f"/referrals/{nation.REFERRAL}/answer")]
    assert bodies == [
        {"answer": "hired", "reason": None, "hired_on": "2026-11-23"},
        {"answer": "declined", "reason": "조건이 다릅니다.", "hired_on": None},
    ]


async def test_a_counsellor_refers_from_the_list_of_new_matches(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")
    page = Page((await browser.get("/counsellor/matches")).text)
    form = page.find("form", action="/counsellor/referrals")
    fields = {one["name"]: one["value"] for one in form.all("input")}

    answer = await browser.post("/counsellor/referrals", data=fields)

    assert answer.headers["location"] == f"/counsellor/referrals/{nation.REFERRAL}"
    asked = services["matching"].was_asked("POST", "/referrals")[0]
    assert asked.json == {"jobseeker_id": nation.JOBSEEKER, "vacancy_id": nation.VACANCY, "cv_consent": False}
    assert asked.headers["idempotency-key"] == fields["key"]


async def test_a_placement_is_reversed_with_a_reason(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")

    answer = await sent(browser, f"/counsellor/placements/{nation.PLACEMENT}", {"reason": "입사하지 않음"})

    assert answer.headers["location"] == "/counsellor/placements"
    asked = services["matching"].was_asked("POST", f"/placements/{nation.PLACEMENT}/reverse")[0]
    assert asked.json == {"reason": "입사하지 않음"}


def tagged(view: dict[str, Any], tag: str) -> Any:
    from starlette.responses import JSONResponse

    return JSONResponse(view, headers={"ETag": tag})
