"""The kept places: exact after any change, or known not to be."""

from hypothesis import given
from hypothesis import strategies as st

from matching.recommendations.ranking import (
    KEPT,
    MATERIAL_CHANGE,
    OPEN_BAR,
    TOP,
    Held,
    Place,
    difference,
    place,
    ranking,
    renewed,
)

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SCORES = st.dictionaries(st.sampled_from(LETTERS), st.integers(60, 75))
CHANGES = st.dictionaries(st.sampled_from(LETTERS), st.integers(55, 80) | st.none())


def places(scores: dict[str, int]) -> list[Place]:
    return [place(score, key) for key, score in scores.items()]


@given(before=SCORES, histories=st.lists(CHANGES, max_size=4), keeps_to_itself=st.booleans())
def test_a_renewed_ranking_is_exact_whenever_it_is_known(
    before: dict[str, int], histories: list[dict[str, int | None]], keeps_to_itself: bool
) -> None:
    world, kept = dict(before), ranking(places(before))

    for changes in histories:
        came = places({key: score for key, score in changes.items() if score is not None})
        if keeps_to_itself:
            came = [at for at in came if at <= kept.bar]
        world = {key: score for key, score in (world | changes).items() if score is not None}
        after = renewed(kept, changes.keys(), came)
        everything = sorted(places(world))

        if after is None:
            kept = ranking(everything)
            continue
        kept = after
        assert kept.places == everything[: len(kept.places)]
        assert len(kept.places) >= min(TOP, len(everything))
        assert [at for at in everything if at <= kept.bar] == kept.places


def test_a_ranking_is_cut_at_what_is_kept_and_says_what_reaches_it() -> None:
    few, many = (ranking(place(50, f"v-{number:02}") for number in range(count)) for count in (KEPT, KEPT + 5))

    assert (len(few.places), few.bar) == (KEPT, OPEN_BAR)
    assert (len(many.places), many.bar) == (KEPT, place(50, f"v-{KEPT - 1}"))


def test_newcomers_alone_never_need_another_look() -> None:
    before = ranking(place(90 - number, f"v-{number:02}") for number in range(KEPT + 1))

    after = renewed(before, {"v-x"}, [place(85, "v-x")])

    assert after is not None
    assert after.places == sorted([*before.places, place(85, "v-x")])[:KEPT]


def test_another_look_is_needed_only_when_no_spare_is_left() -> None:
    full = ranking(place(90 - number, f"v-{number:02}") for number in range(KEPT + 1))
    leaving = [at.vacancy_id for at in full.places]

    ten_left, nine_left = (renewed(full, set(leaving[:count]), []) for count in (KEPT - TOP, KEPT - TOP + 1))

    assert ten_left is not None
    assert len(ten_left.places) == TOP
    assert nine_left is None


def test_equal_scores_are_ordered_by_vacancy_id() -> None:
    found = ranking([place(70, "b"), place(80, "c"), place(70, "a")])

    assert [at.vacancy_id for at in found.places] == ["c", "a", "b"]


def test_a_difference_says_what_to_write_and_what_to_tell() -> None:
    held = {
        "goes": Held(90, 90),
        "stays": Held(80, 80),
        "creeps": Held(70, 70),
        "jumps": Held(60, 60),
        "crept": Held(58, 50),
        "a spare goes": Held(40, None),
    }
    jumped = place(60 + MATERIAL_CHANGE, "jumps")

    found = difference(held, [place(95, "comes"), place(80, "stays"), place(71, "creeps"), jumped, place(60, "crept")])

    assert found.saved == {
        "comes": Held(95, 95),
        "creeps": Held(71, 70),
        "jumps": Held(70, 70),
        "crept": Held(60, 60),
    }
    assert set(found.deleted) == {"goes", "a spare goes"}
    assert found.proposed == (place(95, "comes"), jumped, place(60, "crept"))
    assert found.withdrawn == ("goes",)


def test_a_spare_that_steps_in_is_proposed_and_a_match_that_steps_back_is_withdrawn() -> None:
    held = {f"v-{number:02}": Held(80 - number, 80 - number if number < TOP else None) for number in range(TOP + 1)}
    lower = {f"v-{number:02}": 80 - number for number in range(TOP + 1)} | {"v-00": 60}

    found = difference(held, sorted(places(lower)))

    assert found.proposed == (place(70, "v-10"),)
    assert found.withdrawn == ("v-00",)
    assert found.saved == {"v-10": Held(70, 70), "v-00": Held(60, None)}
    assert found.deleted == ()
