"""How long the system needs after a fault: until every process has been ready and a command acknowledged again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from .schedule import Fault

_LOOK_EVERY = 0.2
"""Seconds between two looks at a process that has yet to show itself: the figures are no finer than this."""


@dataclass(slots=True)
class Recovery:
    """A fault that is over. `seconds` from its end until the system was well again; None until then.

    `seen`: processes that have been ready since. `waited_for`: what the last one that was not had to say.
    """

    fault: Fault
    ended: float
    seconds: float | None = None
    seen: set[str] = field(default_factory=set)
    waited_for: str = "a command to be acknowledged"

    def __str__(self) -> str:
        kind = f"{self.fault.kind} {self.fault.detail}".strip()
        return f"{self.seconds or 0:.1f} s after {kind} of {self.fault.target}: {self.waited_for}"


class Recoveries:
    """Measured from the end of each fault (a killed process's end is its death) to the first moment at which

    - every process that ought to run has answered /readyz with 200 since the fault's end, and
    - a command has been acknowledged since the fault's end.

    Faults overlap on purpose: one that begins before the last is made good lengthens its figure, never shortens it.
    Each process is asked by itself and no more than needed: one that does not answer holds up no other's figure, and
    the asking takes little from a machine that is busy enough.

    `wanted` names the processes that ought to run; `complaint` of one is None when it is ready.
    """

    def __init__(
        self,
        wanted: Callable[[], Iterable[str]],
        complaint: Callable[[str], Awaitable[str | None]],
        last_acknowledged: Callable[[], float],
    ) -> None:
        self._wanted = wanted
        self._complaint = complaint
        self._last_acknowledged = last_acknowledged
        self._asking: dict[str, asyncio.Task[None]] = {}
        self.found: list[Recovery] = []
        self.waiting: list[Recovery] = []
        """Faults that the system has not recovered from."""

    def ended(self, fault: Fault) -> None:
        """A fault is over now."""
        recovery = Recovery(fault, asyncio.get_running_loop().time())
        self.found.append(recovery)
        self.waiting.append(recovery)

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        try:
            while True:
                wanted = set(self._wanted())
                self._note(wanted)
                for name in wanted - self._asking.keys():
                    if any(name not in one.seen for one in self.waiting):
                        self._asking[name] = asyncio.create_task(self._ask(name))
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            for task in self._asking.values():
                task.cancel()

    def _note(self, wanted: set[str]) -> None:
        now = asyncio.get_running_loop().time()
        for one in self.waiting:
            if wanted <= one.seen and self._last_acknowledged() > one.ended:
                one.seconds = now - one.ended
        self.waiting = [one for one in self.waiting if one.seconds is None]

    async def _ask(self, name: str) -> None:
        asked = asyncio.get_running_loop().time()
        try:
            complaint = await self._complaint(name)
            for one in self.waiting:
                if one.ended > asked or name in one.seen:
                    continue
                if complaint is None:
                    one.seen.add(name)
                else:
                    one.waited_for = f"{name}: {complaint}"
        finally:
            del self._asking[name]
