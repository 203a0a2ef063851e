"""The figures are made again from the topics alone, while events keep coming, and come out the same."""

import random

import pytest

from evaluation.figures.events import (
    JobseekerChanged,
    JobseekerRegistered,
    PlacementRecorded,
    PlacementReversed,
    VacancyChanged,
    VacancyOpened,
)
from evaluation.live.store import moment
from evaluation.recomputation.store import read_figures, read_ledger
from evaluation.scopes.events import CentreOpened
from ieum.database import Database
from ieum.messaging import Event
from ieum.testing.retelling import Retelling

from .histories import CENTRES

OFFICE = {"regional_office_code": "12010", "regional_office_name": "서울지방고용노동청"}


def life(number: int) -> list[Event]:
    """Some vacancies, jobseekers and placements, most of them corrected later."""
    chance = random.Random(number)
    here, there = chance.sample(CENTRES, 2)
    events: list[Event] = [
        VacancyOpened(centre_code=here, openings=chance.randrange(9)).received(f"v-{number}"),
        VacancyChanged(centre_code=there, openings=chance.randrange(9)).received(f"v-{number}"),
        JobseekerRegistered(centre_code=here).received(f"j-{number}"),
        PlacementRecorded(centre_code=here).received(f"p-{number}"),
    ]
    if number % 3 == 0:
        events.append(PlacementReversed(centre_code=here).received(f"p-{number}"))
        events.append(JobseekerChanged(centre_code=there).received(f"j-{number}"))
    return events


@pytest.fixture
async def told(retelling: Retelling) -> Retelling:
    """Forty lives, and three of four centres heard of."""
    for code in CENTRES[:3]:
        await retelling.tell(CentreOpened(name=f"{code}센터", **OFFICE).received(code))
    await retelling.tell(*(event for number in range(40) for event in life(number)))
    await retelling.heard_all()
    return retelling


async def revision(database: Database) -> int:
    async with database.reading() as tx:
        return (await moment(tx))[1]


async def test_everything_counted_is_counted_again_to_the_same_state(told: Retelling) -> None:
    before = await revision(told.database)

    progress, different = await told.rebuild()

    assert different == []
    assert (progress.heard, progress.newer) == (progress.total, 0)
    assert progress.rebuild.before.keys() == {"ledger", "daily_figure", "standing", "centre", "centre_change"}
    assert all(state.rows for state in progress.rebuild.before.values())
    # Open pages compare it with what they know: it must have moved on, never back to where it was once.
    assert await revision(told.database) > before


async def test_events_that_come_while_all_is_counted_again_are_counted_once(told: Retelling) -> None:
    begun = await told.begin()
    await told.tell(*(event for number in range(40, 80) for event in life(number)))
    progress, _ = await told.end(begun)
    await told.heard_all()
    async with told.database.reading() as tx:
        under_load, ledger = await read_figures(tx), await read_ledger(tx)

    _, different_from_quiet = await told.rebuild()

    assert under_load == ledger
    assert progress.total < sum(len(life(number)) for number in range(80))
    assert different_from_quiet == []


async def test_damaged_figures_are_made_good(told: Retelling) -> None:
    async with told.database.reading() as tx:
        right = await read_figures(tx)
    async with told.database.transaction() as tx:
        await tx.execute("UPDATE daily_figure SET amount = amount + 7")
        await tx.execute("DELETE FROM standing WHERE measure = 'openings'")
        await tx.execute("UPDATE centre SET regional_office_code = '99999'")

    _, different = await told.rebuild()

    assert different == ["centre", "daily_figure", "standing"]
    async with told.database.reading() as tx:
        assert await read_figures(tx) == await read_ledger(tx) == right
