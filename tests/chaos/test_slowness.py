"""A limit is widened by what other programs take of the processors, and by no more."""

import asyncio
import os
import sys

from .slowness import slowness


async def test_beside_others_that_take_the_processors_work_takes_longer() -> None:
    spinning = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass")
        for _ in range(3 * (os.cpu_count() or 1))
    ]
    try:
        beside = await slowness()
    finally:
        for process in spinning:
            process.kill()
            await process.wait()

    # Three at every processor beside ours.
    assert beside >= 2.5
