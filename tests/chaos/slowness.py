"""How much slower than alone the machine is, measured by work that needs nothing of ours: what a limit in seconds is
widened by where other programs have the processors, and by nothing else."""

import asyncio
import os
import sys

_PROCESSOR_SECONDS = 0.5
_WORK = f"""
import time
began, used = time.perf_counter(), time.process_time()
while time.process_time() - used < {_PROCESSOR_SECONDS}: pass
print((time.perf_counter() - began) / (time.process_time() - used))
"""


async def slowness() -> float:
    """The time that work takes on every processor at once against the processor time in it: 1 on a quiet machine.

    Measured while nothing of ours runs, so that a system that is busy with itself cannot widen its own limits.
    """
    found = await asyncio.gather(*(_one() for _ in range(os.cpu_count() or 1)))
    return max(1.0, *found)


async def _one() -> float:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _WORK, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    return float(printed)
