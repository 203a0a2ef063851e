"""Ten firms that post a vacancy a second each, an eleventh that posts forty at once, and how long the ten wait."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from .percentile import p99
from .town import Employer, Town, new_title
from .wire import Unanswered, Wire

_OTHERS = 10
_AT_ONCE = 40
_EVERY = 1.0
"""Seconds between two postings of one of the others, and between two bursts of the one."""


@dataclass
class Waits:
    """Seconds that the ten waited for their answers, without and with the surge, and what the eleventh was answered."""

    without: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    surge: Counter[int] = field(default_factory=Counter)

    @property
    def p99s(self) -> tuple[float, float]:
        """Without, and beside the surge."""
        return p99(self.without), p99(self.beside)


class Surge:
    """Use `measure` as often as wanted: it takes turns between a time without the surge and one with it."""

    def __init__(self, town: Town, firms: list[Employer]) -> None:
        self._town = town
        self._firms = firms
        self._wire = Wire(seconds=30)
        self._address = ("127.0.0.1", town.system.wiring.ports["registration"])
        self._chance = random.Random(1)

    @classmethod
    async def prepared(cls, town: Town) -> "Surge":
        """The eleven firms."""
        return cls(town, [await town.employer() for _ in range(_OTHERS + 1)])

    def close(self) -> None:
        """Drop the connections."""
        self._wire.close()

    async def measure(self, waits: Waits, seconds: float) -> None:
        """So long without the surge, then so long with it."""
        await self._others(waits.without.append, seconds)
        async with asyncio.TaskGroup() as group:
            surging = group.create_task(self._surge(waits.surge))
            await self._others(waits.beside.append, seconds)
            surging.cancel()

    async def _others(self, told: Callable[[float], None], seconds: float) -> None:
        async with asyncio.TaskGroup() as group:
            for firm in self._firms[1:]:
                group.create_task(self._one(firm, told, seconds))

    async def _one(self, firm: Employer, told: Callable[[float], None], seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        await asyncio.sleep(self._chance.uniform(0, _EVERY))
        while (began := clock()) < until:
            status = await self._post(firm)
            assert status == 201, f"one of the others was answered {status}"
            told(clock() - began)
            await asyncio.sleep(max(0.0, began + _EVERY * self._chance.uniform(0.5, 1.5) - clock()))

    async def _surge(self, answers: Counter[int]) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            answers.update(await asyncio.gather(*(self._post(self._firms[0]) for _ in range(_AT_ONCE))))
            due += _EVERY
            await asyncio.sleep(max(0.0, due - clock()))

    async def _post(self, firm: Employer) -> int:
        headers = {**firm.headers, "Idempotency-Key": str(uuid4())}
        body = self._town.vacancy(firm, title=new_title())
        try:
            return (await self._wire.request(self._address, "POST", "/vacancies", headers, body)).status
        except Unanswered:
            return 0
