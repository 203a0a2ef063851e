"""B1: a topic of items, heard, validated, deduplicated, kept, told to the outbox, and the place remembered."""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from ieum_local.children import Child
from ieum_local.failure import LocalFailure

from . import commit_oracle, items
from .items import Filled
from .results import Result, Spread, machine, spread
from .servers import Servers, peers_python, processor_seconds

_PATIENCE = 180.0  # seconds for a process to start; one that ends is noticed at once
_LONGEST = 4.0  # seconds that a slow one is watched; its rate is what it had done by then
_SLOW = 2_000  # events a second; whoever is slower is killed and checked over a smaller topic
_FEW = 1_500
_OWN = _OURS, _WITH_RELAY = "ours", "with its relay at work"


@dataclass
class _Figures:
    rates: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)
    void: dict[str, str] = field(default_factory=dict)


async def contestants() -> dict[str, list[str | Path]]:
    """How each is started."""
    python = await peers_python()
    ours: list[str | Path] = [sys.executable, "-m", "tests.bench.counting", "serve"]
    peers = {
        "FastStream, one by one": "commit_one_by_one",
        "FastStream, batches": "commit_batches",
        "confluent-kafka": "commit_confluent",
        "Faust": "commit_faust",
        "Quix Streams": "commit_quix",
    }
    return {
        _OURS: ours,
        _WITH_RELAY: ours,
        **{name: [python, "-m", f"tests.bench.peers.{module}"] for name, module in peers.items()},
    }


async def measure(servers: Servers, count: int, rounds: int, say: Callable[[str], None]) -> Result:
    """Everybody in every round, in random order, and the ceilings among them."""
    load, figures, chance = machine(), _Figures(), random.Random(rounds)
    say("B1: writing the topics")
    many = await items.fill(servers.kafka.bootstrap, servers.topics, count)
    few = await items.fill(servers.kafka.bootstrap, servers.topics, _FEW, items.FEW)
    runners = await contestants()
    ceilings: dict[str, list[float]] = {}
    for number in range(rounds):
        for name in chance.sample([*runners, "ceiling"], len(runners) + 1):
            say(f"B1: round {number + 1} of {rounds}, {name}")
            if name == "ceiling":
                for what, rate in (await ceiling(servers, count // 2)).items():
                    ceilings.setdefault(what, []).append(rate)
            elif name not in figures.void:
                await _run(servers, name, runners[name], many, figures)
    for name, argv in runners.items():
        if name not in figures.void:
            say(f"B1: kill -9 in the middle, {name}")
            slow = max(figures.rates[name]) < _SLOW
            if fault := await _killed(servers, name, argv, few if slow else many):
                figures.void[name] = fault
    return _result(figures, ceilings, rounds, load)


def _result(figures: _Figures, ceilings: dict[str, list[float]], rounds: int, load: dict[str, object]) -> Result:
    rates = {name: spread(found) for name, found in figures.rates.items()}
    peers: dict[str, Spread | str] = {name: found for name, found in rates.items() if name not in _OWN}
    peers |= {name: f"not run: {fault}" for name, fault in figures.void.items() if name not in rates}
    faults = [fault for name, fault in figures.void.items() if name in _OWN]
    return Result(
        unit="events/s",
        rounds=rounds,
        ours=rates.get(_OURS, {}),
        ceiling={what: spread(found) for what, found in ceilings.items()},
        peers=peers,
        more={name: rates[name] for name in _OWN[1:] if name in rates},
        oracle=f"failed: {'; '.join(faults)}" if faults else "passed",
        machine=load,
        processor={name: spread(found) for name, found in figures.processor.items()},
        void={name: fault for name, fault in figures.void.items() if name not in _OWN and name in rates},
    )


async def _run(servers: Servers, name: str, argv: list[str | Path], filled: Filled, figures: _Figures) -> None:
    """One contestant from the topic's beginning to its end, or for as long as it is watched."""
    await _prepare(servers, relay=name == _WITH_RELAY)
    async with AsyncExitStack() as stack:
        try:
            child = await _at_the_gate(servers, name, argv, filled, stack)
        except (TimeoutError, LocalFailure) as problem:
            figures.void[name] = str(problem)
            return
        began, used = time.perf_counter(), processor_seconds(child)
        await _until_done(servers, child, filled, seconds=_LONGEST)
        lasted, used = time.perf_counter() - began, processor_seconds(child) - used
        applied = await commit_oracle.applied(servers)
        await child.stop()
    if fault := await commit_oracle.fault(servers, filled if applied == filled.events else None):
        figures.void[name] = fault
    figures.rates.setdefault(name, []).append(applied / lasted)
    figures.processor.setdefault(name, []).append(used / max(1, applied) * 1e6)


async def _killed(servers: Servers, name: str, argv: list[str | Path], filled: Filled) -> str | None:
    """Kill -9 when a fifth is done, start again, and let it finish: what is wrong then."""
    await _prepare(servers, relay=name == _WITH_RELAY)
    group = f"killed-{time.time_ns()}"
    async with AsyncExitStack() as stack:
        child = await _at_the_gate(servers, name, argv, filled, stack, group)
        while await commit_oracle.applied(servers) < filled.events // 5:
            child.require_running()
            await asyncio.sleep(0.002)
        await child.kill()
        again = _start(servers, name, argv, filled, group)
        stack.push_async_callback(again.stop)
        await _until_done(servers, again, filled, seconds=60)
        await asyncio.sleep(0.5)  # what it would do beyond
    return await commit_oracle.fault(servers, filled)


async def _prepare(servers: Servers, *, relay: bool) -> None:
    await servers.empty()
    if not relay:  # another process of the service relays: this one only commits, as the peers do
        await servers.sql.execute(
            "INSERT INTO relay_lease (epoch, holder, expires_at) VALUES (1, 'elsewhere', now() + interval '1 hour')"
        )


def _start(servers: Servers, name: str, argv: list[str | Path], filled: Filled, group: str) -> Child:
    scratch = servers.folder / "scratch" / group
    scratch.mkdir(parents=True, exist_ok=True)
    environment = {"GROUP": group, "TOPIC": filled.topic, "SCRATCH": str(scratch), "HEARS": "true"}
    return servers.start(name.replace(" ", "-").replace(",", ""), argv, environment)


async def _at_the_gate(
    servers: Servers, name: str, argv: list[str | Path], filled: Filled, stack: AsyncExitStack, group: str | None = None
) -> Child:
    """A process that has joined its group and holds its first records, let go when this returns.

    The table is locked until the process waits for it, so that nobody's start is measured.
    """
    gate = await servers.postgres.connect()
    stack.push_async_callback(gate.close)
    async with gate.transaction():
        await gate.execute("LOCK TABLE bench.item, bench.inbox IN ACCESS EXCLUSIVE MODE")
        child = _start(servers, name, argv, filled, group or f"run-{time.time_ns()}")
        stack.push_async_callback(child.stop)
        deadline = time.perf_counter() + _PATIENCE
        while not await gate.fetchval("SELECT true FROM pg_locks WHERE NOT granted LIMIT 1"):
            child.require_running()
            if time.perf_counter() > deadline:
                raise TimeoutError(f"it did nothing in {_PATIENCE:g} s")
            await asyncio.sleep(0.02)
    return child


async def _until_done(servers: Servers, child: Child, filled: Filled, *, seconds: float) -> None:
    """Wait until the last item of every partition is kept, but not longer than `seconds`."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        done = await servers.sql.fetchval("SELECT count(*) FROM item WHERE item_id = ANY ($1::text[])", filled.last)
        if done == len(filled.last):
            return
        child.require_running()
        await asyncio.sleep(0.01)


async def ceiling(servers: Servers, count: int) -> dict[str, float]:
    """Events a second of the bare statements, and of COPY."""
    await servers.empty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.commit_ceiling", str(count)),
        env=servers.environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), 120)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    found: dict[str, float] = json.loads(printed)
    return found
