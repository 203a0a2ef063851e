"""A process with children, for tests of what becomes of them."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil

SPAWNER = Path(__file__).with_name("spawner.py")


class Spawner:
    """A process with three children in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "children.json"
        self.process = subprocess.Popen(
            [sys.executable, SPAWNER, self.journal, folder / "log", "3"], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.pids = [int(line) for line in iter(self.process.stdout.readline, "all\n")]
        deadline = time.monotonic() + 20
        while self.journalled() != sorted(self.pids):
            assert time.monotonic() < deadline, "waited 20 s for the guardian to write three children down"
            time.sleep(0.05)

    def guardian(self) -> psutil.Process:
        return next(p for p in psutil.Process(self.process.pid).children() if "ieum_local.guardian" in p.cmdline())

    def journalled(self) -> list[int]:
        return sorted(child["pid"] for child in json.loads(self.journal.read_text())) if self.journal.exists() else []

    def left(self) -> list[int]:
        """Children still there; those that only wait to be reaped by nobody do not count."""
        return [pid for pid in self.pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
