from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from notifications.delivery.ports import Accepted, OtherSideAway, Outcome, Refused, Unsure
from notifications.delivery.rules import (
    OpenDigest,
    Pace,
    Plan,
    after_query,
    after_sending,
    backoff,
    plan_letters,
    reference,
)
from notifications.messages.kinds import Channel
from notifications.messages.rules import Draft, drafts_of, numbered
from notifications.preferences.rules import QuietHours, Wishes

Make = Callable[..., Any]

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
PACE = Pace(attempts=3, queries=2)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def planned(
    drafts: list[Draft],
    wishes: Mapping[str, Wishes] | None = None,
    channels: tuple[Channel, ...] = ("email",),
    open_digests: list[OpenDigest] | None = None,
    now: datetime = NOON,
) -> Plan:
    """The plan for these drafts; whoever has no wishes has chosen nothing."""
    everyone = {draft.recipient_id: Wishes() for draft in drafts} | dict(wishes or {})
    told = numbered(drafts, dict.fromkeys(everyone, 0))
    return plan_letters(told, everyone, channels, open_digests or [], now, PACE)


def test_dozens_of_matches_at_once_become_one_letter_a_person(proposed: Make) -> None:
    drafts = [drafts_of(proposed(jobseeker_id))[0] for jobseeker_id in ["a"] * 30 + ["b"] * 2]

    plan = planned(drafts)

    assert [(letter.recipient_id, len(letter.seqs), letter.folds) for letter in plan.new] == [
        ("a", 30, True),
        ("b", 2, True),
    ]
    assert plan.joined == []


def test_a_match_waits_for_others_a_referral_does_not(proposed: Make, referred: Make) -> None:
    drafts = [drafts_of(proposed("a"))[0], drafts_of(referred("a"))[0]]

    plan = planned(drafts)

    assert [(letter.folds, letter.due_at) for letter in plan.new] == [(True, NOON + seconds(10)), (False, NOON)]


@pytest.mark.parametrize(
    ("opened_seconds_ago", "due_in"), [(1, seconds(10)), (45, seconds(10)), (55, seconds(5)), (90, seconds(0))]
)
def test_a_digest_waits_for_a_pause_but_never_longer_than_its_window(
    proposed: Make, opened_seconds_ago: float, due_in: timedelta
) -> None:
    digest = OpenDigest(7, "a", "email", NOON - seconds(opened_seconds_ago))

    plan = planned([drafts_of(proposed("a"))[0]], open_digests=[digest])

    assert plan.new == []
    assert plan.joined == [(7, "a", 1)]
    assert plan.postponed == {7: NOON + due_in}


def test_a_digest_takes_no_message_of_another_person_or_channel(proposed: Make) -> None:
    digests = [OpenDigest(7, "b", "email", NOON), OpenDigest(8, "a", "sms", NOON)]

    plan = planned([drafts_of(proposed("a"))[0]], open_digests=digests)

    assert [letter.recipient_id for letter in plan.new] == ["a"]
    assert plan.joined == []


def test_letters_wait_for_the_end_of_quiet_hours_and_messages_join_them(proposed: Make, referred: Make) -> None:
    quiet = {"a": Wishes(quiet=QuietHours(time(11), time(13)))}
    one_o_clock = NOON + timedelta(hours=1)
    digest = OpenDigest(7, "a", "email", NOON - timedelta(minutes=40))

    plan = planned([drafts_of(proposed("a"))[0], drafts_of(referred("a"))[0]], quiet, open_digests=[digest])

    assert plan.postponed == {7: one_o_clock}
    assert [letter.due_at for letter in plan.new] == [one_o_clock]


def test_letters_are_made_for_wanted_channels_that_are_set_up(referred: Make) -> None:
    drafts = [drafts_of(referred("a"))[0]]
    wishes = {"a": Wishes(choices={"referral_made": {"live": True, "email": True, "sms": True}})}

    without_sms = planned(drafts, wishes)
    with_sms = planned(drafts, wishes, ("email", "sms"))
    unwanted = planned(drafts, {"a": Wishes(choices={"referral_made": {"email": False}})}, ("email", "sms"))

    assert [letter.channel for letter in without_sms.new] == ["email"]
    assert [letter.channel for letter in with_sms.new] == ["email", "sms"]
    assert unwanted.new == []


def test_a_letters_reference_is_the_same_for_the_same_event_recipient_and_channel_only() -> None:
    event_id, other = uuid4(), uuid4()

    assert reference(event_id, "a", "email") == reference(event_id, "a", "email")
    assert len({reference(e, r, c) for e in (event_id, other) for r in ("a", "b") for c in ("email", "sms")}) == 8  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "attempts", "state", "reason", "counted", "again"),
    [
        (Accepted(), 0, "accepted", None, 1, False),
        (Refused("smtp 550", permanent=True), 0, "refused", "smtp 550", 1, False),
        (Refused("smtp 451", permanent=False), 0, "pending", "smtp 451", 1, True),
        (Refused("smtp 451", permanent=False), 1, "pending", "smtp 451", 2, True),
        (Refused("smtp 451", permanent=False), 2, "undeliverable", "smtp 451", 3, False),
        (OtherSideAway("smtp unreachable"), 0, "pending", "smtp unreachable", 0, True),
        (OtherSideAway("smtp unreachable"), 2, "pending", "smtp unreachable", 2, True),
        (Unsure("reply lost"), 0, "unknown", "reply lost", 1, True),
    ],
)
def test_what_an_attempt_leads_to(
    outcome: Outcome, attempts: int, state: str, reason: str | None, counted: int, again: bool
) -> None:
    verdict = after_sending(outcome, attempts, PACE, chance=0)

    assert (verdict.state, verdict.reason, verdict.attempts) == (state, reason, counted)
    assert (verdict.wait is not None) is again


@pytest.mark.parametrize(
    ("outcome", "queries", "state", "reason", "again"),
    [
        (Accepted(), 0, "accepted", None, False),
        (Refused("no", permanent=True), 0, "refused", "no", False),
        (Refused("not taken", permanent=False), 0, "pending", "not taken", True),
        (OtherSideAway("away"), 0, "unknown", "reply lost", True),
        (Unsure("unreadable"), 0, "unknown", "reply lost", True),
        (OtherSideAway("away"), 1, "unknown", "reply lost", False),
        (None, 0, "unknown", "reply lost", False),
    ],
)
def test_only_a_certain_no_lets_an_unknown_letter_be_tried_again(
    outcome: Outcome | None, queries: int, state: str, reason: str | None, again: bool
) -> None:
    verdict = after_query(outcome, "reply lost", 1, queries, PACE, chance=0)

    assert (verdict.state, verdict.reason, verdict.attempts) == (state, reason, 1)
    assert (verdict.wait is not None) is again


def test_a_letter_that_was_tried_often_enough_is_not_tried_again_after_a_certain_no() -> None:
    verdict = after_query(Refused("not taken", permanent=False), "reply lost", 3, 0, PACE, chance=0)

    assert (verdict.state, verdict.wait) == ("undeliverable", None)


def test_waits_double_up_to_the_longest_and_chance_only_shortens_them() -> None:
    assert [backoff(attempt, PACE, 0) for attempt in (1, 2, 3)] == [seconds(30), seconds(60), seconds(120)]
    assert backoff(1000, PACE, 0) == timedelta(hours=1)
    assert backoff(1, PACE, 1) == seconds(15)
