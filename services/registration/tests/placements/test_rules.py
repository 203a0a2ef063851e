"""What placements and reversals do to a registration, as tables of events and periods."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from registration.jobseekers.jobseeker import Jobseeker, Period, Wishes
from registration.placements.events import PlacementRecorded, PlacementReversed
from registration.placements.rules import Standing, move_of_hires, outcome

NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ME = str(UUID(int=7))
WISHES = Wishes(["01"], ["00000"], None, [], None, None, 0, "00", True)

Heard = PlacementRecorded | PlacementReversed


def me(period: Period) -> dict[str, Jobseeker]:
    jobseeker = Jobseeker(UUID(ME), 3, "15152", WISHES, NOON, "2026-11", ME, NOON, period)
    return {ME: jobseeker}


def recorded(placement_id: str = "p-1", version: int = 1, days: int = 0) -> PlacementRecorded:
    event = PlacementRecorded(jobseeker_id=ME, vacancy_id="v-1", hired_on=TODAY)
    return event.received(placement_id, version, occurred_at=NOON + timedelta(days=days))


def taken_back(placement_id: str = "p-1", version: int = 2, days: int = 0) -> PlacementReversed:
    event = PlacementReversed(jobseeker_id=ME, vacancy_id="v-1", hired_on=TODAY)
    return event.received(placement_id, version, occurred_at=NOON + timedelta(days=days))


def periods(events: Sequence[Heard], period: Period, standing: Standing | None = None) -> list[Period]:
    """The periods that the jobseeker passes through."""
    return [state.period for state in outcome(events, me(period), standing or {}, NOON).states.get(ME, [])]


OPEN = Period(1, TODAY - timedelta(days=30))
EMPLOYED = Period(1, OPEN.started_on, TODAY, "employed", "p-1")


def test_a_placement_ends_the_registration() -> None:
    assert periods([recorded()], OPEN) == [EMPLOYED]


def test_a_placement_and_its_reversal_heard_together_pass_through_both_states() -> None:
    assert periods([recorded(), taken_back(days=2)], OPEN) == [EMPLOYED, Period(2, TODAY + timedelta(days=2))]


def test_a_reversal_begins_a_new_period() -> None:
    assert periods([taken_back()], EMPLOYED, {(ME, 1): {"p-1"}}) == [Period(2, TODAY)]


def test_each_change_moves_the_version() -> None:
    found = outcome([recorded(), taken_back()], me(OPEN), {}, NOON)

    assert [state.version for state in found.states[ME]] == [4, 5]


@pytest.mark.parametrize(
    ("events", "period", "standing"),
    [
        ([recorded()], Period(1, OPEN.started_on, TODAY, "withdrawn"), {}),  # had stopped already
        ([recorded()], Period(2, TODAY + timedelta(days=1)), {}),  # registered again before it was heard
        ([taken_back()], Period(1, OPEN.started_on, TODAY, "withdrawn"), {(ME, 1): {"p-1"}}),
        ([taken_back()], Period(2, TODAY), {(ME, 1): {"p-1"}}),  # registered again since
        ([taken_back()], EMPLOYED, {(ME, 1): {"p-1", "p-2"}}),  # hired elsewhere all the same
        ([taken_back("p-9")], EMPLOYED, {(ME, 1): {"p-1"}}),  # nobody heard of it
    ],
)
def test_what_does_not_concern_the_registration_leaves_it_alone(
    events: list[Heard], period: Period, standing: Standing
) -> None:
    assert periods(events, period, standing) == []


def test_of_two_placements_the_last_reversal_begins_the_new_period() -> None:
    heard: list[Heard] = [recorded("p-1"), recorded("p-2"), taken_back("p-1"), taken_back("p-2", days=3)]

    assert periods(heard, OPEN) == [EMPLOYED, Period(2, TODAY + timedelta(days=3))]


def test_a_placement_of_long_ago_does_not_hold_back_a_new_period() -> None:
    employed_again = Period(2, OPEN.started_on, TODAY, "employed", "p-2")
    standing = {(ME, 1): {"p-1"}, (ME, 2): {"p-2"}}

    assert periods([taken_back("p-2")], employed_again, standing) == [Period(3, TODAY)]


def test_a_placement_is_kept_with_its_period_and_a_reversed_one_with_its_time() -> None:
    found = outcome([recorded("p-1"), recorded("p-2"), taken_back("p-2")], me(OPEN), {}, NOON)

    assert {id_: (one.period_number, one.reversed_at) for id_, one in found.placements.items()} == {
        "p-1": (1, None),
        "p-2": (1, NOON),
    }


def test_a_placement_of_somebody_unknown_is_kept_and_of_no_period() -> None:
    found = outcome([recorded()], {}, {}, NOON)

    assert found.placements["p-1"].period_number is None
    assert found.states == {}


def test_the_standing_placements_handed_in_are_left_as_they_are() -> None:
    standing = {(ME, 1): {"p-1"}}

    outcome([taken_back()], me(EMPLOYED), standing, NOON)

    assert standing == {(ME, 1): {"p-1"}}


@pytest.mark.parametrize(
    ("openings", "hires", "move"), [(1, 0, "reopen"), (1, 1, "fill"), (3, 2, "reopen"), (3, 3, "fill"), (3, 4, "fill")]
)
def test_a_vacancy_is_filled_at_its_openings(openings: int, hires: int, move: str) -> None:
    assert move_of_hires(openings, hires) == move
