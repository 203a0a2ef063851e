"""A whole chain is found whole, and every way to touch it shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registration.record_looks.rules import EMPTY, ChainedLook, Check, Ends, Look, chain, ends

KEY = bytes(range(32))
NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)


def a_chain(length: int) -> tuple[Ends, list[ChainedLook]]:
    looks: list[ChainedLook] = []
    for number in range(1, length + 1):
        look = Look(
            NOON + timedelta(minutes=number), "c-1", "counsellor", "10.0.0.7", f"p-{number}", "record", "advice"
        )
        looks.append(chain(look, number, looks[-1].mac if looks else EMPTY, KEY))
    return ends(0, EMPTY, length, looks[-1].mac if looks else EMPTY, KEY), looks


def faults(found: Ends | None, looks: list[ChainedLook], key: bytes = KEY) -> list[str]:
    check = Check(found, key)
    for look in looks:
        check.take(look)
    return check.faults()


def test_a_whole_chain_has_no_faults() -> None:
    found, looks = a_chain(5)

    assert faults(found, looks) == []
    assert faults(*a_chain(0)) == []
    assert faults(None, []) == []


@pytest.mark.parametrize(
    "change",
    [
        {"viewer_id": "c-2"},
        {"viewer_role": "director"},
        {"came_from": "10.0.0.8"},
        {"person_id": None},
        {"person_id": "p-9"},
        {"seen": "contact"},
        {"purpose": "curiosity"},
        {"looked_at": NOON},
    ],
)
def test_a_changed_look_shows(change: dict[str, Any]) -> None:
    found, looks = a_chain(5)
    looks[2] = replace(looks[2], look=replace(looks[2].look, **change))

    assert faults(found, looks) == ["look 3 was changed"]


def test_a_dropped_look_shows() -> None:
    found, looks = a_chain(5)
    del looks[1]

    assert faults(found, looks) == ["look 2 is missing"]


def test_two_looks_in_each_others_place_show() -> None:
    found, looks = a_chain(5)
    looks[1], looks[2] = replace(looks[2], look_no=2), replace(looks[1], look_no=3)

    assert faults(found, looks) == ["look 2 was changed"]


def test_looks_cut_off_at_the_end_show() -> None:
    found, looks = a_chain(5)

    assert faults(found, looks[:3]) == ["looks 4 to 5 are missing"]


def test_looks_cut_off_with_the_ends_moved_show() -> None:
    found, looks = a_chain(5)
    moved = replace(found, last_no=3, last_mac=looks[2].mac)

    assert faults(moved, looks[:3]) == ["the ends of the chain were changed"]


def test_looks_cut_off_at_the_beginning_show() -> None:
    found, looks = a_chain(5)

    assert faults(found, looks[2:]) == ["look 1 is missing"]


def test_a_forged_look_at_the_end_shows() -> None:
    found, looks = a_chain(5)
    looks.append(chain(looks[0].look, 6, looks[4].mac, b"another key"))

    assert faults(found, looks) == ["look 6 was changed"]


def test_a_look_the_chain_does_not_know_of_shows() -> None:
    found, looks = a_chain(5)
    looks.append(chain(looks[0].look, 6, looks[4].mac, KEY))

    assert faults(found, looks) == ["looks after 5 are not the chain's"]


def test_looks_without_a_chain_show() -> None:
    _, looks = a_chain(2)

    assert faults(None, looks) == ["looks without a chain"]


def test_a_chain_under_another_key_is_not_ours() -> None:
    found, looks = a_chain(2)

    assert faults(found, looks, b"another key") == ["look 1 was changed", "the ends of the chain were changed"]


def test_a_chain_goes_on_from_where_it_was_erased() -> None:
    _, looks = a_chain(5)
    found = ends(2, looks[1].mac, 5, looks[4].mac, KEY)

    assert faults(found, looks[2:]) == []
