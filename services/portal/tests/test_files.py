"""Files of vacancies on their way through the portal."""

import asyncio

from starlette.responses import Response

from portal.visit import SESSION

from . import nation
from .conftest import Browser, SignIn
from .fakes import Fake, problem
from .html import Element, Page


async def test_a_file_is_handed_on_whole_with_name_format_and_key(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    form = Page((await browser.get("/imports")).text).form("form")
    content = "\ufeff<wantedRoot>".encode() + b"x" * 3_000_000

    answer = await browser.post(
        form.action, data={**form.values, "format": "work24"}, files={"file": ("구인 목록.xml", content)}
    )

    assert (answer.status_code, answer.headers["location"]) == (303, f"/imports/{nation.IMPORT}")
    asked = services["registration"].was_asked("POST", "/imports")[0]
    assert asked.query == {"format": "work24"}
    assert asked.headers["idempotency-key"] == form.values["key"][0]
    assert content in asked.body
    assert "구인 목록.xml".encode() in asked.body


async def test_no_file_is_an_error_at_the_field(browser: Browser, sign_in: SignIn) -> None:
    sign_in("counsellor")
    form = Page((await browser.get("/imports")).text).form("form")

    answer = await browser.post(form.action, data=form.values, files={"file": ("", b"")})

    assert answer.status_code == 422
    assert Page(answer.text).find("input", id="file")["aria-invalid"] == "true"


async def test_a_refused_file_says_why(browser: Browser, sign_in: SignIn, services: dict[str, Fake]) -> None:
    sign_in("employer")
    services["registration"].says("POST", "/imports", problem(413, "파일이 너무 큽니다."))
    form = Page((await browser.get("/imports")).text).form("form")

    answer = await browser.post(form.action, data=form.values, files={"file": ("a.csv", b"x")})

    assert answer.status_code == 413
    assert Page(answer.text).find(id="error-summary").find("h2").text == "파일이 너무 큽니다."


async def test_a_reason_that_is_all_of_the_refusal_is_said_once_at_the_field(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    reason = "세 번째 줄에서 파일이 끊겼습니다."
    services["registration"].says(
        "POST", "/imports", problem(422, "파일을 받을 수 없습니다.", ("file", "cut off", reason), detail=reason)
    )
    form = Page((await browser.get("/imports")).text).form("form")

    page = Page((await browser.post(form.action, data=form.values, files={"file": ("a.csv", b"x")})).text)

    assert page.text.count(reason) == 1
    assert page.find(id="file-error-1").text == reason
    link = page.find(id="error-summary").find("a")
    assert (link["href"], link.text) == ("#file", "파일")


async def test_a_file_that_registration_could_never_take_is_refused_before_it_is_read(
    browser: Browser, sign_in: SignIn
) -> None:
    sign_in("employer")
    head = [
        "POST /imports HTTP/1.1",
        f"Host: {browser.base_url.host}",
        f"Cookie: {SESSION}={browser.cookies[SESSION]}",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {200 * 1024 * 1024}",
    ]

    reader, writer = await asyncio.open_connection(browser.base_url.host, browser.base_url.port)
    writer.write("\r\n".join([*head, "", ""]).encode())
    status = await asyncio.wait_for(reader.readline(), 15)
    writer.close()

    assert status.startswith(b"HTTP/1.1 413 ")


async def test_an_import_that_moves_renews_itself_and_can_be_stopped(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    moving = {**nation.IMPORT_VIEW, "state": "running", "rows_read": 300, "finished_at": None}
    services["registration"].says("GET", f"/imports/{nation.IMPORT}", moving)
    services["registration"].says("POST", f"/imports/{nation.IMPORT}/stop", moving)

    page = Page((await browser.get(f"/imports/{nation.IMPORT}")).text)
    part = Page((await browser.get(f"/imports/{nation.IMPORT}", headers={"hx-request": "true"})).text)
    form = page.find("form", action=f"/imports/{nation.IMPORT}/stop")
    stopped = await browser.post(form["action"], data={one["name"]: one["value"] for one in form.all("input")})

    assert page.find(id="import")["hx-trigger"] == "every 1s"
    assert (page.find("progress")["value"], page.find("progress")["max"]) == ("300", "1200")
    assert part.all("html") == []
    assert part.find(id="import")
    assert stopped.status_code == 303


async def test_a_finished_import_stands_still_and_lists_what_was_rejected(browser: Browser, sign_in: SignIn) -> None:
    sign_in("employer")

    page = Page((await browser.get(f"/imports/{nation.IMPORT}")).text)

    assert page.find(id="import").get("hx-trigger") is None
    row = page.find("table").find("tbody").find("tr")
    assert [cell.text for cell in row.children if isinstance(cell, Element)] == [
        "17",
        "jobsCd",
        "등록된 코드여야 합니다.",
        "999999",
    ]


async def test_rejected_rows_are_downloaded_as_registration_wrote_them(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("employer")
    services["registration"].says(
        "GET", f"/imports/{nation.IMPORT}/rejections.csv", Response("﻿row,field\n17,jobsCd\n", media_type="text/csv")
    )

    answer = await browser.get(f"/imports/{nation.IMPORT}/rejections.csv")

    assert answer.text == "﻿row,field\n17,jobsCd\n"
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment;")


async def test_the_page_says_what_a_spreadsheet_must_look_like(browser: Browser, sign_in: SignIn) -> None:
    sign_in("employer")

    shown = Page((await browser.get("/imports")).text).find("details", id="columns").text
    columns = await browser.get("/imports/columns.csv")
    occupations = await browser.get("/imports/occupations.csv")
    regions = await browser.get("/imports/regions.csv")

    assert "구인인증번호관리번호, reference예" in shown
    assert columns.content.decode("utf-8-sig") == "구인인증번호,업종\r\n"
    assert all(len(line.split(",")[0]) == 6 for line in occupations.text.splitlines()[1:])
    assert "41150,경기 의정부시" in regions.text.splitlines()
