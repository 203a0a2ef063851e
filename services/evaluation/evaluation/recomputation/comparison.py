"""Recomputes the figures from the topics and lays them beside the database's, event for event the same cut."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from evaluation.figures.events import Countable
from evaluation.figures.rules import Cell
from evaluation.recomputation.rules import Difference, Fold, differences, state_hash
from evaluation.recomputation.store import Cut, read_cut, read_figures, read_ledger
from evaluation.recomputation.topics import History
from evaluation.scopes.events import CentreOpened
from ieum.database import Database
from ieum.messaging import Reaction
from ieum.messaging.records import Incoming, read

Advance = Callable[[int], None]
"""Called with the number of records read since the last call."""


@dataclass(slots=True)
class Comparison:
    """Both sides, and everything about the history that was not as promised."""

    cut: Cut
    figures: Counter[Cell]
    ledger: Counter[Cell]
    topics: Counter[Cell] = field(default_factory=Counter)
    """Recomputed from the events before the cut: what the database must have."""
    later: Counter[Cell] = field(default_factory=Counter)
    """What the events after the cut will add."""
    events: int = 0
    events_later: int = 0
    repeated: int = 0
    set_aside: int = 0
    holes: int = 0
    given_up: int = 0
    """Versions that the topics do not have and that two persons decided to do without."""
    unreadable: list[str] = field(default_factory=list)
    """Where records lie that cannot be read and are not parked either."""

    @property
    def difference(self) -> list[Difference]:
        """Cells in which topics and figures do not agree."""
        return differences(self.topics, self.figures)

    @property
    def agrees(self) -> bool:
        """Whether topics, ledger and figures have the same state, and the history was whole."""
        hashes = {state_hash(self.topics), state_hash(self.ledger), state_hash(self.figures)}
        return len(hashes) == 1 and not self.holes and not self.unreadable


async def begin_comparison(database: Database, consumer: str) -> Comparison:
    """The database's side, in one snapshot.

    Taken before the topics' ends are asked for: an event is in Kafka before it can be in the database, so everything
    before the cut will be read.
    """
    async with database.reading() as tx:
        return Comparison(await read_cut(tx, consumer), await read_figures(tx), await read_ledger(tx))


async def recompute(comparison: Comparison, history: History, reaction: Reaction, advance: Advance) -> None:
    """Count every partition from the first record to its end, by the rules of the live path."""
    for partition in history.partitions:
        fold = Fold()
        cut = comparison.cut.positions.get((partition.place.topic, partition.place.partition), 0)
        async for chunk in history.records(partition):
            for item in read(reaction, chunk):
                _take(comparison, fold, item, before_cut=item.offset < cut)
            advance(len(chunk))


def _take(comparison: Comparison, fold: Fold, item: Incoming, *, before_cut: bool) -> None:
    if item.envelope is None:
        # Without an envelope it belongs to no aggregate; the consumer parks it and goes on.
        comparison.set_aside += 1
        return
    key = (item.topic, item.envelope.aggregate_id, item.envelope.aggregate_version)
    moved = fold.versions_since(*key[1:])
    if moved < 1:
        comparison.repeated += 1
        return
    given_up = _is_given_up(comparison.cut, key, moved - 1)
    comparison.holes += not given_up
    comparison.given_up += moved - 1 if given_up else 0
    if key in comparison.cut.set_aside:
        comparison.set_aside += 1
    elif item.problem is not None:
        if before_cut:
            comparison.unreadable.append(f"{item.topic}/{item.partition}@{item.offset}: {item.problem}")
        else:
            comparison.set_aside += 1
    elif before_cut:
        comparison.events += 1
        _count(comparison.topics, fold, item)
    else:
        comparison.events_later += 1
        _count(comparison.later, fold, item)


def _is_given_up(cut: Cut, key: tuple[str, str, int], missing: int) -> bool:
    """Whether so many versions before this one were set aside. A version that somebody invented may be any number."""
    topic, aggregate_id, version = key
    return missing <= len(cut.set_aside) and all(
        (topic, aggregate_id, version - back) in cut.set_aside for back in range(1, missing + 1)
    )


def _count(figures: Counter[Cell], fold: Fold, item: Incoming) -> None:
    if item.event is not None and not isinstance(item.event, CentreOpened):
        figures.update(fold.amounts(cast(Countable, item.event)))
