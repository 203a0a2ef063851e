from datetime import UTC, date, datetime

import pytest

from evaluation.figures.events import (
    Countable,
    JobseekerChanged,
    JobseekerRegistered,
    PlacementRecorded,
    PlacementReversed,
    VacancyChanged,
    VacancyOpened,
)
from evaluation.figures.rules import Aggregate, Standing, by_measure, count, totals
from evaluation.measure import Measure, day_of

MONDAY = date(2026, 11, 2)
TUESDAY = date(2026, 11, 3)
SEOUL, UIJEONGBU = "12012", "15006"


def on(day: date, event: Countable, version: int = 1) -> Countable:
    return event.received(
        aggregate_id="a-1", version=version, occurred_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    )


def booked(*events: Countable) -> list[tuple[str, str, date, int]]:
    return [(entry.measure.value, entry.centre_code, entry.day, entry.amount) for entry in count(events, {})]


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 2, 14, 59, 59, tzinfo=UTC), MONDAY),
        (datetime(2026, 11, 2, 15, 0, 0, tzinfo=UTC), TUESDAY),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_seoul(instant: datetime, day: date) -> None:
    assert day_of(instant) == day


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            [on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=3))],
            [("openings", SEOUL, MONDAY, 3)],
            id="an opened vacancy counts its openings",
        ),
        pytest.param([on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=0))], [], id="no openings book nothing"),
        pytest.param(
            [
                on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=3)),
                on(TUESDAY, VacancyChanged(centre_code=SEOUL, openings=5), 2),
            ],
            [("openings", SEOUL, MONDAY, 3), ("openings", SEOUL, MONDAY, 2)],
            id="more openings correct the day of registration",
        ),
        pytest.param(
            [
                on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=3)),
                on(TUESDAY, VacancyChanged(centre_code=SEOUL, openings=1), 2),
            ],
            [("openings", SEOUL, MONDAY, 3), ("openings", SEOUL, MONDAY, -2)],
            id="fewer openings correct the day of registration",
        ),
        pytest.param(
            [
                on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=3)),
                on(TUESDAY, VacancyChanged(centre_code=SEOUL, openings=3), 2),
            ],
            [("openings", SEOUL, MONDAY, 3)],
            id="a change of something else books nothing",
        ),
        pytest.param(
            [
                on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=3)),
                on(TUESDAY, VacancyChanged(centre_code=UIJEONGBU, openings=4), 2),
            ],
            [("openings", SEOUL, MONDAY, 3), ("openings", SEOUL, MONDAY, -3), ("openings", UIJEONGBU, MONDAY, 4)],
            id="another centre takes the vacancy over, on the day of registration",
        ),
        pytest.param(
            [on(TUESDAY, JobseekerRegistered(centre_code=SEOUL))],
            [("jobseekers", SEOUL, TUESDAY, 1)],
            id="a registered jobseeker counts one",
        ),
        pytest.param(
            [
                on(MONDAY, JobseekerRegistered(centre_code=SEOUL)),
                on(TUESDAY, JobseekerChanged(centre_code=UIJEONGBU), 2),
            ],
            [("jobseekers", SEOUL, MONDAY, 1), ("jobseekers", SEOUL, MONDAY, -1), ("jobseekers", UIJEONGBU, MONDAY, 1)],
            id="a jobseeker who changes centre takes the registration along",
        ),
        pytest.param(
            [
                on(MONDAY, JobseekerRegistered(centre_code=SEOUL)),
                on(TUESDAY, JobseekerRegistered(centre_code=SEOUL), 3),
                on(TUESDAY, JobseekerChanged(centre_code=UIJEONGBU), 4),
            ],
            [
                ("jobseekers", SEOUL, MONDAY, 1),
                ("jobseekers", SEOUL, TUESDAY, 1),
                ("jobseekers", SEOUL, TUESDAY, -1),
                ("jobseekers", UIJEONGBU, TUESDAY, 1),
            ],
            id="a second registration counts again and leaves the first alone",
        ),
        pytest.param(
            [
                on(MONDAY, PlacementRecorded(centre_code=SEOUL)),
                on(TUESDAY, PlacementReversed(centre_code=SEOUL), 2),
            ],
            [("placements", SEOUL, MONDAY, 1), ("placements", SEOUL, MONDAY, -1)],
            id="a reversal comes off the day of the placement",
        ),
        pytest.param(
            [
                on(MONDAY, PlacementRecorded(centre_code=SEOUL)),
                on(TUESDAY, PlacementReversed(centre_code=UIJEONGBU), 2),
                on(TUESDAY, PlacementReversed(centre_code=UIJEONGBU), 3),
            ],
            [("placements", SEOUL, MONDAY, 1), ("placements", SEOUL, MONDAY, -1)],
            id="a reversal comes off where the placement counted, and once",
        ),
    ],
)
def test_a_history_is_booked_as(history: list[Countable], expected: list[tuple[str, str, date, int]]) -> None:
    assert booked(*history) == expected


def test_an_entry_names_the_event_that_brought_it() -> None:
    event = on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=2), version=7)

    (entry,) = count([event], {})

    assert (entry.event_id, entry.topic, entry.type) == (event.event_id, "registration.vacancy.v1", "VacancyOpened")
    assert (entry.aggregate_id, entry.version, entry.occurred_at) == ("a-1", 7, event.occurred_at)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (VacancyChanged(centre_code=SEOUL, openings=4), [("openings", SEOUL, MONDAY, 4)]),
        (JobseekerChanged(centre_code=SEOUL), [("jobseekers", SEOUL, MONDAY, 1)]),
        (PlacementReversed(centre_code=SEOUL), []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_story_that_begins_with_a_change_counts_from_then_on(
    first: Countable, expected: list[tuple[str, str, date, int]]
) -> None:
    assert booked(on(MONDAY, first)) == expected


def test_counting_goes_on_where_an_earlier_batch_stopped() -> None:
    standings: dict[Aggregate, Standing] = {}
    first = count([on(MONDAY, VacancyOpened(centre_code=SEOUL, openings=3))], standings)

    second = count([on(TUESDAY, VacancyChanged(centre_code=SEOUL, openings=1), 2)], standings)

    assert totals(first + second) == {(SEOUL, MONDAY, Measure.OPENINGS): 1}


def test_a_region_adds_up_its_centres_measures() -> None:
    centres = [{Measure.OPENINGS: 3, Measure.JOBSEEKERS: 1}, {Measure.OPENINGS: 4}, {}]

    assert by_measure(centres) == {Measure.OPENINGS: 7, Measure.JOBSEEKERS: 1}
