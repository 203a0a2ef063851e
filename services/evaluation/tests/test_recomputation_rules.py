import hashlib
from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from evaluation.figures.events import VacancyChanged, VacancyOpened
from evaluation.figures.rules import Cell
from evaluation.measure import Measure
from evaluation.recomputation.rules import Difference, Fold, differences, nation, state_hash

from .histories import CENTRES, NOON

MONDAY = date(2026, 11, 2)
OPENINGS: Cell = ("12012", MONDAY, Measure.OPENINGS)
JOBSEEKERS: Cell = ("12012", MONDAY, Measure.JOBSEEKERS)

cells = st.tuples(st.sampled_from(CENTRES), st.dates(MONDAY, date(2026, 11, 9)), st.sampled_from(Measure))
figures = st.dictionaries(cells, st.integers(-3, 3))


def test_the_state_hash_is_what_its_description_says() -> None:
    text = "12012\t2026-11-02\tjobseekers\t2\n12012\t2026-11-02\topenings\t7\n"

    assert state_hash({OPENINGS: 7, JOBSEEKERS: 2}) == hashlib.sha256(text.encode()).hexdigest()


@given(one=figures, other=figures)
def test_two_states_have_the_same_hash_exactly_when_no_cell_differs(
    one: dict[Cell, int], other: dict[Cell, int]
) -> None:
    assert (state_hash(one) == state_hash(other)) == (not differences(one, other))


@given(state=figures, zero=cells)
def test_order_and_zeros_do_not_matter_to_the_hash(state: dict[Cell, int], zero: Cell) -> None:
    shuffled = dict(reversed(state.items()))
    shuffled.setdefault(zero, 0)

    assert state_hash(shuffled) == state_hash(state)


def test_differences_name_the_cell_and_both_sides() -> None:
    assert differences({OPENINGS: 7, JOBSEEKERS: 1}, {OPENINGS: 6, JOBSEEKERS: 1}) == [Difference(OPENINGS, 7, 6)]


def test_the_nation_is_everything_added_up() -> None:
    assert nation({OPENINGS: 7, ("15006", MONDAY, Measure.OPENINGS): 2}) == {
        Measure.OPENINGS: 9,
        Measure.JOBSEEKERS: 0,
        Measure.PLACEMENTS: 0,
    }


def test_a_fold_tells_repeats_and_holes_from_what_comes_next() -> None:
    fold = Fold()

    moved = [fold.versions_since("v-1", version) for version in (1, 2, 2, 1, 5, 3, 6)]

    assert moved == [1, 1, 0, -1, 3, -2, 1]


def test_a_fold_counts_what_follows_upon_what_it_has_seen() -> None:
    fold = Fold()
    first = fold.amounts(VacancyOpened(centre_code="12012", openings=7).received("v-1", 1, occurred_at=NOON))

    second = fold.amounts(VacancyChanged(centre_code="12012", openings=4).received("v-1", 2, occurred_at=NOON))

    assert (first, second) == (Counter({OPENINGS: 7}), Counter({OPENINGS: -3}))
