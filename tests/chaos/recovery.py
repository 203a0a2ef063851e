"""How long the system needs after a fault: until every process has been ready and a command acknowledged again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .schedule import Fault

_LOOK_EVERY = 0.4
"""Seconds between two looks at all processes: the figures are no finer than this."""


@dataclass(slots=True)
class Recovery:
    """A fault that is over. `seconds` from its end until the system was well again; None until then.

    `seen`: processes that have been ready since.
    """

    fault: Fault
    ended: float
    seconds: float | None = None
    seen: set[str] = field(default_factory=set)


class Recoveries:
    """Measured from the end of each fault (a killed process's end is its death) to the first moment at which

    - every process that ought to run has answered /readyz with 200 since the fault's end, and
    - a command has been acknowledged since the fault's end.

    Faults overlap on purpose: one that begins before the last is made good lengthens its figure, never shortens it.
    """

    def __init__(self, ready: Callable[[], Awaitable[dict[str, bool]]], last_acknowledged: Callable[[], float]) -> None:
        self._ready = ready
        self._last_acknowledged = last_acknowledged
        self.found: list[Recovery] = []

    def ended(self, fault: Fault) -> None:
        """A fault is over now."""
        self.found.append(Recovery(fault, asyncio.get_running_loop().time()))

    @property
    def waiting(self) -> list[Recovery]:
        """Faults that the system has not recovered from."""
        return [one for one in self.found if one.seconds is None]

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            if waiting := self.waiting:
                looked = clock()
                ready = await self._ready()
                for one in waiting:
                    if one.ended <= looked:
                        one.seen |= {name for name, is_ready in ready.items() if is_ready}
                        if ready.keys() <= one.seen and self._last_acknowledged() > one.ended:
                            one.seconds = clock() - one.ended
            await asyncio.sleep(_LOOK_EVERY)
