"""One run: the cluster comes up, clients work, faults and poison come by the schedule, all settles and is judged."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ieum.ops.oracle import Finding
from ieum.testing import eventually

from . import alone, result
from .books import Books
from .checking import Judgement, await_quiet, judge
from .cluster import Cluster
from .commands import Sender
from .crowd import Crowd
from .faults import Faults, all_over, chance_of
from .poison import Poison
from .recovery import Recoveries
from .schedule import schedule

CLIENTS = 48
"""So many that some may wait for a frozen process while the others keep the machine busy."""
_POISON_SHARE = 0.01
_SETTLE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for. `rate`: commands a second at most, 0: as many as go. `calm`: seconds without faults first.

    `alone`: measure afterwards what Kafka and PostgreSQL need by themselves.
    """

    seed: int
    seconds: float
    rate: float = 0.0
    clients: int = CLIENTS
    calm: float = 0.0
    alone: bool = False


class Run:
    """A run of a plan in a folder. `say` gets a line about what happens."""

    def __init__(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self.plan = plan
        self._say = say
        self.books = Books()
        self._load = os.getloadavg()
        self._cluster = Cluster(folder)
        self.sender = Sender(
            lambda service: [member.address for member in self._cluster.of(service)], chance_of(plan.seed, "sender")
        )
        self._crowd = Crowd(
            self._cluster, self.sender, self.books, seed=plan.seed, clients=plan.clients, rate=plan.rate
        )
        self.poison: Poison | None = None
        self.faults: Faults | None = None
        self._stuck: list[Finding] = []

    async def run(self) -> result.Result:
        """Everything from the first process to the judgement."""
        self._say("starting three brokers, PostgreSQL and two processes of every service")
        async with self._cluster as cluster, contextlib.AsyncExitStack() as closing:
            closing.callback(self.sender.close)
            poison = self.poison = Poison(cluster.bootstrap, chance_of(self.plan.seed, "poison"))
            await poison.start()
            closing.push_async_callback(poison.stop)
            recoveries = Recoveries(cluster.wanted, cluster.complaint, lambda: self.sender.tally.last_acknowledged)
            faults = self.faults = Faults(cluster, recoveries, self._say)
            rates: dict[str, float] = {}
            async with self._crowd.at_work(self._say):
                if self.plan.calm:
                    self._say("measuring the system at rest")
                    rates["calm"] = await self._measured(asyncio.sleep(self.plan.calm))
                async with _beside(recoveries.watch()):
                    async with _beside(self._send_poison(poison)):
                        rates["under fault"] = await self._measured(self._faults(faults))
                    await self._settle(cluster, recoveries)
            judgement = await self._judge(cluster, poison)
            by_themselves = await self._alone(cluster, poison) if self.plan.alone else None
        return result.make(
            self.plan.seed, self.plan.seconds, rates, self.sender.tally, faults, recoveries, judgement, poison.sent,
            cluster.surprises, self._load, by_themselves,
        )  # fmt: skip

    # -- parts of a run

    async def _faults(self, faults: Faults) -> None:
        clock = asyncio.get_running_loop().time
        over = clock() + self.plan.seconds
        await faults.run(schedule(self.plan.seed, self.plan.seconds))
        await asyncio.sleep(max(0.0, over - clock()))

    async def _measured(self, work: Awaitable[None]) -> float:
        """Acknowledged commands a second while the work goes on."""
        clock = asyncio.get_running_loop().time
        began, before = clock(), self.sender.tally.acknowledged
        await work
        return round((self.sender.tally.acknowledged - before) / (clock() - began), 1)

    async def _settle(self, cluster: Cluster, recoveries: Recoveries) -> None:
        """Faults are over: everything is ready again while clients still work, and then they come to their ends."""
        self._say("no more faults: waiting until everything is ready")
        self._stuck = await all_over(cluster)
        with contextlib.suppress(AssertionError):  # what has not recovered then is a finding
            await eventually("every fault to be made good", lambda: not recoveries.waiting, within=60, every=0.2)

    async def _judge(self, cluster: Cluster, poison: Poison) -> Judgement:
        await await_quiet(cluster, within=_SETTLE_SECONDS, say=self._say)
        began = time.monotonic()
        judgement = await judge(cluster, self.books, self.sender.tally, poison, self._say)
        judgement.findings += self._stuck
        self._say(f"judged in {time.monotonic() - began:.0f} s")
        return judgement

    async def _alone(self, cluster: Cluster, poison: Poison) -> dict[str, Any] | None:
        """A server that does not come back here says nothing about what was promised: the figure is left out."""
        await poison.stop()
        await cluster.stop_members()
        try:
            return await alone.measure(cluster, self._say)
        except Exception as failure:  # noqa: BLE001 -- whatever it is, the run has been judged and its result is kept
            self._say(f"not measured: {type(failure).__name__}: {failure}")
            return None

    async def _send_poison(self, poison: Poison) -> None:
        owed, seen = 1.0, self.sender.tally.commands
        while True:
            owed += (self.sender.tally.commands - seen) * _POISON_SHARE
            seen = self.sender.tally.commands
            while owed >= 1:
                owed -= 1
                await poison.send()
            await asyncio.sleep(0.2)


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Something that goes on while the block does; if it fails, the block ends with its failure."""
    task = asyncio.create_task(work)
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
