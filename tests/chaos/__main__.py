"""`make chaos`: SECONDS= SEED= RATE= CLIENTS= CALM=. Exit 1 when anything is lost, doubled or out of order."""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .result import WRITTEN, Result, show, write
from .run import CLIENTS, Plan, Run

_EXIT_INTERRUPTED = 130


def _number(name: str, default: float) -> float:
    return float(os.environ.get(name) or default)


async def _run(plan: Plan, folder: Path, console: Console) -> Result:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("starting", total=None, counts="")

        def say(line: str) -> None:
            progress.update(bar, description=line[:60])
            if not console.is_terminal:
                counts = f"{run.sender.tally.acknowledged:,} acknowledged"
                print(f"{time.strftime('%H:%M:%S')} {line} ({counts})", flush=True)  # noqa: T201 -- a log's line

        run = Run(plan, folder, say)
        working = asyncio.create_task(run.run())
        # A second signal does not cut the cleaning up short; kill -9 does, and then the guardian ends what is left.
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, _interrupt, working, say)
        while not working.done():
            faults = sum(run.faults.done.values()) if run.faults else 0
            progress.update(bar, counts=f"{run.sender.tally.acknowledged:,} acknowledged, {faults} faults")
            await asyncio.wait([working], timeout=0.5)
        return working.result()


def _interrupt(working: "asyncio.Task[Result]", say: Callable[[str], None]) -> None:
    if not working.cancelling():
        say("interrupted: ending everything")
        working.cancel()


def main() -> int:
    """Run once and write build/chaos.json. FOLDER keeps data and logs; else they are gone afterwards."""
    console = Console()
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    plan = Plan(
        seed,
        _number("SECONDS", 120),
        _number("RATE", 0),
        int(_number("CLIENTS", CLIENTS)),
        _number("CALM", 0),
        alone=True,
    )
    console.print(f"seed {seed}: `make chaos SEED={seed} SECONDS={plan.seconds:g}` has the same faults again")
    try:
        if kept := os.environ.get("FOLDER"):
            outcome = asyncio.run(_run(plan, Path(kept), console))
        else:
            with tempfile.TemporaryDirectory(prefix="ieum-chaos-") as folder:
                outcome = asyncio.run(_run(plan, Path(folder), console))
    except asyncio.CancelledError:
        console.print("interrupted: nothing was judged, and nothing is left running")
        return _EXIT_INTERRUPTED
    show(outcome, console)
    write(outcome)
    console.print(f"written to {WRITTEN}")
    return 0 if outcome.holds else 1


if __name__ == "__main__":
    sys.exit(main())
