"""Forms: one effect for a double click, errors beside their fields, nothing lost when a service is away."""

from typing import Any

import pytest

from . import nation
from .conftest import Browser, SignIn, sent
from .fakes import Fake, problem
from .html import Page

NEW_VACANCY = {
    "title": "물류 사무원",
    "occupation_code": "026201",
    "region_code": "41150",
    "openings": "1,000",
    "pay_min": "2,800,000",
}


async def test_a_vacancy_is_posted_as_registration_wants_it(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")

    answer = await sent(browser, "/employer/vacancies/new", dict(NEW_VACANCY))

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
    answer = await sent(browser, "/employer/vacancies/new", dict(NEW_VACANCY))

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
        await browser.post(form.action, data={**form.values, **NEW_VACANCY})

    keys = [asked.headers["idempotency-key"] for asked in services["registration"].was_asked("POST", "/vacancies")]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_two_renderings_of_a_form_carry_two_keys(browser: Browser, sign_in: SignIn) -> None:
    sign_in("employer")

    keys = {Page((await browser.get("/employer/vacancies/new")).text).form("form").values["key"][0] for _ in range(2)}

    assert len(keys) == 2


async def test_a_refusal_stands_beside_the_field_it_names_and_keeps_what_was_typed(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    services["registration"].says(
        "POST",
        "/vacancies",
        problem(422, "규칙에 맞지 않습니다.", ("openings", "from 1 to 9999", "1명 이상 9999명 이하여야 합니다.")),
    )
    form = Page((await browser.get("/employer/vacancies/new")).text).form("form")

    answer = await browser.post(form.action, data={**form.values, **NEW_VACANCY, "openings": "0"})

    assert answer.status_code == 422
    page = Page(answer.text)
    field = page.find("input", id="openings")
    assert field["value"] == "0"
    assert field["aria-invalid"] == "true"
    assert page.find(id=field["aria-describedby"]).text == "1명 이상 9999명 이하여야 합니다."
    summary = page.find(id="error-summary")
    assert summary.find("a")["href"] == "#openings"
    assert summary.find("a").text == "모집인원: 1명 이상 9999명 이하여야 합니다."
    assert page.find("title").text.startswith("오류: ")
    assert page.find("input", id="title")["value"] == "물류 사무원"
    assert page.form("form").values["key"] != form.values["key"]


async def test_a_refusal_that_names_no_field_of_the_form_is_still_said(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("jobseeker")
    services["registration"].says(
        "PUT",
        f"/jobseekers/{nation.JOBSEEKER}",
        problem(409, "이미 등록되어 있습니다.", ("person", "one record", "한 기록만")),
    )

    answer = await sent(browser, "/jobseeker/registration/change")

    summary = Page(answer.text).find(id="error-summary")
    assert summary.find("h2").text == "이미 등록되어 있습니다."
    assert "한 기록만" in summary.text


async def test_a_form_sent_to_a_silent_service_is_kept_with_its_key(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    form = Page((await browser.get("/employer/vacancies/new")).text).form("form")
    services["registration"].says("POST", "/vacancies", problem(503, "no"))

    answer = await browser.post(form.action, data={**form.values, **NEW_VACANCY})

    assert answer.status_code == 503
    again = Page(answer.text).form("form").values
    assert again["key"] == form.values["key"]
    assert again["title"] == ["물류 사무원"]
    assert "한 번만 처리됩니다" in answer.text


async def test_a_form_from_elsewhere_is_not_taken(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("employer")
    form = Page((await browser.get("/employer/vacancies/new")).text).form("form")

    for token in ("", "x", "0" * 64):
        answer = await browser.post(form.action, data={**form.values, **NEW_VACANCY, "form_token": token})
        assert answer.status_code == 403
    browser.cookies.delete("ieum_guard")
    assert (await browser.post(form.action, data={**form.values, **NEW_VACANCY})).status_code == 403

    assert services["registration"].was_asked("POST", "/vacancies") == []


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


async def test_a_new_registration_agrees_to_nothing_beforehand(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("jobseeker")
    services["registration"].says("GET", f"/jobseekers/{nation.JOBSEEKER}", problem(404, "Not found"))

    form = Page((await browser.get("/jobseeker/registration")).text).form("form")

    assert not {"visible", "matching_consent"} & form.values.keys()


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


@pytest.mark.parametrize("tag", ['"1"\r\nX-Evil: 1', '"1"\0', '"일"', "*", "1", '"1"' * 100])
async def test_a_version_that_is_none_is_refused_by_name_and_leaves_the_service_to_everybody(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], tag: str
) -> None:
    sign_in("jobseeker")
    form = Page((await browser.get("/jobseeker/registration/change")).text).form("form")
    services["registration"].asked.clear()

    page = await browser.post(form.action, data={**form.values, "tag": tag})
    document = await browser.post(form.action, data={**form.values, "tag": tag}, headers={"accept": "*/*"})

    assert (page.status_code, document.status_code) == (422, 422)
    assert "tag" in Page(page.text).find("main").text
    assert [error["field"] for error in document.json()["errors"]] == ["tag"]
    assert services["registration"].asked == []


@pytest.mark.parametrize("charset", ["unicode_escape", "punycode", "undefined", "utf-16", "idna", "rot13", "x"])
async def test_a_form_in_another_encoding_than_ours_is_refused(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], charset: str
) -> None:
    sign_in("counsellor")
    token = Page((await browser.get("/messages")).text).form_token
    part = f'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
    odd = '--b\r\nContent-Disposition: form-data; name="jobseeker_id"\r\n\r\n\\ud800\r\n--b--\r\n'

    answer = await browser.post(
        "/counsellor/referrals",
        content=(part + odd).encode(),
        headers={"content-type": f"multipart/form-data; boundary=b; charset={charset}"},
    )

    assert answer.status_code == 415
    assert services["matching"].was_asked("POST", "/referrals") == []


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


async def test_a_refused_referral_says_why(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("counsellor")
    services["matching"].says("POST", "/referrals", problem(409, "이미 알선했습니다."))
    page = Page((await browser.get("/counsellor/matches")).text)
    fields = {one["name"]: one["value"] for one in page.find("form", action="/counsellor/referrals").all("input")}

    answer = await browser.post("/counsellor/referrals", data=fields)

    assert answer.status_code == 409
    assert "이미 알선했습니다." in Page(answer.text).find(id="error-summary").text


async def test_a_placement_is_reversed_with_a_reason(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")

    answer = await sent(browser, f"/counsellor/placements/{nation.PLACEMENT}", {"reason": "입사하지 않음"})

    assert answer.headers["location"] == "/counsellor/placements"
    asked = services["matching"].was_asked("POST", f"/placements/{nation.PLACEMENT}/reverse")[0]
    assert asked.json == {"reason": "입사하지 않음"}


async def test_a_record_that_is_someone_elses_is_a_page_that_says_so(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")
    services["registration"].says("GET", "/jobseekers/x", problem(403, "권한이 없습니다."))

    answer = await browser.get("/counsellor/jobseekers/x/record")

    assert answer.status_code == 403
    assert Page(answer.text).find("h1").text == "권한이 없습니다."


async def test_a_path_typed_by_hand_cannot_lead_to_another_route_of_a_service(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")

    await browser.get("/counsellor/jobseekers/..%2Frefusals/record")

    paths = {asked.path for asked in services["registration"].asked}
    assert "/refusals" not in paths


def tagged(view: dict[str, Any], tag: str) -> Any:
    from starlette.responses import JSONResponse

    return JSONResponse(view, headers={"ETag": tag})
