"""One part of the system after the other goes away under load and comes back: the run, and what it shows."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from ieum_local.waiting import together

from ..running.percentile import p99
from . import outage_figures
from .books import Books
from .checking import Judgement, await_quiet, judge
from .cluster import Cluster
from .commands import Sender
from .crowd import Crowd
from .faults import chance_of
from .outage_figures import Outage
from .poison import Spoilt
from .schedule import BROKERS, PROCESSES, SERVICES
from .watching import Watch

PARTS = ("kafka", "postgres", *SERVICES)
_SETTLE_SECONDS = 240
_AFTERWARDS = 10.0
"""Seconds after the return in which those count who knock at what has come back."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for: which parts go, one after the other, each for so many `seconds`. `rate`: commands a second.

    `usual`: seconds in which the usual is measured before each. `patience`: how long a recovery is waited for.
    """

    parts: tuple[str, ...]
    seconds: float
    rate: float = 30.0
    clients: int = 16
    usual: float = 20.0
    patience: float = 120.0
    seed: int = 1


class OutageRun:
    """A run of a plan in a folder. `say` gets a line about what happens."""

    def __init__(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self.plan = plan
        self._say = say
        self._books = Books()
        # All brokers go at once here, so nobody need find out early that one has; and a busy machine misses no beat.
        self._cluster = Cluster(folder, broker_session_ms=9_000)
        self.sender = Sender(
            lambda service: [member.address for member in self._cluster.of(service)] or [self._nobody(service)],
            chance_of(plan.seed, "sender"),
        )
        # Who waits for a part that is away does nothing else. Every other client needs no matching and goes on.
        self._crowd = Crowd(
            self._cluster, self.sender, self._books, seed=plan.seed, clients=plan.clients, rate=plan.rate,
            refers=lambda number: number % 2 == 0,
        )  # fmt: skip
        self.outages: list[Outage] = []

    async def run(self) -> Judgement:
        """Everything from the first process to the judgement; `outages` has the figures."""
        self._say("starting three brokers, PostgreSQL and two processes of every service")
        async with self._cluster as cluster:
            watch = Watch(cluster, self.sender)
            with contextlib.closing(self.sender):
                async with self._crowd.at_work(self._say), asyncio.TaskGroup() as group:
                    looking = group.create_task(watch.look_on())
                    await asyncio.sleep(self.plan.usual / 2)  # the first requests of a process take longer
                    for part in self.plan.parts:
                        self.outages.append(await self._outage(watch, part))
                    looking.cancel()
            await await_quiet(cluster, within=_SETTLE_SECONDS, say=self._say)
            return await judge(cluster, self._books, self.sender.tally, Spoilt(), self._say)

    def _nobody(self, service: str) -> tuple[str, int]:
        """Where a service answered that is away: as with any address that is known, the connection is refused."""
        return self._cluster.members[f"{service}-1"].address

    # -- one outage

    async def _outage(self, watch: Watch, part: str) -> Outage:
        clock, plan = asyncio.get_running_loop().time, self.plan
        self._say(f"{part}: measuring the usual")
        began = clock()
        await asyncio.sleep(plan.usual)
        gone = clock()
        self._say(f"{part} goes")
        away, back = self._ways(part)
        await away()
        # What was under way when it went is neither here nor there.
        quiet = clock() + 1
        await asyncio.sleep(plan.seconds)
        returning = clock()
        self._say(f"{part} comes back")
        await back()
        returned = returning if part in SERVICES else clock()
        outage = Outage(part, plan.seconds, return_took=round(clock() - returning, 1))
        self._describe_usual(watch, outage, began, gone)
        self._describe_absence(watch, outage, quiet, returning)
        self._say(f"{part} is back")
        await self._recovered(watch, outage, returned)
        until = max(clock(), returned + _AFTERWARDS)
        await asyncio.sleep(max(0.0, until - clock()))
        self._describe_knocking(watch, outage, gone, returned + _AFTERWARDS)
        self._say(f"{part}: usual again after {outage.usual_again} s, all heard after {outage.heard_again} s")
        return outage

    async def _recovered(self, watch: Watch, outage: Outage, returned: float) -> None:
        clock = asyncio.get_running_loop().time
        most = outage_figures.limit(outage.usual_p99)
        # After a long outage some clients have no new command to begin for a moment.
        least = int(outage.usual_per_second * outage_figures.WINDOW / 4)
        while clock() < returned + self.plan.patience:
            await asyncio.sleep(0.5)
            under_way = list(self.sender.under_way.values())
            usual = outage_figures.usual_since(watch.commands, under_way, returned, clock(), most, least)
            heard = outage_figures.heard_since(watch.looks, returned, outage.usual_waiting)
            outage.usual_again = None if usual is None else round(usual - returned, 1)
            outage.heard_again = None if heard is None else round(heard - returned, 1)
            if usual is not None and heard is not None:
                outage.p99_after = round(_p99_within(watch, usual, usual + outage_figures.WINDOW), 3)
                return
        outage.p99_after = round(_p99_within(watch, clock() - outage_figures.WINDOW, clock()), 3)

    # -- what it was like

    def _describe_usual(self, watch: Watch, outage: Outage, began: float, gone: float) -> None:
        outage.usual_p99 = round(_p99_within(watch, began, gone), 3)
        count = sum(began <= one.began < gone for one in watch.commands)
        outage.usual_per_second = round(count / (gone - began), 1)
        outage.usual_waiting = outage_figures.most_waiting(watch.looks, began, gone)
        outage.usual_knocking = self._knocking(watch, outage.part, began, gone)

    def _describe_absence(self, watch: Watch, outage: Outage, since: float, until: float) -> None:
        answered = outage_figures.answered(watch.attempts, since, until)
        taken = [one.seconds for one in answered if 200 <= one.status < 300]
        outage.answers = outage_figures.counted(answered)
        outage.acknowledged = len(taken)
        outage.acknowledged_p99 = round(p99(taken), 3) if taken else None

    def _describe_knocking(self, watch: Watch, outage: Outage, since: float, until: float) -> None:
        outage.knocking = self._knocking(watch, outage.part, since, until)
        outage.calls = outage_figures.knocking(watch.looks, ["http:registration"], since, until)
        outage.most_unsent = outage_figures.most_unsent(watch.looks, since, until)
        # From first to last, also of what was under way when it went and came.
        attempts = outage_figures.answered(watch.attempts, since, until)
        outage.unclear = sum(map(outage_figures.is_unclear, attempts))

    def _knocking(self, watch: Watch, part: str, since: float, until: float) -> outage_figures.Knocking:
        links = list(self._cluster.links)
        if part == "kafka":
            ways, processes = [way for way in links if way.startswith("kafka:")], len(SERVICES) * PROCESSES
        elif part == "postgres":
            ways, processes = [way for way in links if way.startswith("postgres:")], 1
        else:
            ways, processes = [way for way in links if way == f"http:{part}"], 1
        return outage_figures.knocking(watch.looks, ways, since, until, processes=processes)

    # -- how a part goes and comes back

    def _ways(self, part: str) -> tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]:
        if part == "kafka":
            return self._kafka_goes, self._kafka_returns
        if part == "postgres":
            return lambda: self._cluster.postgres.stop("immediate"), lambda: self._cluster.postgres.start()
        return lambda: self._service_goes(part), lambda: self._service_returns(part)

    async def _kafka_goes(self) -> None:
        await together(*(self._cluster.kafka.kill(number) for number in range(1, BROKERS + 1)))

    async def _kafka_returns(self) -> None:
        await self._cluster.kafka.start_again(seconds=600)

    async def _service_goes(self, service: str) -> None:
        for member in self._cluster.of(service):
            member.wanted = False
            await member.kill()

    async def _service_returns(self, service: str) -> None:
        for member in self._cluster.members.values():
            if member.service == service:
                member.start(self._cluster.layout.log(member.name))

    @property
    def load(self) -> str:
        """The load in words."""
        return f"{self.plan.clients} clients, at most {self.plan.rate:g} commands a second"


def _p99_within(watch: Watch, since: float, until: float) -> float:
    return p99(one.seconds for one in watch.commands if since <= one.began < until)
