"""A signal reaches the process that was meant or nobody: numbers of ended processes belong to others one day."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ieum_local import signals
from ieum_local.children import Child, Program

Signalling = Callable[[Child], None]

WAYS: dict[str, Signalling] = {
    "kill": lambda child: asyncio.run(child.kill()),
    "stop": lambda child: asyncio.run(child.stop()),
    "pause": lambda child: child.pause(),
    "resume": lambda child: child.resume(),
    "send": lambda child: child.send(signal.SIGTERM),
}


@pytest.fixture
def stranger() -> Iterator[psutil.Popen]:
    """A process with a child of its own, which we have not been asked to touch."""
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    with psutil.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        if process.poll() is None:
            for one in [*process.children(recursive=True), process]:
                one.kill()


def ended_child(folder: Path) -> Child:
    """A child whose end we have been told of."""
    child = Child(Program("short", [sys.executable, "-c", ""], log=folder / "log"))
    asyncio.run(child.ended(seconds=20))
    return child


@pytest.mark.parametrize("way", WAYS)
def test_a_stranger_who_has_the_number_of_an_ended_child_is_left_alone(
    way: str, stranger: psutil.Popen, tmp_path: Path
) -> None:
    child = ended_child(tmp_path)
    child._process.pid = stranger.pid  # as if the system had given the number away

    WAYS[way](child)

    assert child.family() == []
    assert stranger.poll() is None
    family = [stranger, *stranger.children(recursive=True)]
    assert len(family) == 2
    assert all(one.status() != psutil.STATUS_STOPPED for one in family)


def test_a_process_known_by_number_and_start_is_not_taken_for_a_later_one(stranger: psutil.Popen) -> None:
    earlier = psutil.Process(stranger.pid)
    earlier._ident = (stranger.pid, 1.0)  # what it would be if it had begun at another time

    sent = signals.send(earlier, signal.SIGKILL)

    assert not sent
    assert stranger.poll() is None


def test_a_process_that_is_meant_gets_the_signal(stranger: psutil.Popen) -> None:
    assert signals.send(psutil.Process(stranger.pid), signal.SIGKILL)
    assert stranger.wait(10) == -signal.SIGKILL
