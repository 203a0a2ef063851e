"""Keeping a jobseeker's best ten exact while vacancies come, change and go; pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple

TOP: Final = 10
"""How many matches a jobseeker has."""

KEPT: Final = 20
"""How many places are kept: the ten and as many spares, so that few departures need a look at all vacancies."""

MATERIAL_CHANGE: Final = 10
"""
By how many points a match must have moved since it was last told to be told again.

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
"""The bar of a jobseeker for whom everything that suits is kept: anything at all reaches it."""

UNKNOWN_BAR: Final = place(101, "")
"""The bar of a jobseeker whose ranking is to be found anew: nothing reaches it, so that nothing is told before."""


class Ranking(NamedTuple):
    """
    The best places of a jobseeker in order, and the bar: every vacancy that suits and reaches it is among them.

    The first ten are the matches, the others spares. It is exact as long as it has ten or its bar is open.
    """

    places: list[Place]
    bar: Place


def ranking(places: Iterable[Place]) -> Ranking:
    """The ranking of all vacancies that suit."""
    in_order = sorted(places)
    return _cut(in_order, OPEN_BAR)


def renewed(before: Ranking, touched: AbstractSet[str], offered: Iterable[Place]) -> Ranking | None:
    """
    The ranking after some vacancies changed, or None when it cannot be known without looking at all vacancies.

    `touched` are the vacancies that came, changed or went, `offered` the new places of those among them that suit;
    places behind the bar may be left out. Why it is exact: a vacancy that was neither kept nor touched stands behind
    the bar, so it stands behind all that is kept.
    """
    if before.bar == UNKNOWN_BAR:
        return None
    stayed = [at for at in before.places if at.vacancy_id not in touched]
    after = _cut(sorted([*stayed, *(at for at in offered if at <= before.bar)]), before.bar)
    return after if len(after.places) >= TOP or after.bar == OPEN_BAR else None


def _cut(in_order: list[Place], bar: Place) -> Ranking:
    """Keep no more than is worth it; the bar rises to the last that is kept."""
    return Ranking(in_order, bar) if len(in_order) <= KEPT else Ranking(in_order[:KEPT], in_order[KEPT - 1])


@dataclass(frozen=True, slots=True)
class Held:
    """A place as it is kept: its score now and, for a match, the score it was last told with; None for a spare."""

    score: int
    told_score: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What turns what is held into a ranking, and what to tell of it."""

    saved: dict[str, Held]
    deleted: tuple[str, ...]
    proposed: tuple[Place, ...]
    withdrawn: tuple[str, ...]


def difference(held: Mapping[str, Held], places: list[Place]) -> Difference:
    """
    What to write and to tell so that `held` becomes `places`.

    Proposed is what enters the ten, and what stays there with a score that moved materially.
    """
    after: dict[str, Held] = {}
    proposed = []
    for number, at in enumerate(places):
        before = held.get(at.vacancy_id)
        told = before.told_score if before is not None else None
        if number >= TOP:
            after[at.vacancy_id] = Held(at.score, None)
        elif told is not None and abs(at.score - told) < MATERIAL_CHANGE:
            after[at.vacancy_id] = Held(at.score, told)
        else:
            after[at.vacancy_id] = Held(at.score, at.score)
            proposed.append(at)
    return Difference(
        saved={key: kept for key, kept in after.items() if kept != held.get(key)},
        deleted=tuple(key for key in held if key not in after),
        proposed=tuple(proposed),
        withdrawn=tuple(
            key
            for key, before in held.items()
            if before.told_score is not None and (key not in after or after[key].told_score is None)
        ),
    )
