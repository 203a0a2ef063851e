import random

import asyncpg
import pytest

from evaluation.figures.events import VacancyChanged, VacancyOpened
from evaluation.figures.handlers import count_figures
from evaluation.recomputation.store import read_figures, read_ledger
from ieum.database import Database

from .conftest import Tell
from .histories import CENTRES, NOON


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger SET amount = 5", "DELETE FROM ledger", "TRUNCATE ledger"], ids=lambda text: text[:6]
)
async def test_the_ledger_cannot_be_rewritten(database: Database, tell: Tell, statement: str) -> None:
    await tell("v-1", VacancyOpened(centre_code="12012", openings=3))

    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with database.transaction() as tx:
            await tx.execute(statement)


async def test_an_event_cannot_be_booked_twice_even_past_the_inbox(database: Database) -> None:
    event = VacancyOpened(centre_code="12012", openings=3).received("v-1", 1)
    async with database.transaction() as tx:
        await count_figures(tx, [event])

    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as tx:
            await count_figures(tx, [event])


async def test_a_batch_of_two_thousand_takes_five_statements(database: Database) -> None:
    chance = random.Random(7)
    batch: list[VacancyOpened | VacancyChanged] = []
    for number in range(1_000):
        opened = VacancyOpened(centre_code=chance.choice(CENTRES), openings=chance.randrange(1, 50))
        changed = VacancyChanged(centre_code=chance.choice(CENTRES), openings=chance.randrange(1, 50))
        batch.append(opened.received(f"v-{number}", 1, occurred_at=NOON))
        batch.append(changed.received(f"v-{number}", 2, occurred_at=NOON))
    statements: list[str] = []

    async with database.transaction() as tx:
        # The first use of a connection asks the server for its array types.
        await count_figures(tx, [batch[0]])
        with tx.connection.query_logger(lambda statement: statements.append(statement.query)):
            await count_figures(tx, [*batch[1:]])
    async with database.reading() as tx:
        figures, ledger = await read_figures(tx), await read_ledger(tx)

    assert len(statements) == 5
    assert figures == ledger
    assert sum(figures.values()) == sum(event.openings for event in batch if isinstance(event, VacancyChanged))
