"""Keeping a jobseeker's best ten exact while vacancies come, change and go; pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple

TOP: Final = 10
"""How many matches a jobseeker holds."""

MATERIAL_CHANGE: Final = 10
"""
By how many points a held match must have moved since it was last told to be told again.

A tenth of the scale: as much as a step in the occupation found, or the pay going from unknown to well above. Less is
noise to the person who reads it.
"""


class Place(NamedTuple):
    """A vacancy's place in a ranking. Places sort from best to worst: by score, and equal scores by vacancy id."""

    minus_score: int
    vacancy_id: str

    @property
    def score(self) -> int:
        """The score, 0 to 100."""
        return -self.minus_score


def place(score: int, vacancy_id: str) -> Place:
    """The place of a vacancy with this score."""
    return Place(-score, vacancy_id)


OPEN_BAR: Final = place(-1, "")
"""The bar of a jobseeker who holds fewer than ten: anything that suits is above it."""


def bar(top: list[Place]) -> Place:
    """The place to reach to be in the ten: the tenth's, or the open bar while there is room."""
    return top[TOP - 1] if len(top) >= TOP else OPEN_BAR


def best(places: Iterable[Place]) -> list[Place]:
    """The best ten, from the best down."""
    return sorted(places)[:TOP]


def renewed(held: Iterable[Place], touched: AbstractSet[str], offered: Iterable[Place]) -> list[Place] | None:
    """
    The ten after some vacancies changed, or None when that cannot be known without looking at all vacancies.

    `held` is the exact ten before, `touched` the vacancies that came, changed or went, `offered` the new places of
    those among them that suit; places behind the bar may be left out. Why it is exact: a vacancy that was neither held
    nor touched stands behind the bar, so it cannot matter as long as ten places reach the bar. While fewer than ten
    were held there is no such vacancy.
    """
    before = sorted(held)
    old_bar = bar(before)
    top = best([*(at for at in before if at.vacancy_id not in touched), *offered])
    if old_bar is OPEN_BAR or (len(top) == TOP and top[-1] <= old_bar):
        return top
    return None


@dataclass(frozen=True, slots=True)
class Held:
    """A match as it is kept: its score now, and the score it was last told with."""

    score: int
    told_score: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of a jobseeker's matches: vacancies by what happens to each."""

    entered: tuple[Place, ...]
    told_again: tuple[Place, ...]
    moved: tuple[Place, ...]
    left: tuple[str, ...]


def difference(held: Mapping[str, Held], top: Iterable[Place]) -> Difference:
    """What to write and what to tell so that `held` becomes `top`; `moved` changed too little to be told."""
    entered, told_again, moved = [], [], []
    kept = set()
    for at in top:
        kept.add(at.vacancy_id)
        before = held.get(at.vacancy_id)
        if before is None:
            entered.append(at)
        elif abs(at.score - before.told_score) >= MATERIAL_CHANGE:
            told_again.append(at)
        elif at.score != before.score:
            moved.append(at)
    return Difference(tuple(entered), tuple(told_again), tuple(moved), tuple(sorted(set(held) - kept)))
