"""Rows a second of a large Work24 file, from upload to finished, beside COPY of the same rows into a plain table."""

import random
import time
from collections.abc import Callable
from datetime import date

import asyncpg
import httpx

from ieum.testing import eventually
from ieum_local.demo import sample

from ..running.system import Json, System
from ..running.town import in_days
from .results import Result, machine, spread
from .services import processor_seconds

_TOPIC = "registration.vacancy.v1"
_PATIENCE = 1_800.0  # seconds
_KILLED_OVER = 20_000  # rows at most, where only the oracle looks


async def measure(system: System, rows: int, rounds: int, say: Callable[[str], None]) -> Result:
    """A file of its own in every round; ours and COPY take turns.

    In a last round, which only the oracle looks at, registration is killed in the middle.
    """
    load, chance = machine(), random.Random(rounds)
    ours, everywhere, copies, faults = list[float](), list[float](), list[float](), list[str]()
    processor = list[float]()
    known: set[str] = set()
    for number in range(rounds):
        say(f"import: round {number + 1} of {rounds}, making {rows:,} rows")
        file = _File(rows, number + 1)
        copy_first = chance.random() < 0.5
        if copy_first:
            copies.append(rows / await file.copy(system))
        used = processor_seconds(system)
        finished, heard, fault = await _take(system, file, known, say)
        processor.append((processor_seconds(system) - used) / rows * 1e6)
        ours.append(rows / finished)
        everywhere.append(rows / heard)
        faults += fault
        if not copy_first:
            copies.append(rows / await file.copy(system))
    say("import: kill -9 in the middle")
    *_, fault = await _take(system, _File(min(rows, _KILLED_OVER), rounds + 1), known, say, crash="registration")
    faults += [f"killed: {each}" for each in fault]
    return Result(
        unit="rows/s",
        rounds=rounds,
        ours=spread(ours),
        more={"heard everywhere": spread(everywhere)},
        ceiling={"plain COPY": spread(copies)},
        oracle=f"failed: {'; '.join(faults)}" if faults else "passed",
        machine=load,
        processor={"all services together": spread(processor)},
    )


class _File:
    """A file that Work24 could have sent."""

    def __init__(self, rows: int, seed: int) -> None:
        today = date.fromisoformat(in_days(0))
        self.rows = rows
        self.wanted = list(sample.wanted(rows, seed=seed, day=today))
        self.content = b"".join(sample.work24(rows, seed=seed, day=today))
        self.references = {row["wantedAuthNo"] for row in self.wanted}

    async def copy(self, system: System) -> float:
        """Seconds that COPY needs for the same rows."""
        return await _copy(system, [tuple(row.values()) for row in self.wanted], list(self.wanted[0]))


async def _take(
    system: System, file: _File, known: set[str], say: Callable[[str], None], crash: str | None = None
) -> tuple[float, float, list[str]]:
    """Seconds until the import has finished and until all have heard of it, and what is wrong with the outcome."""
    had = await _kept(system)
    began = time.perf_counter()
    view = await _import(system, file.content, say, crash)
    finished = time.perf_counter() - began
    await _heard_everywhere(system, say)
    heard = time.perf_counter() - began
    faults = _faults(view, file.rows, had, await _kept(system), new=len(file.references - known))
    known |= file.references
    return finished, heard, faults


async def _import(system: System, content: bytes, say: Callable[[str], None], crash: str | None) -> Json:
    operator = system.headers("operator", "bench")
    client = system.clients["registration"]
    answer = await client.post(
        "/imports", params={"format": "work24"}, headers=operator, files={"file": ("bench.xml", content)}, timeout=300
    )
    answer.raise_for_status()
    path = f"/imports/{answer.json()['import_id']}"

    to_kill = [crash] if crash else []

    async def ended() -> Json | None:
        try:
            view = await system.get("registration", path, operator)
        except httpx.TransportError:
            if crash is None:
                raise
            return None  # it has not come back yet
        if to_kill and view["rows_read"]:
            system.crash(to_kill.pop())
        say(f"import: {view['rows_read']:,} rows read")
        return view if view["state"] not in {"waiting", "running"} else None

    return await eventually("the import to end", ended, within=_PATIENCE, every=0.2)


async def _copy(system: System, records: list[tuple[str, ...]], columns: list[str]) -> float:
    """Seconds for COPY of the rows as text into a table without keys, fsync and commit included."""
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(system.processes.postgres.dsn())
    try:
        named = ", ".join(f'"{column}" text' for column in columns)
        await connection.execute(f"CREATE TABLE bench_copy ({named})")
        began = time.perf_counter()
        await connection.copy_records_to_table("bench_copy", records=records, columns=columns)
        took = time.perf_counter() - began
        await connection.execute("DROP TABLE bench_copy")
    finally:
        await connection.close()
    return took


async def _kept(system: System) -> tuple[int, int]:
    """Vacancies that registration keeps, and events about vacancies that Kafka keeps."""
    (row,) = await system.sql("SELECT count(*) AS vacancies FROM registration.vacancy")
    (told,) = await system.sql(
        "SELECT coalesce(sum(version), 0)::bigint AS events FROM evaluation.mark WHERE topic = $1", _TOPIC
    )
    return int(row["vacancies"]), int(told["events"])


async def _heard_everywhere(system: System, say: Callable[[str], None]) -> None:
    """Wait until matching and evaluation have heard every event that was told."""

    async def heard() -> bool:
        (row,) = await system.sql(
            "SELECT (SELECT sum(version) FROM registration.stream WHERE topic = $1) AS told,"
            " (SELECT sum(version) FROM matching.mark WHERE topic = $1) AS matched,"
            " (SELECT sum(version) FROM evaluation.mark WHERE topic = $1) AS counted",
            _TOPIC,
        )
        told, matched, counted = (row[name] or 0 for name in ("told", "matched", "counted"))
        say(f"import: {told:,} events told, matching heard {matched:,}, evaluation {counted:,}")
        return bool(told == matched == counted)

    await eventually("every service to hear of the rows", heard, within=_PATIENCE, every=0.5)


def _faults(view: Json, rows: int, had: tuple[int, int], has: tuple[int, int], *, new: int) -> list[str]:
    """What differs from what was sent: every row brings one event, and a vacancy unless its number was known."""
    wanted = {"taken": rows, "vacancies": new, "events": rows}
    found = {"taken": view["taken"], "vacancies": has[0] - had[0], "events": has[1] - had[1]}
    return [f"{what}: {found[what]:,}, not {number:,}" for what, number in wanted.items() if found[what] != number]
