"""Whatever order events arrive in, and however often: the figures are what the histories say, to the last digit."""

from collections import Counter

from hypothesis import HealthCheck, given, settings

from evaluation.figures.events import Countable
from evaluation.figures.rules import Aggregate, Cell, Standing, count, totals
from evaluation.measure import Measure
from ieum.database import Database
from ieum.messaging.inbox import Inbox

from .histories import Life, deliveries, from_scratch, record

Delivered = tuple[list[Life], list[list[Countable]]]


async def cells(database: Database, statement: str) -> Counter[Cell]:
    async with database.reading() as tx:
        rows = await tx.fetch(statement)
    return Counter({(row["centre_code"], row["day"], Measure(row["measure"])): row["amount"] for row in rows})


def without_zeros(figures: Counter[Cell]) -> dict[Cell, int]:
    return {cell: amount for cell, amount in figures.items() if amount}


@settings(deadline=None)
@given(delivered=deliveries())
def test_counting_batch_by_batch_gives_what_the_histories_say(delivered: Delivered) -> None:
    lives, batches = delivered
    standings: dict[Aggregate, Standing] = {}
    seen: dict[str, int] = {}
    figures: Counter[Cell] = Counter()

    for batch in batches:
        fresh = []
        for event in batch:
            if event.aggregate_version > seen.get(event.aggregate_id, 0):
                seen[event.aggregate_id] = event.aggregate_version
                fresh.append(event)
        figures.update(totals(count(fresh, standings)))

    assert without_zeros(figures) == without_zeros(from_scratch(lives))
    assert all(amount >= 0 for amount in figures.values())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delivered=deliveries())
async def test_figures_and_ledger_in_the_database_are_what_the_histories_say(
    database: Database, inbox: Inbox, delivered: Delivered
) -> None:
    # One database for all examples: every example's aggregates are new, so what it adds is what it must add.
    figures = "SELECT centre_code, day, measure, amount FROM daily_figure"
    ledger = "SELECT centre_code, day, measure, sum(amount)::bigint AS amount FROM ledger GROUP BY 1, 2, 3"
    lives, batches = delivered
    before = await cells(database, figures)

    for batch in batches:
        await inbox.take([record(event) for event in batch])

    after = await cells(database, figures)
    after.subtract(before)
    assert without_zeros(after) == without_zeros(from_scratch(lives))
    assert without_zeros(await cells(database, ledger)) == without_zeros(await cells(database, figures))
