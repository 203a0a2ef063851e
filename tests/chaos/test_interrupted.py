"""A run that is told to end leaves no process behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil

from ieum.testing import eventually
from ieum_local import places


def alive(processes: set[psutil.Process]) -> set[psutil.Process]:
    """Those that have not ended; who only waits to be reaped has."""
    return {one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE}


def servers(processes: set[psutil.Process]) -> int:
    """How many of PostgreSQL and the brokers are among them."""
    return sum(one.is_running() and one.name() in ("postgres", "java") for one in processes)


async def test_a_run_that_is_told_to_end_ends_all_that_it_started(tmp_path: Path) -> None:
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos",
        cwd=places.CHECKOUT, env={**os.environ, "FOLDER": str(tmp_path), "SECONDS": "60", "SEED": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    started: set[psutil.Process] = set()

    def several() -> bool:
        started.update(psutil.Process(run.pid).children(recursive=True))
        return servers(started) >= 3

    await eventually("servers to run", several, within=120)

    run.send_signal(signal.SIGTERM)
    output, _ = await asyncio.wait_for(run.communicate(), 60)

    assert run.returncode == 130, output.decode()
    assert b"nothing is left running" in output
    await eventually("everything to be gone", lambda: not alive(started))
