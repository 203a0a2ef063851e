"""Letters of one employer's doings take their turns: many of them do not stand before everybody else's."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ieum.database import Database
from notifications.delivery import store
from notifications.delivery.rules import Pace
from notifications.telling.handlers import Telling, configure

Make = Callable[..., Any]

LEASE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def told_hastily(database: Database) -> None:
    configure(database, Telling(Pace(digest_quiet=timedelta(0), digest_window=timedelta(0)), ("email",)))


async def claimed(database: Database, limit: int) -> list[str]:
    """Whose letters a worker with so many free lanes takes."""
    async with database.transaction() as tx:
        claims = await store.claim_due(tx, ["email"], limit, uuid4(), LEASE)
    return [claim.recipient_id for claim in claims]


async def test_one_letter_of_another_employer_goes_out_among_the_first_of_a_thousand(
    database: Database, hear: Callable[..., Awaitable[None]], answered: Make
) -> None:
    surge = [answered(f"surge-{number}", employer_id="employer-1") for number in range(1_000)]
    await hear(*surge, answered("other", employer_id="employer-2"))

    first = await claimed(database, 4)

    assert "other" in first
    assert len(first) == 4


async def test_a_surge_that_goes_on_stands_behind_its_own_earlier_letters(
    database: Database, hear: Callable[..., Awaitable[None]], answered: Make
) -> None:
    await hear(*(answered(f"surge-{number}", employer_id="employer-1") for number in range(600)))
    await hear(
        *(answered(f"later-{number}", employer_id="employer-1") for number in range(600)),
        answered("other", employer_id="employer-2"),
    )

    async with database.reading() as tx:
        rows = await tx.fetch("SELECT recipient_id FROM delivery ORDER BY next_at")

    order = [row["recipient_id"] for row in rows]
    assert order.index("other") < 600
    assert all(name.startswith("later-") for name in order[-600:])


async def test_who_is_alone_gets_every_lane(
    database: Database, hear: Callable[..., Awaitable[None]], answered: Make
) -> None:
    await hear(*(answered(f"surge-{number}", employer_id="employer-1") for number in range(20)))

    first, then = await claimed(database, 8), await claimed(database, 8)

    assert len({*first, *then}) == 16


async def test_a_letter_that_must_wait_is_not_looked_at_because_its_turn_has_come(
    database: Database, hear: Callable[..., Awaitable[None]], answered: Make
) -> None:
    await hear(answered("waiting"), answered("ready"))
    async with database.transaction() as tx:
        await tx.execute("UPDATE delivery SET due_at = now() + interval '1 hour' WHERE recipient_id = 'waiting'")

    assert await claimed(database, 8) == ["ready"]
