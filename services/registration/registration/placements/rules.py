"""What placements do to registrations and vacancies, and what their reversal undoes; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from registration.jobseekers.jobseeker import Jobseeker, ended, resumed
from registration.people.calendar import day_in_seoul
from registration.placements.events import PlacementRecorded, PlacementReversed

Heard = PlacementRecorded | PlacementReversed
Standing = dict[tuple[str, int], set[str]]
"""(jobseeker id, period number) -> the placements heard in that period that stand."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement as kept; it stands while `reversed_at` is None. `period_number` is None where it is of no period."""

    placement_id: str
    vacancy_id: str
    jobseeker_id: str
    hired_on: date
    period_number: int | None
    reversed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be kept: placements by id, and every state that each jobseeker passes through, in order."""

    placements: dict[str, Placement] = field(default_factory=dict)
    states: dict[str, list[Jobseeker]] = field(default_factory=dict)


def outcome(events: Sequence[Heard], jobseekers: Mapping[str, Jobseeker], standing: Standing, now: datetime) -> Outcome:
    """Take the events one after the other. `jobseekers` are those that are known, `now` is when they change."""
    found = Outcome()
    standing = {key: set(placement_ids) for key, placement_ids in standing.items()}
    for event in events:
        states = found.states.get(event.jobseeker_id)
        current = states[-1] if states else jobseekers.get(event.jobseeker_id)
        day = day_in_seoul(event.occurred_at)
        if isinstance(event, PlacementRecorded):
            number = _period_of(current, day)
            if number is not None:
                standing.setdefault((event.jobseeker_id, number), set()).add(event.aggregate_id)
            after = _hired(current, event.aggregate_id, day, now)
        else:
            number = _take_back(event, standing)
            still = standing.get((event.jobseeker_id, number), set()) if number is not None else set()
            after = _released(current, number, still, day, now)
        reversed_at = event.occurred_at if isinstance(event, PlacementReversed) else None
        found.placements[event.aggregate_id] = Placement(
            event.aggregate_id, event.vacancy_id, event.jobseeker_id, event.hired_on, number, reversed_at
        )
        if after is not None:
            found.states.setdefault(event.jobseeker_id, []).append(after)
    return found


def move_of_hires(openings: int, hires: int) -> Literal["fill", "reopen"]:
    """What the hires that stand mean for a vacancy: filled at `openings`, open again below."""
    return "fill" if hires >= openings else "reopen"


def _period_of(current: Jobseeker | None, day: date) -> int | None:
    """The period a placement of `day` belongs to; one that began later is another job search, told of too late."""
    return current.period.number if current and current.period.started_on <= day else None


def _hired(current: Jobseeker | None, placement_id: str, day: date, now: datetime) -> Jobseeker | None:
    if current is None or not current.period.is_open or _period_of(current, day) is None:
        return None
    return ended(current, "employed", day, now, placement_id)


def _take_back(event: PlacementReversed, standing: Standing) -> int | None:
    """Strike the placement from those that stand; returns the period it was heard in, None if it did not stand."""
    for (jobseeker_id, number), placement_ids in standing.items():
        if jobseeker_id == event.jobseeker_id and event.aggregate_id in placement_ids:
            placement_ids.remove(event.aggregate_id)
            return number
    return None


def _released(
    current: Jobseeker | None, number: int | None, still: set[str], day: date, now: datetime
) -> Jobseeker | None:
    """
    A new period, if the newest was ended by a placement and none heard in it stands any more.

    Somebody who stopped of their own accord, or registered again since, is left as they are.
    """
    if current is None or number != current.period.number or current.period.placement_id is None or still:
        return None
    return resumed(current, day, now)
