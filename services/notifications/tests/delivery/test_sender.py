import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from ieum.database import Database
from ieum.testing import eventually
from notifications.delivery import store
from notifications.delivery.ports import Accepted, Letter, Outcome, Refused, Unsure
from notifications.delivery.rules import Pace, Verdict
from notifications.messages.handlers import Telling, configure

Make = Callable[..., Any]

PATIENT = Pace(digest_quiet=timedelta(milliseconds=200), digest_window=timedelta(seconds=20))


@pytest.fixture(autouse=True)
def told_hastily(database: Database) -> None:
    configure(database, Telling(Pace(digest_quiet=timedelta(0), digest_window=timedelta(0)), ("email", "sms")))


class Recorder:
    """A provider that gives the answers it is told to, and remembers what it was handed."""

    def __init__(self, *answers: Outcome, told: Outcome | None = None) -> None:
        self.answers = list(answers)
        self.told = told
        self.letters: list[Letter] = []
        self.asked: list[UUID] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        await self.gate.wait()
        return self.answers.pop(0) if self.answers else Accepted()

    async def query(self, reference: UUID) -> Outcome | None:
        self.asked.append(reference)
        return self.told


async def test_a_message_goes_out_as_a_letter(post: Any, referred: Make) -> None:
    await post.hear(referred("jobseeker-1"))

    async with post.at_work(post.sender()):
        await eventually("both letters are accepted", lambda: _all(post.states, "accepted"))

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
        await eventually("the digest is accepted", lambda: _all(post.states, "accepted"))

    (mail,) = post.mailbox.mails
    assert mail["Subject"] == "새 일자리: 일자리 0 외 29건"
    async with database.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM message WHERE live") == 30


async def test_a_match_after_a_claimed_digest_opens_the_next_one(post: Any, database: Database, proposed: Make) -> None:
    await post.hear(proposed("a", title="첫째"))
    async with post.at_work(post.sender()):
        await eventually("the first is accepted", lambda: _all(post.states, "accepted"))

        await post.hear(proposed("a", title="둘째"))
        await eventually("the second is accepted", lambda: _all(post.states, "accepted", 2))

    assert [mail["Subject"] for mail in post.mailbox.mails] == ["새 일자리: 첫째", "새 일자리: 둘째"]


async def test_a_lost_reply_leaves_the_letter_unknown_and_it_is_never_sent_again(
    post: Any, placed: Make, database: Database
) -> None:
    post.mailbox.drop = True
    await post.hear(placed("a"))

    async with post.at_work(post.sender(), post.sender()):
        await eventually("nothing more will be tried", lambda: _nothing_due(database))

    assert await post.states() == [("unknown", "reply lost")]
    assert len(post.mailbox.mails) == 1


async def test_a_temporary_refusal_is_tried_again_until_it_is_taken(post: Any, placed: Make) -> None:
    post.mailbox.answers = ["451 try later", "452 full"]
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("the letter is accepted", lambda: _all(post.states, "accepted"))

    assert len(post.mailbox.mails) == 1


async def test_after_enough_temporary_refusals_a_letter_is_undeliverable(post: Any, placed: Make) -> None:
    post.mailbox.answers = ["451 try later"] * 9
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("it is given up", lambda: _all(post.states, "undeliverable"))

    assert len(post.mailbox.answers) == 6
    assert await post.states() == [("undeliverable", "smtp 451")]


async def test_a_permanent_refusal_is_the_end(post: Any, placed: Make) -> None:
    post.mailbox.recipient_answers = ["550 no such mailbox"]
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("it is refused", lambda: _all(post.states, "refused"))

    assert post.mailbox.conversations == 1


async def test_workers_side_by_side_send_each_letter_once(post: Any, placed: Make) -> None:
    await post.hear(*(placed(f"j-{number}") for number in range(60)))

    async with post.at_work(*(post.sender() for _ in range(4))):
        await eventually("all are accepted", lambda: _all(post.states, "accepted", 60))

    assert len(post.mailbox.mails) == 60
    assert len({mail["Message-ID"] for mail in post.mailbox.mails}) == 60


async def test_a_letter_whose_worker_died_before_sending_is_sent_by_another(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        claims = await store.claim_due(tx, ["email"], 10, uuid4(), timedelta(milliseconds=50))
    assert len(claims) == 1

    async with post.at_work(post.sender()):
        await eventually("it is accepted", lambda: _all(post.states, "accepted"))

    assert len(post.mailbox.mails) == 1


async def test_a_letter_whose_worker_died_while_sending_is_unknown_and_not_sent_again(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        (claim,) = await store.claim_due(tx, ["email"], 10, uuid4(), timedelta(seconds=60))
        assert await store.begin_sending(tx, claim, timedelta(milliseconds=50))

    async with post.at_work(post.sender()):
        await eventually("nothing more will be tried", lambda: _nothing_due(database))

    assert await post.states() == [("unknown", "interrupted")]
    assert post.mailbox.mails == []


async def test_a_worker_that_was_frozen_past_its_lease_does_not_send(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        (stale,) = await store.claim_due(tx, ["email"], 10, uuid4(), timedelta(milliseconds=1))
    async with post.at_work(post.sender()):
        await eventually("another worker sends it", lambda: _all(post.states, "accepted"))

    async with database.transaction() as tx:
        may_send = await store.begin_sending(tx, stale, timedelta(seconds=60))
        recorded = await store.settle(tx, stale, Verdict("refused", "late", None, 1))

    assert (may_send, recorded) == (False, False)
    assert await post.states() == [("accepted", None)]


async def test_the_word_of_a_worker_that_comes_back_late_settles_an_unknown_letter(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        (claim,) = await store.claim_due(tx, ["email"], 10, uuid4(), timedelta(seconds=60))
        await store.begin_sending(tx, claim, timedelta(milliseconds=1))
    async with post.at_work(post.sender()):
        await eventually("it is unknown", lambda: _nothing_due(database))

    async with database.transaction() as tx:
        recorded = await store.settle(tx, claim, Verdict("accepted", None, None, 1))

    assert recorded
    assert await post.states() == [("accepted", None)]


@pytest.mark.parametrize(
    "problem", [asyncpg.AdminShutdownError("terminating connection"), asyncpg.CannotConnectNowError("starting up")]
)
async def test_an_answer_that_came_while_postgresql_was_shut_down_is_recorded_when_it_is_back(
    post: Any, placed: Make, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    failing, settle = [problem], store.settle

    async def settle_after_a_failure(*of: Any) -> bool:
        if failing:
            raise failing.pop()
        return await settle(*of)

    monkeypatch.setattr(store, "settle", settle_after_a_failure)
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("the letter is accepted", lambda: _all(post.states, "accepted"), within=30)

    assert len(post.mailbox.mails) == 1


async def test_a_worker_that_is_stopped_ends_the_conversations_under_way(post: Any, placed: Make) -> None:
    slow = Recorder()
    slow.gate.clear()
    await post.hear(placed("a"))

    task = asyncio.create_task(post.sender(slow).run())
    await eventually("the letter is handed over", lambda: slow.letters)
    task.cancel()
    slow.gate.set()
    await asyncio.gather(task, return_exceptions=True)

    assert await post.states() == [("accepted", None)]


async def test_an_outage_of_registration_uses_up_no_attempts(post: Any, database: Database, placed: Make) -> None:
    post.registration.status = 503
    await post.hear(placed("a"))
    async with post.at_work(post.sender()):
        await eventually("it was asked five times", lambda: len(post.registration.asked) >= 5)
        post.registration.status = 200
        await eventually("it is accepted", lambda: _all(post.states, "accepted"), within=20)

    async with database.reading() as tx:
        assert await tx.fetchval("SELECT attempts FROM delivery") == 1


@pytest.mark.parametrize(("person", "reason"), [({"unknown": True}, "no contact"), ({"email": None}, "no address")])
async def test_whoever_cannot_be_reached_is_listed_and_not_tried_for_ever(
    post: Any, placed: Make, person: dict[str, Any], reason: str
) -> None:
    post.registration.people["a"] = person
    await post.hear(placed("a"))

    async with post.at_work(post.sender()):
        await eventually("it is given up", lambda: _all(post.states, "undeliverable"))

    assert await post.states() == [("undeliverable", reason)]


async def test_a_letter_is_written_in_the_chosen_language_and_else_in_the_registered_one(
    post: Any, database: Database, placed: Make
) -> None:
    post.registration.people["b"] = {"email": "b@example.org", "language": "en"}
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO recipient (recipient_id, language) VALUES ('a', 'en')")
    await post.hear(placed("a"), placed("b"), placed("c"))

    async with post.at_work(post.sender()):
        await eventually("all are accepted", lambda: _all(post.states, "accepted", 3))

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
        await eventually("it is put aside", lambda: _all(post.states, "unwanted"))

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
        await eventually("it is put off", lambda: _due_later(database))

    assert await post.states() == [("pending", None)]
    assert post.mailbox.mails == []


async def test_a_fault_in_one_letter_stops_no_other(post: Any, database: Database, placed: Make) -> None:
    await post.hear(placed("broken"), placed("a"))
    async with database.transaction() as tx:
        await tx.execute("UPDATE message SET params = params - 'hired_on' WHERE recipient_id = 'broken'")

    async with post.at_work(post.sender()):
        await eventually("one is accepted, one given up", lambda: _are(post.states, {"accepted", "undeliverable"}))

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
        await eventually("it is accepted", lambda: _all(post.states, "accepted"))

    assert len(sms.letters) == 1
    assert sms.asked == [sms.letters[0].reference]


async def test_a_letter_the_provider_certainly_never_got_is_sent_again_under_the_same_reference(
    post: Any, database: Database, placed: Make
) -> None:
    mail = Recorder(Unsure("reply lost"), told=Refused("not taken", permanent=False))
    await post.hear(placed("a"))

    async with post.at_work(post.sender(mail)):
        await eventually("it is accepted", lambda: _all(post.states, "accepted"))

    assert len(mail.letters) == 2
    assert len({letter.reference for letter in mail.letters}) == 1


States = Callable[[], Awaitable[list[tuple[str, str | None]]]]


async def _all(states: States, wanted: str, count: int = 1) -> bool:
    found = [state for state, _ in await states()]
    return len(found) >= count and set(found) == {wanted}


async def _are(states: States, wanted: set[str]) -> bool:
    return {state for state, _ in await states()} == wanted


async def _nothing_due(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(await tx.fetchval("SELECT bool_and(due_at IS NULL) FROM delivery"))


async def _due_later(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(
            await tx.fetchval("SELECT bool_and(due_at > now() + interval '1 hour' AND lease IS NULL) FROM delivery")
        )
