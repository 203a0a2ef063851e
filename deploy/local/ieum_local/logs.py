"""The logs of the local processes: bounded in size, shown together, followed on a terminal."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from ieum_local.failure import LocalFailure

LARGEST = 20_000_000  # bytes; one older part of that size is kept beside it
_LOOK_EVERY = 0.3
_NEWEST_BYTES = 4_096


def trim(folder: Path) -> None:
    """Set a log that grew too large aside. Its writer appends, so that it goes on at the new beginning."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGEST:
            shutil.copy(log, log.with_suffix(".log.1"))
            log.open("w").close()


def size(log: Path) -> int:
    """In bytes; 0 while there is none."""
    return log.stat().st_size if log.exists() else 0


def newest_line(log: Path, start: int) -> str:
    """The last whole line written after the byte `start`; empty when there is none yet."""
    try:
        with log.open("rb") as file:
            file.seek(max(start, size(log) - _NEWEST_BYTES))
            whole, _, _ = file.read().rpartition(b"\n")
    except OSError:
        return ""
    return whole.rpartition(b"\n")[2].decode(errors="replace").strip()


def names(folder: Path) -> list[str]:
    """Whose logs there are."""
    return sorted(log.stem for log in folder.glob("*.log"))


def show(folder: Path, name: str | None, count: int, *, follow: bool) -> Iterator[str]:
    """The last `count` lines of one log or of each, then, with `follow`, every new line until interrupted.

    LocalFailure for a name without a log. Lines of several logs carry their process's name.
    """
    known = names(folder)
    if name and name not in known:
        raise LocalFailure(f"there is no log of {name}", f"there are: {', '.join(known) or 'none; make run first'}")
    chosen = [name] if name else known
    width = max((len(each) for each in chosen), default=0)
    places: dict[str, int] = {}
    for each in chosen:
        log = folder / f"{each}.log"
        places[each] = size(log)
        prefix = "" if name else f"{each:<{width}} | "
        with log.open("rb") as file:
            file.seek(max(0, places[each] - count * 400))
            for line in file.read(places[each]).decode(errors="replace").splitlines()[-count:]:
                yield prefix + line
    while follow:
        for each in chosen:
            prefix = "" if name else f"{each:<{width}} | "
            for line in _news(folder / f"{each}.log", each, places):
                yield prefix + line
        time.sleep(_LOOK_EVERY)


def _news(log: Path, name: str, places: dict[str, int]) -> list[str]:
    now = size(log)
    if now < places[name]:  # set aside meanwhile
        places[name] = 0
    with log.open("rb") as file:
        file.seek(places[name])
        whole, newline, _ = file.read(now - places[name]).rpartition(b"\n")
    places[name] += len(whole) + len(newline)
    return whole.decode(errors="replace").splitlines() if newline else []
