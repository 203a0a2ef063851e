"""Keeps processes alive: one that dies is started again after a growing pause, and said so."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ieum_local.children import Child
from ieum_local.failure import LocalFailure
from ieum_local.waiting import until

_SHORTEST, _LONGEST = 1.0, 30.0  # seconds between an end and the next start
_STEADY_SECONDS = 60.0  # who lived this long starts over with the shortest pause
_LOOK_EVERY = 0.2


@dataclass
class Kept:
    """One process to keep alive: `child` tells the present one, `start` starts it again."""

    name: str
    child: Callable[[], Child | None]
    start: Callable[[], Awaitable[None]]
    restarts: int = 0

    async def has_ended(self) -> bool:
        """Whether it is time to start it again."""
        child = self.child()
        return child is None or not child.running


async def keep(kept: Kept, say: Callable[[str], None], changed: Callable[[], None]) -> None:
    """Watch until cancelled. `say` gets a line for people, `changed` is called after each start."""
    pause = _SHORTEST
    while True:
        since = time.monotonic()
        await until(f"{kept.name} to end", kept.has_ended, every=_LOOK_EVERY)
        child = kept.child()
        if time.monotonic() - since > _STEADY_SECONDS:
            pause = _SHORTEST
        say(f"{kept.name} ended{_how(child)}; starting it again in {pause:g} s (make logs SERVICE={kept.name})")
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST)
        kept.restarts += 1
        try:
            await kept.start()
        except (LocalFailure, OSError) as failure:
            say(f"{kept.name} did not start: {failure.args[0]}")
            continue
        say(f"{kept.name} is started again")
        changed()


def _how(child: Child | None) -> str:
    code = child.exit_code if child else None
    if code is None:
        return ""
    return f" by signal {-code}" if code < 0 else f" with exit code {code}"
