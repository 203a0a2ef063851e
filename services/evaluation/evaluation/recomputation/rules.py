"""The fold over a topic's history, and how two sets of figures are compared. Pure."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.figures.events import Countable
from evaluation.figures.rules import Aggregate, Cell, Standing, count, totals
from evaluation.measure import Measure


def state_hash(figures: Mapping[Cell, int]) -> str:
    """SHA-256 of the figures, the same for the same figures wherever they come from and in whatever order.

    It is taken over one line per cell that is not zero, `centre<TAB>day<TAB>measure<TAB>amount<LF>` in UTF-8, the day
    as YYYY-MM-DD, the lines sorted by code point. A cell of zero counts as none: a figure taken back is no figure.
    """
    lines = sorted(
        f"{centre_code}\t{day.isoformat()}\t{measure}\t{amount}\n"
        for (centre_code, day, measure), amount in figures.items()
        if amount
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell in which the two sides do not agree."""

    cell: Cell
    topics: int
    database: int


def differences(topics: Mapping[Cell, int], database: Mapping[Cell, int]) -> list[Difference]:
    """Every cell that differs, in order of centre, day and measure."""
    cells = sorted(set(topics) | set(database))
    found = (Difference(cell, topics.get(cell, 0), database.get(cell, 0)) for cell in cells)
    return [difference for difference in found if difference.topics != difference.database]


def nation(figures: Mapping[Cell, int]) -> dict[Measure, int]:
    """Everything added up, per measure."""
    sums = dict.fromkeys(Measure, 0)
    for (_, _, measure), amount in figures.items():
        sums[measure] += amount
    return sums


class Fold:
    """Counts one partition's events from the first.

    An aggregate lives in one partition, so partitions can be folded one after the other and what is remembered of
    one is forgotten before the next: memory is bounded by the largest partition and not by the nation.
    """

    def __init__(self) -> None:
        self._standings: dict[Aggregate, Standing] = {}
        self._versions: dict[str, int] = {}

    def versions_since(self, aggregate_id: str, version: int) -> int:
        """How many versions the aggregate has moved on: 1 as it should be, 0 or less for a repeat, more over a hole."""
        known = self._versions.get(aggregate_id, 0)
        self._versions[aggregate_id] = max(known, version)
        return version - known

    def amounts(self, event: Countable) -> Counter[Cell]:
        """What the next event of the partition adds to the figures."""
        return totals(count([event], self._standings))
