"""Bounded waits that say what they waited for."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from ieum_local.failure import LocalFailure


async def until(
    what: str, probe: Callable[[], Awaitable[bool]], *, seconds: float = math.inf, every: float = 0.05
) -> None:
    """Return as soon as `probe` answers true; LocalFailure naming `what` after `seconds`.

    An exception of the probe is an answer too: it ends the wait at once.
    """
    deadline = time.monotonic() + seconds
    while not await probe():
        if time.monotonic() > deadline:
            raise LocalFailure(f"waited {seconds:g} s for {what}")
        await asyncio.sleep(every)


async def together(*work: Coroutine[object, object, object]) -> None:
    """Run all side by side; the first failure cancels the others, waits for their end and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for coroutine in work:
                group.create_task(coroutine)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, indented, for the message of a failure."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            lines = file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return f"  (no log at {log})"
    return "\n".join(f"  {line}" for line in lines) or f"  ({log} is empty)"
