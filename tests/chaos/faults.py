"""How each kind of fault is done to the running system, and undone."""

import asyncio
import contextlib
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from ieum.ops.oracle import Finding
from ieum_local.failure import LocalFailure
from ieum_local.waiting import until

from .cluster import Cluster
from .proxy import Link
from .recovery import Recoveries
from .schedule import Fault

_START_SECONDS = 240
"""Seconds that a server may take to come back; a machine with other work may need a minute and more."""


class Faults:
    """Does the faults of a schedule. `done` counts by kind what really happened; `missed` failpoints nobody came by."""

    def __init__(self, cluster: Cluster, recoveries: Recoveries, say: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._recoveries = recoveries
        self._say = say
        self._ways: dict[str, Callable[[Fault], Awaitable[bool]]] = {
            "kill": self._kill,
            "failpoint": self._failpoint,
            "freeze": self._freeze,
            "broker-kill": self._broker_kill,
            "broker-freeze": self._broker_freeze,
            "postgres-crash": self._postgres_crash,
            "member": self._member,
            "stall": self._stall,
            "slow": self._slow,
            "cut": self._cut,
        }
        self.done: Counter[str] = Counter()
        self.failpoints: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        # A server that takes longer to come back than the schedule thought is not hit again before it has.
        self._brokers, self._postgres = asyncio.Lock(), asyncio.Lock()

    async def run(self, faults: list[Fault]) -> None:
        """All faults at their times; returns when the last is over. What cannot be done or undone fails the run."""
        clock = asyncio.get_running_loop().time
        began = clock()
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                await asyncio.sleep(max(0.0, began + fault.at - clock()))
                group.create_task(self._do(fault))

    async def _do(self, fault: Fault) -> None:
        self._say(f"{fault.kind} {fault.target} {fault.detail}".strip())
        if await self._ways[fault.kind](fault):
            self.done[fault.kind] += 1
            self._recoveries.ended(fault)

    # -- processes

    async def _kill(self, fault: Fault) -> bool:
        await self._cluster.members[fault.target].kill()
        return True

    async def _failpoint(self, fault: Fault) -> bool:
        file = self._cluster.failpoint(fault.target)
        fresh = file.with_suffix(".new")
        fresh.write_text(fault.detail)
        os.replace(fresh, file)

        async def reached() -> bool:
            return not file.exists()

        try:
            await until("somebody to come by", reached, seconds=fault.lasts)
        except LocalFailure:
            with contextlib.suppress(FileNotFoundError):
                file.unlink()
                self.missed[fault.detail] += 1
                return False
        self.failpoints[fault.detail] += 1
        return True

    async def _freeze(self, fault: Fault) -> bool:
        member = self._cluster.members[fault.target]
        member.freeze()
        await asyncio.sleep(fault.lasts)
        member.thaw()
        return True

    async def _member(self, fault: Fault) -> bool:
        cluster = self._cluster
        idle = [one for one in cluster.members.values() if one.service == fault.target and not one.wanted]
        if idle:
            member = idle[0]
            member.start(cluster.layout.log(member.name))
        else:
            member = await cluster.add_member(fault.target)
        await asyncio.sleep(fault.lasts)
        if fault.detail == "dies":
            member.wanted = False
            await member.kill()
        else:
            await member.stop()
        return True

    # -- servers

    async def _broker_kill(self, fault: Fault) -> bool:
        number = _number(fault)
        async with self._brokers:
            await self._cluster.kafka.kill(number)
            await asyncio.sleep(fault.lasts)
            await self._cluster.kafka.start_broker(number, seconds=_START_SECONDS)
        return True

    async def _broker_freeze(self, fault: Fault) -> bool:
        number = _number(fault)
        async with self._brokers:
            self._cluster.kafka.pause(number)
            await asyncio.sleep(fault.lasts)
            self._cluster.kafka.resume(number)
        return True

    async def _postgres_crash(self, fault: Fault) -> bool:
        async with self._postgres:
            await self._cluster.postgres.stop("immediate")
            await asyncio.sleep(fault.lasts)
            await self._cluster.postgres.start(seconds=_START_SECONDS)
        return True

    # -- ways between them

    async def _stall(self, fault: Fault) -> bool:
        return await self._trouble(fault, lambda link: link.stall("to" if fault.detail == "to" else "from"))

    async def _slow(self, fault: Fault) -> bool:
        return await self._trouble(fault, lambda link: link.slow(float(fault.detail) / 1_000))

    async def _cut(self, fault: Fault) -> bool:
        return await self._trouble(fault, lambda link: link.cut())

    async def _trouble(self, fault: Fault, begin: Callable[[Link], None]) -> bool:
        link = self._cluster.links[fault.target]
        begin(link)
        await asyncio.sleep(fault.lasts)
        link.heal()
        return True


def _number(fault: Fault) -> int:
    return int(fault.target.rpartition("-")[2])


async def all_over(cluster: Cluster) -> list[Finding]:
    """End what is held or troubled still and wait until everything is ready; answers what is not."""
    for link in cluster.links.values():
        link.heal()
    for member in cluster.members.values():
        if member.held:
            member.thaw()
    try:
        await until("every service to be ready after the last fault", cluster.all_ready, seconds=90, every=0.3)
    except LocalFailure as failure:
        return [
            Finding("stuck", name, f"{failure.args[0]}: {said}") for name, said in (await cluster.unready()).items()
        ]
    return []


def chance_of(seed: int, what: str) -> random.Random:
    """Chance for one part of a run, apart from that of every other part."""
    return random.Random(f"{what} {seed}")
