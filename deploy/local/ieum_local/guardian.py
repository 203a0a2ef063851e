"""Outlives the process that started the children, by just as long as it takes to stop them.

It reads reports from a pipe whose other end only the parent holds. However the parent dies, kill -9 included, the pipe
closes; the guardian then stops what is left, stage by stage, and ends. It keeps the list of children in a journal too,
so that even a machine that lost both finds them at the next start.
"""

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from ieum_local import signals

_KILL_SECONDS = 10  # how long the system may take to end a killed process


def alive(pid: int, created: float) -> psutil.Process | None:
    """The process, unless it has ended or its number belongs to another by now."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - created) < 0.5 and process.status() != psutil.STATUS_ZOMBIE:
            return process
    except psutil.Error:
        pass
    return None


def stop_all(children: list[dict[str, Any]]) -> None:
    """Stop the children in the order of their stages: their own signal first, kill -9 after their grace (seconds)."""
    for stage in sorted({child["stage"] for child in children}):
        left = [child for child in children if child["stage"] == stage]
        for child in left:
            if process := alive(child["pid"], child["created"]):
                signals.send(process, signal.Signals(child["signal"]))
                signals.send(process, signal.SIGCONT)
        left = _outlasting(left, seconds=max(child["grace"] for child in left))
        for child in left:
            # It leads its group. Frozen it cannot end by itself, so that the number stays its own until it is killed.
            if (process := alive(child["pid"], child["created"])) and signals.send(process, signal.SIGSTOP):
                with contextlib.suppress(OSError):
                    os.killpg(child["pid"], signal.SIGKILL)
        _outlasting(left, seconds=_KILL_SECONDS)


def _outlasting(children: list[dict[str, Any]], *, seconds: float) -> list[dict[str, Any]]:
    """Those of the children that are still there after waiting for their end."""
    deadline = time.monotonic() + seconds
    while (left := [c for c in children if alive(c["pid"], c["created"])]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def recover(journal: Path) -> list[str]:
    """Stop what a journal still names, should the guardian itself have been killed; answers what was alive."""
    try:
        children = json.loads(journal.read_text())
    except (OSError, ValueError):
        return []
    left = [child for child in children if alive(child["pid"], child["created"])]
    stop_all(left)
    journal.unlink(missing_ok=True)
    return [child["name"] for child in left]


@contextlib.contextmanager
def watching(journal: Path) -> Iterator[None]:
    """Held by the guardian while it has children to look after; whoever starts anew waits for it."""
    with journal.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_watched(journal: Path) -> bool:
    """Whether a guardian still looks after the children of this journal."""
    try:
        with journal.with_suffix(".lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def follow(journal: Path | None) -> None:
    """Take reports from standard input until it closes, then stop what is left."""
    print("watching", flush=True)
    children: dict[int, dict[str, Any]] = {}
    for line in sys.stdin:
        report = json.loads(line)
        if "remove" in report:
            children.pop(report["remove"], None)
        else:
            pid = report.pop("add")
            with contextlib.suppress(psutil.Error):
                children[pid] = {"pid": pid, "created": psutil.Process(pid).create_time(), **report}
        if journal:
            fresh = journal.with_suffix(".new")
            fresh.write_text(json.dumps(list(children.values())))
            os.replace(fresh, journal)
    stop_all(list(children.values()))
    if journal:
        journal.unlink(missing_ok=True)


def main() -> None:
    """Run until the parent has ended."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    if len(sys.argv) > 1:
        with watching(Path(sys.argv[1])):
            follow(Path(sys.argv[1]))
    else:
        follow(None)


if __name__ == "__main__":
    main()
