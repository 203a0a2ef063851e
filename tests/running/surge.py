"""Ten firms that post a vacancy a second each, beside an eleventh that posts forty at once."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

from ..chaos.wire import Unanswered, Wire
from .town import Employer, Town

_OTHERS = 10
_AT_ONCE = 40
_EVERY = 1.0
"""Seconds between two postings of one of the others, and between two bursts of the one."""


class Surge:
    """`answers`: how often the eleventh was answered with which status. The ten's are asserted to be 201."""

    def __init__(self, town: Town, firms: list[Employer]) -> None:
        self._town = town
        self._firms = firms
        self._wire = Wire(seconds=30)
        self._address = ("127.0.0.1", town.system.wiring.ports["registration"])
        self._chance = random.Random(1)
        self.answers: Counter[int] = Counter()

    @classmethod
    async def prepared(cls, town: Town) -> "Surge":
        """The eleven firms."""
        return cls(town, [await town.employer() for _ in range(_OTHERS + 1)])

    def close(self) -> None:
        """Drop the connections."""
        self._wire.close()

    async def last(self, seconds: float) -> list[float]:
        """Let it last so long; returns the seconds that the ten waited for their answers. Raises AssertionError."""
        waited: list[float] = []
        async with asyncio.TaskGroup() as group:
            surging = group.create_task(self._surge())
            async with asyncio.TaskGroup() as others:
                for firm in self._firms[1:]:
                    others.create_task(self._one(firm, waited.append, seconds))
            surging.cancel()
        return waited

    async def _one(self, firm: Employer, told: Callable[[float], None], seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        await asyncio.sleep(self._chance.uniform(0, _EVERY))
        while (began := clock()) < until:
            status = await self._post(firm)
            assert status == 201, f"one of the others was answered {status}"
            told(clock() - began)
            await asyncio.sleep(max(0.0, began + _EVERY * self._chance.uniform(0.5, 1.5) - clock()))

    async def _surge(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            self.answers.update(await asyncio.gather(*(self._post(self._firms[0]) for _ in range(_AT_ONCE))))
            due += _EVERY
            await asyncio.sleep(max(0.0, due - clock()))

    async def _post(self, firm: Employer) -> int:
        headers = {**firm.headers, "Idempotency-Key": str(uuid4())}
        # With its hyphens: without them thirteen digits may stand in a row and be refused as a resident number.
        body = self._town.vacancy(firm, title=f"자리 {uuid4()}")
        try:
            return (await self._wire.request(self._address, "POST", "/vacancies", headers, body)).status
        except Unanswered:
            return 0
