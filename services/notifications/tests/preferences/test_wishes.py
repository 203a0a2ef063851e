from datetime import UTC, datetime, time

import pytest

from notifications.messages.kinds import Channel
from notifications.preferences.rules import Choices, QuietHours, Wishes, not_before

NIGHT = QuietHours(time(22), time(7))
LUNCH = QuietHours(time(12), time(13, 30))


def seoul(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 by the clock in Seoul (UTC+9), in UTC."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{hour:02}:{minute:02}+09:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        (None, seoul(20, 3), seoul(20, 3)),
        (NIGHT, seoul(20, 21, 59), seoul(20, 21, 59)),
        (NIGHT, seoul(20, 22), seoul(21, 7)),
        (NIGHT, seoul(20, 23, 30), seoul(21, 7)),
        (NIGHT, seoul(21, 0), seoul(21, 7)),
        (NIGHT, seoul(21, 6, 59), seoul(21, 7)),
        (NIGHT, seoul(21, 7), seoul(21, 7)),
        (LUNCH, seoul(20, 11, 59), seoul(20, 11, 59)),
        (LUNCH, seoul(20, 12), seoul(20, 13, 30)),
        (LUNCH, seoul(20, 13, 30), seoul(20, 13, 30)),
        (LUNCH, seoul(20, 23), seoul(20, 23)),
    ],
)
def test_nothing_is_due_within_quiet_hours(quiet: QuietHours | None, at: datetime, expected: datetime) -> None:
    assert not_before(at, quiet) == expected


@pytest.mark.parametrize(
    ("choices", "channel", "wanted"),
    [
        ({}, "live", True),
        ({}, "email", True),
        ({}, "sms", False),
        ({"match_proposed": {"email": False}}, "email", False),
        ({"match_proposed": {"email": False}}, "live", True),
        ({"match_proposed": {"sms": True}}, "sms", True),
        ({"referral_made": {"email": False}}, "email", True),
    ],
)
def test_a_choice_overrides_the_default_of_its_kind_and_channel_alone(
    choices: Choices, channel: Channel, wanted: bool
) -> None:
    wishes = Wishes(choices=choices)

    assert wishes.wants("match_proposed", channel) is wanted


def test_a_kind_of_a_newer_release_is_told_as_its_maker_decided() -> None:
    assert Wishes().wants("interview_moved", "email") is True
