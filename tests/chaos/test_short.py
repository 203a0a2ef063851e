"""The short fault run: two minutes of every kind of fault, and nothing acknowledged is lost, doubled or reordered."""

import asyncio
from pathlib import Path

from .run import Plan, Run

SEED = 20_261_124
SECONDS = 125
# So many that the machine has room for other work: what matters here are the faults.
RATE = 40


async def test_nothing_acknowledged_is_lost_doubled_or_reordered_under_two_minutes_of_faults(tmp_path: Path) -> None:
    said: list[str] = []

    async with asyncio.timeout(900):
        outcome = await Run(Plan(SEED, SECONDS, RATE), tmp_path, said.append).run()

    assert outcome.findings == [], f"{vars(outcome)}\n" + "\n".join(said)
    assert (outcome.lost, outcome.doubled, outcome.reordered, outcome.unknown) == (0, 0, 0, 0)
    assert sum(outcome.faults.values()) >= 25
    assert len(outcome.faults) >= 6
    assert outcome.acknowledged >= 500
    assert outcome.poison > 0
    assert outcome.parked >= outcome.poison
