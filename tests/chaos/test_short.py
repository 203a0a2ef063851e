"""The short fault run: every kind of fault, and nothing acknowledged is lost, doubled or reordered."""

import asyncio
from pathlib import Path

from .run import Plan, Run
from .slowness import slowness

# Thirty faults, of all kinds.
SEED = 20_261_163
SECONDS = 105
# So many that the machine has room for other work: what matters here are the faults.
RATE = 40
WITHIN_SECONDS = 240
"""From the first process to the judgement, on a machine that has nothing else to do."""
_GIVEN_UP_SECONDS = 1_200


async def test_nothing_acknowledged_is_lost_doubled_or_reordered_under_every_kind_of_fault(tmp_path: Path) -> None:
    said: list[str] = []
    clock = asyncio.get_running_loop().time
    before = await slowness()
    began = clock()

    async with asyncio.timeout(_GIVEN_UP_SECONDS):
        outcome = await Run(Plan(SEED, SECONDS, RATE), tmp_path, said.append).run()

    took, slower = clock() - began, max(before, await slowness())
    assert outcome.findings == [], f"{vars(outcome)}\n" + "\n".join(said)
    assert (outcome.lost, outcome.doubled, outcome.reordered, outcome.unknown) == (0, 0, 0, 0)
    assert sum(outcome.faults.values()) >= 25
    assert len(outcome.faults) >= 6
    assert outcome.acknowledged >= 500
    assert outcome.poison > 0
    assert outcome.parked >= outcome.poison
    assert took <= WITHIN_SECONDS * slower, f"{took:.0f} s at {slower:.1f} times the usual\n" + "\n".join(said)
