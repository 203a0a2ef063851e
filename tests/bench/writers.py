"""Eight writers at work: `python -m tests.bench.writers`. Each commits one event at a time, RATE a second together."""

import asyncio
import os
import random
import time

from ieum.database import Database
from ieum.messaging import Topics, outbox

from .counting.app import TOPICS
from .counting.events import ItemKept

WRITERS = 8


async def _write(database: Database, number: int, pause: float) -> None:
    chance, due = random.Random(number), time.monotonic()
    while True:
        # Not in step with each other: transactions overlap, and what began first may commit last.
        due += pause * chance.uniform(0.5, 1.5)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        async with database.transaction() as tx:
            await outbox.add(tx, f"writer-{number}-{chance.randrange(50)}", ItemKept(openings=1, wage=10_030))


async def main() -> None:
    """Write until killed."""
    database = Database(os.environ["DATABASE_URL"], schema=os.environ["DATABASE_SCHEMA"], min_size=WRITERS)
    await database.open()
    outbox.configure(database, Topics.from_file(TOPICS), "bench")
    pause = WRITERS / float(os.environ["RATE"])
    await asyncio.gather(*(_write(database, number, pause) for number in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main())
