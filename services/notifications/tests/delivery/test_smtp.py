import socket
from typing import Any
from uuid import UUID, uuid4

import pytest

from notifications.delivery.ports import Accepted, Letter, OtherSideAway, Outcome, Refused, Unsure
from notifications.delivery.smtp import MailServer, SmtpMail


def letter(address: str = "someone@example.org", reference: UUID | None = None) -> Letter:
    return Letter(reference or uuid4(), address, "새 일자리: 용접원", "안녕하세요.\n.한 줄\n", "짧은 글", "ko")


async def test_a_letter_arrives_whole_and_named_by_its_reference(mailbox: Any) -> None:
    reference = uuid4()

    outcome = await SmtpMail(mailbox.server).send(letter(reference=reference))

    (mail,) = mailbox.mails
    assert outcome == Accepted()
    assert mail["Subject"] == "새 일자리: 용접원"
    assert mail["Message-ID"] == f"<{reference}@ieum.example>"
    assert (mail["To"], mail["From"]) == ("someone@example.org", "고용센터 이음 <no-reply@ieum.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content() == "안녕하세요.\n.한 줄\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("550 no such mailbox", Refused("smtp 550", permanent=True)),
        ("451 try later", Refused("smtp 451", permanent=False)),
        ("421 going down", Refused("smtp 421", permanent=False)),
        ("252 will try", Accepted()),
    ],
)
async def test_the_servers_word_after_the_body_is_believed(mailbox: Any, said: str, expected: Outcome) -> None:
    mailbox.answers = [said]

    assert await SmtpMail(mailbox.server).send(letter()) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("550 no such mailbox", Refused("smtp 550", permanent=True)),
        ("450 greylisted", Refused("smtp 450", permanent=False)),
    ],
)
async def test_a_refused_recipient_is_a_refused_letter(mailbox: Any, said: str, expected: Outcome) -> None:
    mailbox.recipient_answers = [said]

    assert await SmtpMail(mailbox.server).send(letter()) == expected
    assert mailbox.mails == []


async def test_a_reply_lost_after_the_body_leaves_the_outcome_open(mailbox: Any) -> None:
    mailbox.drop = True

    outcome = await SmtpMail(mailbox.server).send(letter())

    assert outcome == Unsure("reply lost")
    assert len(mailbox.mails) == 1


async def test_a_server_that_is_not_there_says_nothing_of_the_letter() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    outcome = await SmtpMail(MailServer("127.0.0.1", port, "no-reply@ieum.example", "이음", timeout=2.0)).send(letter())

    assert outcome == OtherSideAway("smtp unreachable")


@pytest.mark.parametrize(
    "address",
    ["no-at-sign", "", "two@at@example.org", "line\nbreak@example.org", "Bcc: x@example.org\r\n", "한글@example.org"],
)
async def test_what_is_no_address_is_refused_for_good(mailbox: Any, address: str) -> None:
    outcome = await SmtpMail(mailbox.server).send(letter(address))

    assert outcome == Refused("address", permanent=True)
    assert mailbox.mails == []


async def test_smtp_cannot_be_asked_what_became_of_a_letter(mailbox: Any) -> None:
    assert await SmtpMail(mailbox.server).query(uuid4()) is None
