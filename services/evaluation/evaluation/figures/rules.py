"""How events become ledger entries. Pure: the same function serves the live path, the recomputation and the tests."""

from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from evaluation.figures.events import (
    Countable,
    JobseekerChanged,
    JobseekerRegistered,
    PlacementRecorded,
    PlacementReversed,
    VacancyChanged,
    VacancyOpened,
)
from evaluation.measure import Measure, day_of

Aggregate = tuple[Measure, str]
"""What a standing belongs to: the measure it counts for, and the aggregate's id."""

Cell = tuple[str, date, Measure]
"""Where an amount is added up: centre, day, measure."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an aggregate counts for now: so many persons, at this centre, on this day. Remembered between events."""

    centre_code: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: an amount (may be negative), where it counts, and the event that brought it."""

    measure: Measure
    centre_code: str
    day: date
    amount: int
    event_id: UUID
    topic: str
    aggregate_id: str
    version: int
    type: str
    occurred_at: datetime


def measure_of(event: Countable) -> Measure:
    """The measure an event counts for."""
    match event:
        case VacancyOpened() | VacancyChanged():
            return Measure.OPENINGS
        case JobseekerRegistered() | JobseekerChanged():
            return Measure.JOBSEEKERS
        case PlacementRecorded() | PlacementReversed():
            return Measure.PLACEMENTS


def standing_after(event: Countable, before: Standing | None) -> Standing:
    """What the aggregate counts for once the event has happened.

    The official statistics count what was *newly registered in the period*. So a beginning counts on the day it
    happened, and everything later corrects that day:

    - more or fewer openings, or another centre: the vacancy still is the one registered that day;
    - a jobseeker who changes centre takes the registration along;
    - a reversed placement comes off the day it was recorded. Booked on the day of the reversal instead, a rate could
      fall below zero, and the month that was wrong would stay wrong for ever.

    Pausing, filling, closing and stopping take nothing back: the registration did happen. An aggregate whose story
    begins with a change (nothing can be missing before it: versions have no gaps) counts from then on.
    """
    day = before.day if before is not None and not _begins(event) else day_of(event.occurred_at)
    match event:
        case VacancyOpened() | VacancyChanged():
            return Standing(event.centre_code, day, event.openings)
        case JobseekerRegistered() | JobseekerChanged() | PlacementRecorded():
            return Standing(event.centre_code, day, 1)
        case PlacementReversed():
            return Standing(before.centre_code if before else event.centre_code, day, 0)


def _begins(event: Countable) -> bool:
    """Whether the event is counted beside what came before: a jobseeker's second registration is a second one."""
    return isinstance(event, VacancyOpened | JobseekerRegistered | PlacementRecorded)


def entries_of(event: Countable, before: Standing | None, after: Standing) -> list[Entry]:
    """The ledger lines that take the ledger from `before` to `after`: none, one, or one at each of two centres."""
    amounts: Counter[tuple[str, date]] = Counter({(after.centre_code, after.day): after.amount})
    if before is not None and not _begins(event):
        amounts[(before.centre_code, before.day)] -= before.amount
    return [
        Entry(
            measure_of(event),
            centre_code,
            day,
            amount,
            event.event_id,
            event.topic,
            event.aggregate_id,
            event.aggregate_version,
            event.type_name(),
            event.occurred_at,
        )
        for (centre_code, day), amount in sorted(amounts.items())
        if amount
    ]


def count(events: Iterable[Countable], standings: MutableMapping[Aggregate, Standing]) -> list[Entry]:
    """Count events in their order, keeping `standings` up to date in place.

    Only the order within an aggregate matters: aggregates never touch each other's standings, so batches may be cut
    anywhere and topics may arrive in any order.
    """
    entries: list[Entry] = []
    for event in events:
        aggregate = (measure_of(event), event.aggregate_id)
        before = standings.get(aggregate)
        standings[aggregate] = after = standing_after(event, before)
        entries.extend(entries_of(event, before, after))
    return entries


def totals(entries: Iterable[Entry]) -> Counter[Cell]:
    """The entries' amounts added up per centre, day and measure."""
    sums: Counter[Cell] = Counter()
    for entry in entries:
        sums[(entry.centre_code, entry.day, entry.measure)] += entry.amount
    return sums


def by_measure(amounts: Iterable[Mapping[Measure, int]]) -> dict[Measure, int]:
    """Several centres' amounts as one. This is the only way a region or the nation gets its figures."""
    sums: Counter[Measure] = Counter()
    for centre in amounts:
        sums.update(centre)
    return dict(sums)
