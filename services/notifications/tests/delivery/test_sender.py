from datetime import timedelta
from typing import Any

import pytest

from ieum.database import Database
from ieum.testing import eventually
from notifications.delivery.ports import Accepted, Refused, Unsure
from notifications.delivery.rules import Pace
from notifications.telling.handlers import Telling, configure

from .conftest import Make, Recorder, all_are, are, due_later, nothing_due

pytestmark = pytest.mark.usefixtures("told_hastily")

PATIENT = Pace(digest_quiet=timedelta(milliseconds=200), digest_window=timedelta(seconds=20))


async def test_a_message_goes_out_as_a_letter(post: Any, referred: Make) -> None:
    await post.hear(referred("jobseeker-1"))

    async with post.at_work(post.sender()):
        await eventually("both letters are accepted", lambda: all_are(post.states, "accepted"))

    assert sorted(mail["To"] for mail in post.mailbox.mails) == [
        "employer-employer-1@example.org",
        "jobseeker-1@example.org",
    ]
    assert {request.url.params["purpose"] for request in post.registration.asked} == {"notification"}
    assert {request.headers["authorization"] for request in post.registration.asked} == {"Bearer token"}


async def test_dozens_of_matches_become_one_letter_while_live_messages_stay_single(
    post: Any, database: Database, proposed: Make
) -> None:
    configure(database, Telling(PATIENT))
    for _ in range(3):
        await post.hear(*(proposed("a", title=f"일자리 {number}") for number in range(10)))

    async with post.at_work(post.sender()):
        await eventually("the digest is accepted", lambda: all_are(post.states, "accepted"))

    (mail,) = post.mailbox.mails
    assert mail["Subject"] == "새 일자리: 일자리 0 외 29건"
    async with database.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM message WHERE live") == 30


async def test_a_match_after_a_claimed_digest_opens_the_next_one(post: Any, database: Database, proposed: Make) -> None:
    await post.hear(proposed("a", title="첫째"))
    async with post.at_work(post.sender()):
        await eventually("the first is accepted", lambda: all_are(post.states, "accepted"))

        await post.hear(proposed("a", title="둘째"))
        await eventually("the second is accepted", lambda: all_are(post.states, "accepted", 2))

    assert [mail["Subject"] for mail in post.mailbox.mails] == ["새 일자리: 첫째", "새 일자리: 둘째"]


async def test_a_lost_reply_leaves_the_letter_unknown_and_it_is_never_sent_again(
    post: Any, placed: Make, database: Database
) -> None:
    post.mailbox.drop = True
    await post.hear(placed("a"))

    async with post.at_work(post.sender(), post.sender()):
        await eventually("nothing more will be tried", lambda: nothing_due(database))

    assert await post.states() == [("unknown", "reply lost")]
    assert len(post.mailbox.mails) == 1


async def test_a_temporary_refusal_is_tried_again_until_it_is_taken(post: Any, placed: Make) -> None:
    post.mailbox.answers = ["451 try later", "452 full"]
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("the letter is accepted", lambda: all_are(post.states, "accepted"))

    assert len(post.mailbox.mails) == 1


async def test_after_enough_temporary_refusals_a_letter_is_undeliverable(post: Any, placed: Make) -> None:
    post.mailbox.answers = ["451 try later"] * 9
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("it is given up", lambda: all_are(post.states, "undeliverable"))

    assert len(post.mailbox.answers) == 6
    assert await post.states() == [("undeliverable", "smtp 451")]


async def test_a_permanent_refusal_is_the_end(post: Any, placed: Make) -> None:
    post.mailbox.recipient_answers = ["550 no such mailbox"]
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("it is refused", lambda: all_are(post.states, "refused"))

    assert post.mailbox.conversations == 1


async def test_an_outage_of_registration_uses_up_no_attempts(post: Any, database: Database, placed: Make) -> None:
    post.registration.status = 503
    await post.hear(placed("a"))
    async with post.at_work(post.sender()):
        await eventually("it was asked five times", lambda: len(post.registration.asked) >= 5)
        post.registration.status = 200
        await eventually("it is accepted", lambda: all_are(post.states, "accepted"))

    async with database.reading() as tx:
        assert await tx.fetchval("SELECT attempts FROM delivery") == 1


@pytest.mark.parametrize(("person", "reason"), [({"unknown": True}, "no contact"), ({"email": None}, "no address")])
async def test_whoever_cannot_be_reached_is_listed_and_not_tried_for_ever(
    post: Any, placed: Make, person: dict[str, Any], reason: str
) -> None:
    post.registration.people["a"] = person
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("it is given up", lambda: all_are(post.states, "undeliverable"))

    assert await post.states() == [("undeliverable", reason)]


async def test_a_letter_is_written_in_the_chosen_language_and_else_in_the_registered_one(
    post: Any, database: Database, placed: Make
) -> None:
    post.registration.people["b"] = {"email": "b@example.org", "language": "en"}
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO recipient (recipient_id, language) VALUES ('a', 'en')")
    await post.hear(placed("a"), placed("b"), placed("c"))

    async with post.at_work(post.sender()):
        await eventually("all are accepted", lambda: all_are(post.states, "accepted", 3))

    subjects = {mail["To"]: mail["Subject"] for mail in post.mailbox.mails}
    assert subjects == {
        "a@example.org": "Placement recorded",
        "b@example.org": "Placement recorded",
        "c@example.org": "취업 등록",
    }


async def test_what_was_switched_off_before_it_was_sent_is_not_sent(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        await tx.execute('UPDATE recipient SET kinds = \'{"placement_recorded": {"email": false}}\'')

    async with post.at_work(post.sender()):
        await eventually("it is put aside", lambda: all_are(post.states, "unwanted"))

    assert post.mailbox.mails == []


async def test_quiet_hours_that_were_set_after_the_letter_was_made_are_kept(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE recipient SET quiet_from = (now() AT TIME ZONE 'Asia/Seoul')::time - interval '1 hour',"
            " quiet_to = (now() AT TIME ZONE 'Asia/Seoul')::time + interval '2 hours'"
        )

    async with post.at_work(post.sender()):
        await eventually("it is put off", lambda: due_later(database))

    assert await post.states() == [("pending", None)]
    assert post.mailbox.mails == []


async def test_a_fault_in_one_letter_stops_no_other(post: Any, database: Database, placed: Make) -> None:
    await post.hear(placed("broken"), placed("a"))
    async with database.transaction() as tx:
        await tx.execute("UPDATE message SET params = params - 'hired_on' WHERE recipient_id = 'broken'")

    async with post.at_work(post.sender()):
        await eventually("one is accepted, one given up", lambda: are(post.states, {"accepted", "undeliverable"}))

    assert [mail["To"] for mail in post.mailbox.mails] == ["a@example.org"]


async def test_a_provider_that_can_be_asked_resolves_a_lost_reply(post: Any, database: Database, placed: Make) -> None:
    post.registration.people["a"] = {"phone": "010-0000-0000"}
    sms = Recorder(Unsure("reply lost"), told=Accepted())
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO recipient (recipient_id, kinds)"
            ' VALUES (\'a\', \'{"placement_recorded": {"email": false, "sms": true}}\')'
        )
    await post.hear(placed("a"))

    async with post.at_work(post.sender(sms=sms)):
        await eventually("it is accepted", lambda: all_are(post.states, "accepted"))

    assert len(sms.letters) == 1
    assert sms.asked == [sms.letters[0].reference]


async def test_a_letter_the_provider_certainly_never_got_is_sent_again_under_the_same_reference(
    post: Any, database: Database, placed: Make
) -> None:
    mail = Recorder(Unsure("reply lost"), told=Refused("not taken", permanent=False))
    await post.hear(placed("a"))

    async with post.at_work(post.sender(mail)):
        await eventually("it is accepted", lambda: all_are(post.states, "accepted"))

    assert len(mail.letters) == 2
    assert len({letter.reference for letter in mail.letters}) == 1
