"""No child outlives the process that started it, however that one ends."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ieum_local import guardian

from .system import gone

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


@pytest.fixture
def spawner(tmp_path: Path) -> Iterator[Spawner]:
    started = Spawner(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()
    assert started.process.stdout is not None
    started.process.stdout.close()
    for pid in started.left():
        psutil.Process(pid).kill()


def test_children_of_a_killed_process_are_stopped_even_the_unwilling(spawner: Spawner, tmp_path: Path) -> None:
    assert len(spawner.left()) == 3

    spawner.process.kill()

    assert gone(tmp_path, 20) == []
    assert spawner.left() == []
    assert not spawner.journal.exists()


def test_children_are_found_again_when_the_guardian_was_killed_too(spawner: Spawner) -> None:
    spawner.guardian().kill()
    spawner.process.kill()
    spawner.process.wait()
    assert len(spawner.left()) == 3

    stopped = guardian.recover(spawner.journal)

    assert sorted(stopped) == ["child-0", "child-1", "child-2"]
    assert spawner.left() == []


def test_a_process_that_took_over_an_old_number_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        journal = tmp_path / "children.json"
        entry = {"pid": stranger.pid, "created": 1.0, "name": "old", "stage": 0, "signal": 15, "grace": 1}
        journal.write_text(json.dumps([entry]))

        stopped = guardian.recover(journal)

        assert stopped == []
        assert stranger.poll() is None
        stranger.kill()


def test_whoever_watches_is_known(spawner: Spawner, tmp_path: Path) -> None:
    assert guardian.is_watched(spawner.journal)
    assert not guardian.is_watched(tmp_path / "another.json")
