"""No child outlives the process that started it, however that one ends."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ieum_local import guardian

from .spawned import Spawner
from .system import gone


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
