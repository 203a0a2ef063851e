"""Random lives of vacancies, jobseekers and placements, and what they must add up to, computed without the ledger."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4

from aiokafka import ConsumerRecord
from hypothesis import strategies as st

from evaluation.figures.events import (
    Countable,
    JobseekerChanged,
    JobseekerRegistered,
    PlacementRecorded,
    PlacementReversed,
    VacancyChanged,
    VacancyOpened,
)
from evaluation.figures.rules import Cell
from evaluation.measure import Measure, day_of
from evaluation.scopes.events import CentreOpened
from ieum.messaging import Envelope
from ieum.testing import record_of

Record: TypeAlias = ConsumerRecord[Any, Any]

CENTRES = ["12003", "12012", "15006", "13000"]
NOON = datetime(2026, 11, 2, 3, tzinfo=UTC)

centre = st.sampled_from(CENTRES)
# Steps of some hours, so that lives cross midnight in Seoul, now and then several times.
pause = st.integers(0, 40).map(lambda hours: timedelta(hours=hours))


@dataclass(frozen=True)
class Life:
    """One aggregate's events in their order, as received."""

    events: list[Countable]


def record(event: Countable | CentreOpened) -> Record:
    """A received event as Kafka would deliver it (again)."""
    envelope = event.envelope
    return record_of(event, envelope.aggregate_id, envelope.aggregate_version, headers=envelope.headers())


@st.composite
def _life(draw: st.DrawFn, begin: st.SearchStrategy[Countable], later: st.SearchStrategy[Countable]) -> Life:
    """Begins (nearly always with a beginning), is corrected a few times, and now and then begins anew."""
    aggregate_id = str(uuid4())
    at = NOON + draw(pause)
    facts = [draw(begin | begin | begin | later), *draw(st.lists(later | later | later | begin, max_size=5))]
    events: list[Countable] = []
    for version, fact in enumerate(facts, start=1):
        events.append(fact.with_envelope(Envelope(uuid4(), fact.type_name(), "/test", aggregate_id, version, at)))
        at += draw(pause)
    return Life(events)


_openings = st.integers(0, 30)
lives = st.lists(
    st.one_of(
        _life(
            st.builds(VacancyOpened, centre_code=centre, openings=_openings),
            st.builds(VacancyChanged, centre_code=centre, openings=_openings),
        ),
        _life(st.builds(JobseekerRegistered, centre_code=centre), st.builds(JobseekerChanged, centre_code=centre)),
        _life(st.builds(PlacementRecorded, centre_code=centre), st.builds(PlacementReversed, centre_code=centre)),
    ),
    min_size=1,
    max_size=8,
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Life], list[list[Countable]]]:
    """Lives, and batches in which their events arrive: aggregates interleaved at random, each in its own order,
    and after some batches the log is read again from an earlier place, as Kafka does after a crash or a rebalance."""
    drawn: list[Life] = draw(lives)
    turns = draw(st.permutations([index for index, life in enumerate(drawn) for _ in life.events]))
    following: list[Iterator[Countable]] = [iter(life.events) for life in drawn]
    log = [next(following[index]) for index in turns]
    batches, place = [], 0
    while place < len(log):
        size = draw(st.integers(1, 6))
        batches.append(log[place : place + size])
        rewind = draw(st.integers(0, 8)) if draw(st.integers(0, 3)) == 0 and len(batches) < 40 else 0
        place = max(0, place + size - rewind)
    return drawn, batches


def _segments(events: Sequence[Countable]) -> Iterator[list[Countable]]:
    """A life cut into registrations: each beginning with what follows until the next."""
    segment: list[Countable] = []
    for event in events:
        if segment and isinstance(event, VacancyOpened | JobseekerRegistered | PlacementRecorded):
            yield segment
            segment = []
        segment.append(event)
    yield segment


def from_scratch(drawn: Sequence[Life]) -> Counter[Cell]:
    """The figures straight from their definition, without standings, ledger or order of arrival:

    a registration counts on the day it began, at the centre and with the number that its last event names;
    a reversed placement counts nowhere.
    """
    figures: Counter[Cell] = Counter()
    for life in drawn:
        for segment in _segments(life.events):
            first, last = segment[0], segment[-1]
            day = day_of(first.occurred_at)
            if isinstance(last, VacancyOpened | VacancyChanged):
                figures[(last.centre_code, day, Measure.OPENINGS)] += last.openings
            elif isinstance(last, JobseekerRegistered | JobseekerChanged):
                figures[(last.centre_code, day, Measure.JOBSEEKERS)] += 1
            elif isinstance(last, PlacementRecorded):
                figures[(last.centre_code, day, Measure.PLACEMENTS)] += 1
    return figures
