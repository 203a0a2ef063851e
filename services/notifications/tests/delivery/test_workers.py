"""Workers side by side, killed, frozen and stopped: a letter is handed over at most once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ieum.database import Database
from ieum.service.service import STOP_SECONDS
from ieum.testing import eventually
from notifications.delivery import store
from notifications.delivery.rules import Verdict
from notifications.delivery.sender import SenderLimits

from .conftest import Make, Recorder, all_are, nothing_due

pytestmark = pytest.mark.usefixtures("told_hastily")


async def test_workers_side_by_side_send_each_letter_once(post: Any, placed: Make) -> None:
    await post.hear(*(placed(f"j-{number}") for number in range(60)))

    async with post.at_work(*(post.sender() for _ in range(4))):
        await eventually("all are accepted", lambda: all_are(post.states, "accepted", 60))

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
        await eventually("it is accepted", lambda: all_are(post.states, "accepted"))

    assert len(post.mailbox.mails) == 1


async def test_a_letter_whose_worker_died_while_sending_is_unknown_and_not_sent_again(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        (claim,) = await store.claim_due(tx, ["email"], 10, uuid4(), timedelta(seconds=60))
        assert await store.begin_sending(tx, claim, timedelta(milliseconds=50))

    async with post.at_work(post.sender()):
        await eventually("nothing more will be tried", lambda: nothing_due(database))

    assert await post.states() == [("unknown", "interrupted")]
    assert post.mailbox.mails == []


async def test_a_worker_that_was_frozen_past_its_lease_does_not_send(
    post: Any, database: Database, placed: Make
) -> None:
    await post.hear(placed("a"))
    async with database.transaction() as tx:
        (stale,) = await store.claim_due(tx, ["email"], 10, uuid4(), timedelta(milliseconds=1))
    async with post.at_work(post.sender()):
        await eventually("another worker sends it", lambda: all_are(post.states, "accepted"))

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
        await eventually("it is unknown", lambda: nothing_due(database))

    async with database.transaction() as tx:
        recorded = await store.settle(tx, claim, Verdict("accepted", None, None, 1))

    assert recorded
    assert await post.states() == [("accepted", None)]


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


def test_a_stopping_service_waits_longer_than_its_conversations_may_take_to_end() -> None:
    assert SenderLimits().drain < STOP_SECONDS


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
        await eventually("the letter is accepted", lambda: all_are(post.states, "accepted"))

    assert len(post.mailbox.mails) == 1
