"""One run per checkout: the lock, what the run says about itself, and clearing up after a run that was killed."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ieum_local import guardian
from ieum_local.failure import LocalFailure
from ieum_local.layout import Layout
from ieum_local.waiting import until

_CLEARING_SECONDS = 60  # more than the graces of all stages together


class RunState:
    """What `make status` and a second `make run` read: process, since when, address, ports, processes, restarts."""

    def __init__(self, layout: Layout) -> None:
        self._file = layout.run / "state.json"
        self._state: dict[str, Any] = {
            "pid": os.getpid(), "since": time.time(), "address": None, "ports": {}, "processes": {}
        }  # fmt: skip

    def update(self, **changes: Any) -> None:
        """Change and write."""
        self._state.update(changes)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self._state))
        os.replace(fresh, self._file)

    def remove(self) -> None:
        """Nothing runs any more."""
        self._file.unlink(missing_ok=True)


def read_state(layout: Layout) -> dict[str, Any] | None:
    """What the present run says about itself; None when none runs, whatever a killed one left behind."""
    if not _is_locked(layout):
        return None
    try:
        state: dict[str, Any] = json.loads((layout.run / "state.json").read_text())
    except (OSError, ValueError):
        return {"pid": None, "since": None, "address": None, "ports": {}, "processes": {}}
    return state


def _lock_file(layout: Layout) -> Path:
    return layout.run / "lock"


def _is_locked(layout: Layout) -> bool:
    try:
        with _lock_file(layout).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextlib.contextmanager
def only_run(layout: Layout) -> Iterator[None]:
    """Hold the checkout's lock. LocalFailure saying where the other run answers if there is one."""
    try:
        for folder in (layout.run, layout.logs, layout.data):
            folder.mkdir(parents=True, exist_ok=True)
        lock = _lock_file(layout).open("a")
    except PermissionError as error:
        raise LocalFailure(
            f"{error.filename} is not ours to write",
            f"another account ran here before. As that account: make clean; or: chown -R $(id -un) {layout.local}",
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalFailure(*_other_run(layout)) from None
        yield


def _other_run(layout: Layout) -> tuple[str, str]:
    state = read_state(layout) or {}
    where = f"at {state['address']}" if state.get("address") else "and is still starting"
    process = f" (process {state['pid']})" if state.get("pid") else ""
    return f"it already runs in this checkout{process} {where}", "see make status and make logs; Ctrl-C there stops it"


def journal(layout: Layout) -> Path:
    """Where this checkout's guardian keeps the list of children."""
    return layout.run / "children.json"


async def clear_killed_run(layout: Layout) -> list[str]:
    """After a killed run: wait for its guardian, then stop what even that one could not. Names of what was stopped."""

    async def guardian_is_done() -> bool:
        return not guardian.is_watched(journal(layout))

    await until("the guardian of a killed run to stop its processes", guardian_is_done, seconds=_CLEARING_SECONDS)
    return guardian.recover(journal(layout))
