"""How much slower than alone the machine is, measured by work of its own: what a limit in seconds is widened by where
other programs, other test runs among them, have the processors."""

import asyncio
import os
import sys

_PROCESSOR_SECONDS = 0.5
MOST = 4.0
_WORK = f"""
import time
began, used = time.perf_counter(), time.process_time()
while time.process_time() - used < {_PROCESSOR_SECONDS}: pass
print((time.perf_counter() - began) / (time.process_time() - used))
"""


async def slowness() -> float:
    """The time that work takes on every processor at once against the processor time in it: 1 on a quiet machine.

    Measured while the system under test does not run, which cannot widen its own limits by being busy with itself;
    and at most MOST, beyond which a limit would mean nothing.
    """
    found = await asyncio.gather(*(_one() for _ in range(os.cpu_count() or 1)))
    return min(MOST, max(1.0, *found))


async def _one() -> float:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _WORK, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    return float(printed)
