"""B2: a backlog of outbox rows, with eight writers at work, until Kafka has acknowledged it."""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from ieum_local.children import Child
from ieum_local.failure import LocalFailure

from . import debezium, relay_latency, relay_oracle
from .relay_contestant import Contestant
from .results import Result, machine, spread
from .servers import Servers, peers_python, processor_seconds

TOPIC = "bench.kept.v1"
KEYS = 5_000
WRITES_PER_SECOND = 200
_PATIENCE = 180.0  # seconds for a process to start; one that ends is noticed at once
_LONGEST = 4.0  # seconds that a slow one is watched; its rate is what it had done by then
_WARM_UP = 20_000  # rows, for whoever has to warm up
_OURS, _DEBEZIUM = "ours", "Debezium embedded"


@dataclass
class _Figures:
    rates: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)
    void: dict[str, str] = field(default_factory=dict)


async def contestants() -> tuple[dict[str, Contestant], dict[str, str]]:
    """How each is started, and why somebody is not."""
    python, absent = await peers_python(), dict[str, str]()
    found = {
        _OURS: Contestant([sys.executable, "-m", "tests.bench.counting", "serve"]),
        "row by row": Contestant([python, "-m", "tests.bench.peers.relay_row"]),
        "batches": Contestant([python, "-m", "tests.bench.peers.relay_batch"]),
    }
    try:
        found[_DEBEZIUM] = Contestant(await debezium.command(), ready=debezium.slot, warms_up=True)
    except LocalFailure as failure:
        absent[_DEBEZIUM] = f"not run: {failure}"
    return found, absent


async def measure(servers: Servers, rows: int, rounds: int, say: Callable[[str], None]) -> Result:
    """Everybody in every round, in random order, and the two halves of the ceiling among them."""
    load, figures, chance = machine(), _Figures(), random.Random(rounds)
    runners, absent = await contestants()
    read, sent, series = list[float](), list[float](), list[float]()
    for number in range(rounds):
        for name in chance.sample([*runners, "ceiling"], len(runners) + 1):
            say(f"B2: round {number + 1} of {rounds}, {name}")
            if name == "ceiling":
                halves = await _ceiling(servers, rows)
                read.append(halves["select"])
                sent.append(halves["produce"])
                series.append(1 / (1 / halves["select"] + 1 / halves["produce"]))
            else:
                await _run(servers, name, runners[name], rows, figures)
    for name, runner in runners.items():
        say(f"B2: kill -9 in the middle, {name}")
        if fault := await relay_oracle.killed(servers, name, runner, min(rows, 20_000), _fill):
            figures.void[name] = fault
    say("B2: from commit to acknowledgement at 1,000 events a second")
    ours, floor = await relay_latency.measure(servers)
    rates = {name: spread(found) for name, found in figures.rates.items()}
    return Result(
        unit="rows/s",
        rounds=rounds,
        ours=rates.pop(_OURS),
        ceiling={
            "select, then produce": spread(series),
            "select only": spread(read),
            "produce only": spread(sent),
            "fsync + ack, ms": floor,
        },
        peers={**rates, **absent, "PgQ": "not run: a server extension that the server at hand does not have"},
        more={"commit to ack, ms": ours},
        oracle=f"failed: {figures.void[_OURS]}" if _OURS in figures.void else "passed",
        machine=load,
        processor={name: spread(found) for name, found in figures.processor.items()},
        void={name: fault for name, fault in figures.void.items() if name != _OURS},
    )


async def _run(servers: Servers, name: str, runner: Contestant, rows: int, figures: _Figures) -> None:
    async with runner.ready(servers) as environment, AsyncExitStack() as stack:
        warm = await _warmed_up(servers, name, runner, environment, stack) if runner.warms_up else None
        before = await _sent(servers)
        await _fill(servers, rows)
        await writers(servers, stack)
        if warm:
            warm.resume()
        child = warm or runner.start(servers, name, environment, stack)
        rate, processor = await _watch(servers, child, before, rows)
    figures.rates.setdefault(name, []).append(rate)
    figures.processor.setdefault(name, []).append(processor)


async def _warmed_up(
    servers: Servers, name: str, runner: Contestant, environment: dict[str, str], stack: AsyncExitStack
) -> Child:
    """A process that has sent some rows and is frozen."""
    before = await _sent(servers)
    await _fill(servers, _WARM_UP)
    child = runner.start(servers, name, environment, stack)
    deadline = time.perf_counter() + _PATIENCE
    while await _sent(servers) - before < _WARM_UP:
        child.require_running()
        if time.perf_counter() > deadline:
            raise TimeoutError(f"{name} did not send {_WARM_UP:,} rows in {_PATIENCE:g} s")
        await asyncio.sleep(0.05)
    child.pause()
    return child


async def _sent(servers: Servers) -> int:
    return sum((await servers.ends(TOPIC)).values())


async def _watch(servers: Servers, child: Child, before: int, rows: int) -> tuple[float, float]:
    """Rows a second between the first acknowledgement seen and the last, and microseconds of processor a row."""
    began: tuple[float, int, float] | None = None
    started = time.perf_counter()
    while True:
        child.require_running()
        sent, now = await _sent(servers) - before, time.perf_counter()
        if began is None and sent:
            began = now, sent, processor_seconds(child)
        elif began and (sent >= rows or now - began[0] > _LONGEST):
            used, passed = processor_seconds(child) - began[2], sent - began[1]
            return passed / (now - began[0]), used / passed * 1e6
        elif began is None and now - started > _PATIENCE:
            raise TimeoutError(f"{child.name} sent nothing in {_PATIENCE:g} s")
        await asyncio.sleep(0.02)


async def writers(servers: Servers, stack: AsyncExitStack) -> None:
    """Eight writers, at work when this returns."""
    child = servers.start("writers", [sys.executable, "-m", "tests.bench.writers"], {"RATE": str(WRITES_PER_SECOND)})
    stack.push_async_callback(child.kill)
    deadline = time.perf_counter() + _PATIENCE
    while not await servers.sql.fetchval("SELECT true FROM stream WHERE aggregate_id LIKE 'writer-%' LIMIT 1"):
        child.require_running()
        if time.perf_counter() > deadline:
            raise TimeoutError("the writers do not write")
        await asyncio.sleep(0.05)


async def _ceiling(servers: Servers, rows: int) -> dict[str, float]:
    await _fill(servers, rows)
    async with AsyncExitStack() as stack:
        await writers(servers, stack)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.relay_ceiling", str(rows)),
            env=servers.environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), 60)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    found: dict[str, float] = json.loads(printed)
    return found


async def _fill(servers: Servers, rows: int) -> None:
    """`rows` committed events of many aggregates, in the order of their versions."""
    await servers.empty()
    keys = [f"item-{number:06}" for number in range(min(KEYS, rows))]
    await servers.sql.execute(
        """
        WITH key AS (SELECT * FROM unnest($1::text[], $2::int[]) AS k (aggregate_id, partition)),
        said AS (
            INSERT INTO outbox (topic, partition, aggregate_id, aggregate_version, event_id, type, body)
            SELECT $3, partition, aggregate_id, version, gen_random_uuid(), 'ItemKept', $5
            FROM generate_series(1, $4::bigint) AS version, key ORDER BY version, aggregate_id
        )
        INSERT INTO stream (topic, aggregate_id, version) SELECT $3, aggregate_id, $4 FROM key
        """,
        keys,
        [servers.topics.partition(TOPIC, key) for key in keys],
        TOPIC,
        rows // len(keys),
        _BODY,
    )
    await servers.sql.execute("VACUUM ANALYZE outbox")
    await servers.sql.execute("CHECKPOINT")


_BODY = json.dumps({"openings": 2, "wage": 10_030, "note": "x" * 160}).encode()
