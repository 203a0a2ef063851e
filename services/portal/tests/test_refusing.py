"""Forms that are not taken: what the visitor is told, and that nothing typed is lost."""

import pytest

from . import nation
from .conftest import Browser, SignIn, sent
from .fakes import Fake, problem
from .html import Page


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

    answer = await browser.post(form.action, data={**form.values, **nation.NEW_VACANCY, "openings": "0"})

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

    answer = await browser.post(form.action, data={**form.values, **nation.NEW_VACANCY})

    assert answer.status_code == 503
    again = Page(answer.text).form("form").values
    assert again["key"] == form.values["key"]
    assert again["title"] == ["물류 사무원"]
    assert "한 번만 처리됩니다" in answer.text


async def test_a_form_from_elsewhere_is_not_taken(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("employer")
    form = Page((await browser.get("/employer/vacancies/new")).text).form("form")

    for token in ("", "x", "0" * 64):
        answer = await browser.post(form.action, data={**form.values, **nation.NEW_VACANCY, "form_token": token})
        assert answer.status_code == 403
    browser.cookies.delete("ieum_guard")
    assert (await browser.post(form.action, data={**form.values, **nation.NEW_VACANCY})).status_code == 403

    assert services["registration"].was_asked("POST", "/vacancies") == []


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


async def test_a_refused_referral_says_why(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("counsellor")
    services["matching"].says("POST", "/referrals", problem(409, "이미 알선했습니다."))
    page = Page((await browser.get("/counsellor/matches")).text)
    fields = {one["name"]: one["value"] for one in page.find("form", action="/counsellor/referrals").all("input")}

    answer = await browser.post("/counsellor/referrals", data=fields)

    assert answer.status_code == 409
    assert "이미 알선했습니다." in Page(answer.text).find(id="error-summary").text


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


@pytest.mark.parametrize(
    ("sent", "led_to"),
    [(None, "/vacancies/new"), ("//evil.example", "/"), ("/\\evil.example", "/"), ("https://evil.example", "/")],
)
async def test_a_form_that_is_shown_again_leads_to_where_it_stands_in_the_other_language(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake], sent: str | None, led_to: str
) -> None:
    sign_in("employer")
    services["registration"].says("POST", "/vacancies", problem(422, "입력을 확인해 주세요."))
    first = Page((await browser.get("/employer/vacancies/new")).text).form("form")
    values = {**first.values, **({"shown_at": sent} if sent else {})}

    again = await browser.post(first.action, data=values)

    assert again.status_code == 422
    assert f'href="/en{"/employer" + led_to if led_to != "/" else "/"}"' in again.text


async def test_a_number_as_pages_shorten_it_is_no_number_of_a_placement(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("counsellor")
    form = Page((await browser.get("/counsellor/placements/new")).text).form("form")
    short = {"jobseeker_id": nation.JOBSEEKER[:8], "vacancy_id": nation.VACANCY}

    again = await browser.post(form.action, data={**form.values, **short})

    assert again.status_code == 422
    assert again.text.count("36자리 번호 전체") == 2  # in the summary and at its field
    assert services["matching"].was_asked("POST", "/placements") == []


async def test_a_shortened_number_is_nobodys_record(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("director")

    page = await browser.get(f"/record-looks?person_id={nation.JOBSEEKER[:8]}")

    assert "36자리 번호 전체" in page.text
    assert services["registration"].was_asked("GET", "/record-looks") == []
