"""The HR calendar: the day somebody moves, the old centre is gone."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from registration.people.calendar import Appointment, day_in_seoul, overlaps, serves

POST = Appointment(UUID(int=1), "counsellor", "15152", None, date(2026, 3, 1), date(2026, 9, 1))


@pytest.mark.parametrize(
    ("day", "serving"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 8, 31), True),
        (date(2026, 9, 1), False),
    ],
)
def test_a_post_holds_from_its_first_day_to_the_day_before_its_end(day: date, serving: bool) -> None:
    assert serves([POST], "counsellor", "15152", day) is serving


def test_a_post_holds_only_in_its_role_and_at_its_centre() -> None:
    assert not serves([POST], "director", "15152", date(2026, 5, 1))
    assert not serves([POST], "counsellor", "12031", date(2026, 5, 1))
    assert not serves([], "counsellor", "15152", date(2026, 5, 1))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "meets"),
    [
        (date(2026, 1, 1), date(2026, 3, 1), False),
        (date(2026, 1, 1), date(2026, 3, 2), True),
        (date(2026, 8, 31), None, True),
        (date(2026, 9, 1), None, False),
        (date(2026, 4, 1), date(2026, 5, 1), True),
    ],
)
def test_posts_meet_when_they_share_a_day(starts_on: date, ends_on: date | None, meets: bool) -> None:
    assert overlaps([POST], starts_on, ends_on) is meets


def test_the_day_begins_at_midnight_in_seoul() -> None:
    assert day_in_seoul(datetime(2026, 11, 22, 14, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_in_seoul(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == date(2026, 11, 23)
