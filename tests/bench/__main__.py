"""`make bench`: start the whole system in a temporary folder, measure, print a table, write build/bench.json."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from ..running.system import System
from . import commit, file_import, latency, outage, relay
from .results import Result, show, write
from .servers import Servers

WHOLE_SYSTEM = ("latency", "import")
KIT = ("B1", "B2")
OUTAGE = "outage"
NAMES = (*WHOLE_SYSTEM, *KIT, OUTAGE)
_WRITTEN = Path("build") / "bench.json"


def _number(name: str, default: float) -> float:
    return float(os.environ.get(name) or default)


async def _measure(names: list[str], console: Console) -> dict[str, Result | str]:
    results: dict[str, Result | str] = {
        name: "not run: there is no such benchmark yet" for name in names if name not in NAMES
    }
    if any(name in WHOLE_SYSTEM for name in names):
        results |= await _measure_system(names, console)
    if any(name in KIT for name in names):
        results |= await _measure_kit(names, console)
    if OUTAGE in names:
        results[OUTAGE] = await _measure_outage(console)
    return results


async def _measure_kit(names: list[str], console: Console) -> dict[str, Result]:
    """The kit alone, beside its peers, on servers that are durable."""
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(prefix="ieum-bench-") as folder, console.status("starting servers") as status:
        async with Servers(Path(folder)) as servers:
            if "B1" in names:
                count, rounds = int(_number("COUNT", 60_000)), int(_number("ROUNDS", 5))
                results["B1"] = await commit.measure(servers, count, rounds, status.update)
            if "B2" in names:
                rows, rounds = int(_number("ROWS", 100_000)), int(_number("ROUNDS", 5))
                results["B2"] = await relay.measure(servers, rows, rounds, status.update)
    return results


async def _measure_system(names: list[str], console: Console) -> dict[str, Result]:
    """Every service, as `make run` starts them."""
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(prefix="ieum-bench-") as folder, console.status("starting the system") as status:
        async with System(Path(folder)) as system:
            if "latency" in names:
                count, rate, rounds = int(_number("COUNT", 200)), _number("RATE", 1), int(_number("ROUNDS", 5))
                results["latency"] = await latency.measure(system, count, rate, rounds, status.update)
            if "import" in names:
                rows, rounds = int(_number("ROWS", 100_000)), int(_number("ROUNDS", 5))
                results["import"] = await file_import.measure(system, rows, rounds, status.update)
    return results


async def _measure_outage(console: Console) -> Result:
    """HOURS of events at RATE, or COUNT of them; PROCESSES may name several numbers, which take turns."""
    rate = _number("RATE", 1_200)
    events = int(_number("COUNT", _number("HOURS", 1) * 3_600 * rate))
    processes = [int(number) for number in (os.environ.get("PROCESSES") or "1").split(",")]
    asked = outage.Outage(events, rate, kill=bool(_number("KILL", 0)))
    with console.status("outage") as status:
        return await outage.measure(asked, processes, int(_number("ROUNDS", 1)), status.update)


def main() -> int:
    """Run what ONLY names, everything without it. Environment: ONLY, ROUNDS, COUNT, RATE, ROWS and those of outage."""
    console = Console()
    names = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()] or list(NAMES)
    results = asyncio.run(_measure(names, console))
    show(results, console)
    write(results, _WRITTEN)
    console.print(f"written to {_WRITTEN}")
    void = [name for name, result in results.items() if not isinstance(result, str) and result.oracle != "passed"]
    return 1 if void or not any(isinstance(result, Result) for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
