"""The kept ten: exact after any change, or known not to be."""

from hypothesis import given
from hypothesis import strategies as st

from matching.recommendations.ranking import (
    MATERIAL_CHANGE,
    OPEN_BAR,
    TOP,
    Difference,
    Held,
    bar,
    best,
    difference,
    place,
    renewed,
)

SCORES = st.dictionaries(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=1), st.integers(60, 75))


@given(
    before=SCORES,
    changes=st.dictionaries(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.integers(55, 80) | st.none()),
)
def test_the_renewed_ten_are_the_best_ten_whenever_they_are_known(
    before: dict[str, int], changes: dict[str, int | None]
) -> None:
    after = {key: score for key, score in (before | changes).items() if score is not None}
    held = best(place(score, key) for key, score in before.items())
    came = [place(score, key) for key, score in changes.items() if score is not None]

    every_place = renewed(held, set(changes), came)
    only_above_the_bar = renewed(held, set(changes), [at for at in came if at <= bar(held)])

    expected = best(place(score, key) for key, score in after.items())
    assert every_place in (None, expected)
    assert only_above_the_bar in (None, expected)
    if len(before) < TOP:
        assert every_place == expected


def test_newcomers_alone_never_need_another_look() -> None:
    held = [place(90 - number, f"v-{number}") for number in range(TOP)]

    top = renewed(held, {"v-x"}, [place(85, "v-x")])

    assert top == best([*held, place(85, "v-x")])


def test_a_vacancy_that_leaves_a_full_ten_calls_for_another_look() -> None:
    held = [place(90 - number, f"v-{number}") for number in range(TOP)]

    assert renewed(held, {"v-3"}, []) is None


def test_equal_scores_are_ordered_by_vacancy_id() -> None:
    top = best([place(70, "b"), place(80, "c"), place(70, "a")])

    assert [at.vacancy_id for at in top] == ["c", "a", "b"]


def test_the_bar_is_open_until_there_are_ten() -> None:
    nine = [place(50, f"v-{number}") for number in range(TOP - 1)]

    assert bar(nine) is OPEN_BAR
    assert place(0, "zzz") < OPEN_BAR
    assert bar(best([*nine, place(40, "v-x")])) == place(40, "v-x")


def test_a_difference_says_what_to_write_and_what_to_tell() -> None:
    held = {
        "goes": Held(90, 90),
        "stays": Held(80, 80),
        "creeps": Held(70, 70),
        "jumps": Held(60, 60),
        "crept": Held(58, 50),
    }
    jumped = 60 + MATERIAL_CHANGE

    found = difference(
        held,
        [place(80, "stays"), place(71, "creeps"), place(jumped, "jumps"), place(60, "crept"), place(95, "comes")],
    )

    assert found == Difference(
        entered=(place(95, "comes"),),
        told_again=(place(jumped, "jumps"), place(60, "crept")),
        moved=(place(71, "creeps"),),
        left=("goes",),
    )
