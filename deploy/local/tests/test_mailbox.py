"""The local mail server: takes real SMTP, shows what it got, and trusts none of it."""

import asyncio
import os
import smtplib
import sys
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from ieum_local import ports
from ieum_local.children import Child, Program
from ieum_local.mailbox import folder as mail_folder
from ieum_local.mailbox.folder import MailFolder
from ieum_local.waiting import until


class Mailbox:
    """A running mail server."""

    def __init__(self, smtp: int, page: int) -> None:
        self.smtp = smtp
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{page}", trust_env=False)

    async def send(self, message: EmailMessage) -> None:
        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as connection:
                connection.send_message(message)

        await asyncio.to_thread(deliver)

    async def answers(self) -> bool:
        try:
            return (await self.client.get("/readyz")).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
async def mailbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mailbox]:
    place = tmp_path_factory.mktemp("mail")
    smtp, page = ports.find(), ports.find()
    environment = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp), "MAILBOX_PORT": str(page)}
    program = Program(
        "mail",
        [sys.executable, "-m", "ieum_local", "mail"],
        log=place / "log",
        env={**environment, "MAIL_FOLDER": str(place / "mail")},
    )
    child, server = Child(program), Mailbox(smtp, page)
    try:
        await until("the mail server", server.answers, seconds=30)
        yield server
    finally:
        await child.stop()
        await server.client.aclose()


def letter(to: str, subject: str, text: str, html: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ieum@example.org", to, subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


async def test_a_korean_letter_arrives_whole(mailbox: Mailbox) -> None:
    await mailbox.send(letter("hong@example.org", "알선 결과", "면접이 잡혔습니다: http://localhost:8080/ko?a=1&b=2"))

    items = (await mailbox.client.get("/messages", params={"to": "HONG@example.org"})).json()["items"]
    page = (await mailbox.client.get(f"/mails/{items[0]['mail_id']}")).text

    assert [(item["subject"], item["recipients"]) for item in items] == [("알선 결과", ["hong@example.org"])]
    assert items[0]["text"].startswith("면접이 잡혔습니다")
    assert '<a href="http://localhost:8080/ko?a=1&amp;b=2">' in page


async def test_the_newest_letter_comes_first(mailbox: Mailbox) -> None:
    for number in range(3):
        await mailbox.send(letter("order@example.org", f"letter {number}", "…"))

    items = (await mailbox.client.get("/messages", params={"to": "order@example.org", "limit": 2})).json()["items"]

    assert [item["subject"] for item in items] == ["letter 2", "letter 1"]


async def test_a_letter_cannot_run_a_script(mailbox: Mailbox) -> None:
    evil = "<script>alert(1)</script>"
    await mailbox.send(letter("evil@example.org", evil, f'{evil} http://x"onmouseover="alert(1)', f"<p>{evil}</p>"))
    items = (await mailbox.client.get("/messages", params={"to": "evil@example.org"})).json()["items"]

    page = await mailbox.client.get(f"/mails/{items[0]['mail_id']}")
    listed = await mailbox.client.get("/")

    assert "<script>" not in page.text + listed.text
    assert "<iframe sandbox " in page.text
    assert 'onmouseover="' not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("path", "status"), [("/messages/..%2f..%2fetc", 404), ("/mails/none", 404), ("/messages?limit=x", 422)]
)
async def test_what_is_not_there_is_said_so(mailbox: Mailbox, path: str, status: int) -> None:
    assert (await mailbox.client.get(path)).status_code == status


def test_the_oldest_are_dropped_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_folder, "MOST_KEPT", 3)
    box = MailFolder(tmp_path)

    ids = [box.add("a@example.org", ["b@example.org"], b"Subject: x\r\n\r\n") for _ in range(5)]

    assert [mail.mail_id for mail in MailFolder(tmp_path).newest(10)] == ids[:1:-1]


def test_a_half_written_letter_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "1.new").write_bytes(b"Subject: ha")

    assert MailFolder(tmp_path).newest(10) == []
    assert os.listdir(tmp_path) == []


def test_a_letter_in_an_unknown_charset_is_still_shown(tmp_path: Path) -> None:
    box = MailFolder(tmp_path)
    content = b"Subject: x\r\nContent-Type: text/plain; charset=no-such\r\n\r\nreadable\r\n"

    mail = box.get(box.add("a@example.org", ["b@example.org"], content))

    assert mail
    assert "readable" in mail.text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Fri, 27 Nov 2026 16:30:00 +0000", "2026-11-28 01:30:00"),
        ("Fri, 27 Nov 2026 16:30:00 +0900", "2026-11-27 16:30:00"),
        ("the day before", "the day before"),
        ("Fri, 31 Dec 9999 23:00:00 -0900", "Fri, 31 Dec 9999 23:00:00 -0900"),
    ],
)
def test_a_letter_shows_when_it_was_written_by_koreas_clock(tmp_path: Path, written: str, shown: str) -> None:
    folder = MailFolder(tmp_path)

    mail = folder.get(folder.add("a@example.org", ["b@example.org"], f"Date: {written}\r\n\r\nHello".encode()))

    assert mail is not None
    assert mail.date == shown
