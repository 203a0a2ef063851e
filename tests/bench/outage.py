"""An hour's outage at the nation's rate: how long a service that was away needs until its lag is that of any day."""

import asyncio
import contextlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from ieum.testing import NeverHappened, eventually
from ieum_local.children import Child

from . import commit, outage_graph, outage_oracle
from .items import TOPIC
from .results import Result, Spread, machine, spread
from .servers import Servers, processor_seconds

_GROUP = "bench.items"
_EVERY = 1.0  # seconds between two looks at the lag
_DAILY = 15  # looks after the backlog is gone, to see what the lag is in daily life
_LEAST_RATE = 300.0  # events a second; below that the measurement is given up
_PATIENCE = 300.0  # seconds for everything that does not depend on the backlog
_KILLED_OVER = 100_000  # events at most, where only the oracle looks
_CEILING_OVER = 30_000
_WHERE = Path("build") / "outage.svg"


@dataclass(frozen=True)
class Outage:
    """What is asked: so many events ahead, so many a second that go on coming, and whether one process is killed."""

    events: int
    rate: float
    kill: bool = False


@dataclass
class CaughtUp(Result):
    """`samples` are seconds and lag in the round that was drawn."""

    seconds_to_catch_up: Spread = field(default_factory=dict)
    samples: list[tuple[float, int]] = field(default_factory=list)


@dataclass
class _Run:
    samples: list[tuple[float, int]] = field(default_factory=list)
    killed_at: float | None = None
    seconds: float = 0.0
    daily: float = 0.0
    rate: float = 0.0
    processor: float = 0.0
    ceiling: float = 0.0
    fault: str | None = None


async def measure(outage: Outage, processes: list[int], rounds: int, say: Callable[[str], None]) -> CaughtUp:
    """Every number of processes in every round, in random order; the first one named is ours."""
    load, chance, runs = machine(), random.Random(rounds), dict[int, list[_Run]]()
    for number in range(rounds):
        for count in chance.sample(processes, len(processes)):
            about = f"outage: round {number + 1} of {rounds}, {_named(count)}, "
            runs.setdefault(count, []).append(await _run(outage, count, about, say))
    faults = {f"{_named(count)}: {run.fault}" for count in runs for run in runs[count] if run.fault}
    if not outage.kill:
        small = Outage(min(outage.events, _KILLED_OVER), outage.rate, kill=True)
        killed = await _run(small, processes[0], "outage: kill -9 in the middle, ", say)
        faults |= {f"killed: {killed.fault}"} if killed.fault else set()
    return _result(outage, processes, rounds, load, runs, faults)


def _result(
    outage: Outage,
    processes: list[int],
    rounds: int,
    load: dict[str, object],
    runs: dict[int, list[_Run]],
    faults: set[str],
) -> CaughtUp:
    first = runs[processes[0]]
    shown = sorted(first, key=lambda run: run.seconds)[len(first) // 2]
    title = f"{outage.events:,} events waiting, {outage.rate:,.0f} more each second, {_named(processes[0])}"
    marks = {"kill -9": shown.killed_at} if shown.killed_at else {}
    _WHERE.parent.mkdir(parents=True, exist_ok=True)
    _WHERE.write_text(outage_graph.draw(title, shown.samples, shown.seconds, marks))
    more = {"seconds to catch up": spread([run.seconds for run in first])}
    for count in processes[1:]:
        more[_named(count)] = spread([run.rate for run in runs[count]])
        more[f"{_named(count)}, seconds"] = spread([run.seconds for run in runs[count]])
    more["lag in daily life, events"] = spread([run.daily for run in first])
    return CaughtUp(
        unit="events/s",
        rounds=rounds,
        ours=spread([run.rate for run in first]),
        ceiling={"statements": spread([run.ceiling for each in runs.values() for run in each])},
        peers={"the peers of B1": "not run: a backlog of this size takes the slow ones hours; B1 has their rates"},
        more=more,
        oracle=f"failed: {'; '.join(sorted(faults))}" if faults else "passed",
        machine=load,
        processor={_named(count): spread([run.processor for run in runs[count]]) for count in processes},
        seconds_to_catch_up=more["seconds to catch up"],
        samples=shown.samples,
    )


def _named(processes: int) -> str:
    return "one process" if processes == 1 else f"{processes} processes"


async def _run(outage: Outage, processes: int, about: str, tell: Callable[[str], None]) -> _Run:
    """Servers of its own, so that nothing of the round before is in the topics."""
    run = _Run()

    def say(what: str) -> None:
        tell(about + what)

    with tempfile.TemporaryDirectory(prefix="ieum-bench-") as folder:
        async with Servers(Path(folder)) as servers, AsyncExitStack() as stack:
            say("the statements alone")
            run.ceiling = (await commit.ceiling(servers, _CEILING_OVER))["statements"]
            await servers.empty()
            source = await _piled_up(servers, outage, stack, say)
            began, serving = time.perf_counter(), _Serving(servers, processes, stack)
            await _catch_up(servers, outage, serving, run, began, say)
            say("the oracle")
            await source.stop()
            written = int(json.loads((servers.folder / "written").read_text()))
            await _all_done(servers)
            await serving.stop()
            run.fault = await outage_oracle.fault(servers, written)
    return run


class _Serving:
    """The service's processes."""

    def __init__(self, servers: Servers, processes: int, stack: AsyncExitStack) -> None:
        self._servers = servers
        self._stack = stack
        self._gone = 0.0
        self.children = [self._start(number) for number in range(processes)]

    def _start(self, number: int) -> Child:
        argv: list[str | Path] = [sys.executable, "-m", "tests.bench.counting", "serve"]
        child = self._servers.start(f"counting-{number}", argv, {"HEARS": "true"})
        self._stack.push_async_callback(child.kill)
        return child

    def processor_seconds(self) -> float:
        return self._gone + sum(processor_seconds(child) for child in self.children)

    async def kill_one(self) -> None:
        """Kill -9, and start another in its place."""
        self._gone += processor_seconds(self.children[0])
        await self.children[0].kill()
        self.children[0] = self._start(0)

    async def stop(self) -> None:
        await asyncio.gather(*(child.stop() for child in self.children))


async def _piled_up(servers: Servers, outage: Outage, stack: AsyncExitStack, say: Callable[[str], None]) -> Child:
    """Whoever writes the events; all that came in the outage are there."""
    source = servers.start(
        "source",
        [sys.executable, "-m", "tests.bench.outage_source"],
        {"COUNT": f"{outage.events}", "RATE": f"{outage.rate}", "WRITTEN": str(servers.folder / "written")},
    )
    stack.push_async_callback(source.kill)

    async def piled_up() -> bool:
        source.require_running()
        there = sum((await servers.ends(TOPIC)).values())
        say(f"{there:,} events written")
        return there >= outage.events

    await eventually("the backlog", piled_up, within=_PATIENCE + outage.events / _LEAST_RATE, every=0.2)
    return source


async def _catch_up(
    servers: Servers, outage: Outage, serving: _Serving, run: _Run, began: float, say: Callable[[str], None]
) -> None:
    """Look at the lag until it is that of daily life, and a little longer."""
    daily: list[int] = []
    heard = [0]
    while len(daily) < _DAILY:
        lag, done = await _lag(servers)
        at = time.perf_counter() - began
        run.samples.append((round(at, 1), lag))
        heard.append(done)
        say(f"{lag:,} events waiting after {at:,.0f} s")
        for child in serving.children:
            child.require_running()
        if outage.kill and run.killed_at is None and done > outage.events // 2:
            run.killed_at = at
            await serving.kill_one()
        if daily or lag <= outage.rate:
            daily.append(lag)
        if at > _PATIENCE + outage.events / _LEAST_RATE:
            raise TimeoutError(f"{lag:,} events still wait after {at:,.0f} s")
        await asyncio.sleep(_EVERY - (time.perf_counter() - began) % _EVERY)
    run.daily = statistics.median(daily)
    usual = max(daily[_DAILY // 3 :])
    number = next(number for number, (_, lag) in enumerate(run.samples) if lag <= usual)
    run.seconds = run.samples[number][0]
    run.rate = heard[number + 1] / run.seconds
    run.processor = serving.processor_seconds() / heard[-1] * 1e6


async def _lag(servers: Servers) -> tuple[int, int]:
    """How many events have not taken effect, and how many have, by what the database says."""
    done = await servers.sql.fetchval(
        "SELECT coalesce(sum(next_offset), 0)::bigint FROM position WHERE consumer = $1", _GROUP
    )
    return sum((await servers.ends(TOPIC)).values()) - done, done


async def _all_done(servers: Servers) -> None:
    """Nothing waits any more, neither to be heard nor to be sent. What is missing after a while is told as lost."""

    async def done() -> bool:
        lag, _ = await _lag(servers)
        return not lag and not await servers.sql.fetchval("SELECT true FROM outbox LIMIT 1")

    with contextlib.suppress(NeverHappened):
        await eventually("the last event to be heard and told of", done, within=_PATIENCE, every=0.2)
