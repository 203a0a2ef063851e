"""The portal's design system, fonts and scripts: fetched from npm by the lock file, none of it committed.

`assets.json` beside `package.json` maps a file or folder in node_modules to its place in `portal/assets`.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from ieum_local import npm
from ieum_local.failure import LocalFailure

_STAMP = ".made-from"
_INPUTS = ("package.json", "package-lock.json", "assets.json")


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for name in _INPUTS:
        digest.update((source / name).read_bytes())
    return digest.hexdigest()


def target(source: Path) -> Path:
    """Where the portal serves its assets from."""
    return source / "portal" / "assets"


def is_current(source: Path) -> bool:
    """Whether the assets are there and made from what the lock file and the list say now."""
    stamp = target(source) / _STAMP
    return stamp.exists() and stamp.read_text() == _fingerprint(source)


async def make(source: Path, work: Path, log: Path) -> bool:
    """Make the assets unless they are current; answers whether anything was done. `work` is a scratch folder.

    LocalFailure when npm fails or the list names what no package holds; the assets of before then stay as they are.
    """
    if is_current(source):
        return False
    _prepare(source, work)
    await npm.install(work, log)
    _replace(_collect(source, work), target(source))
    shutil.rmtree(work, ignore_errors=True)
    return True


def _prepare(source: Path, work: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in _INPUTS:
        shutil.copy(source / name, work / name)


def _collect(source: Path, work: Path) -> Path:
    """What the list names, at its places, in a folder of the scratch folder."""
    fresh = work / "assets"
    for origin, place in json.loads((work / "assets.json").read_text()).items():
        _copy(work / "node_modules" / origin, fresh / place)
    (fresh / _STAMP).write_text(_fingerprint(source))
    return fresh


def _copy(origin: Path, place: Path) -> None:
    if not origin.exists():
        raise LocalFailure(f"services/portal/assets.json names {origin.name}, which no package of package.json holds")
    place.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_dir():
        shutil.copytree(origin, place)
    else:
        shutil.copy(origin, place)


def _replace(fresh: Path, place: Path) -> None:
    """Swap the whole folder: a reader sees the old one or the new one, but for an instant neither."""
    before = place.with_name(f"{place.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    # The scratch folder may lie on another file system, where a rename is not possible.
    beside = place.with_name(f"{place.name}.fresh")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(fresh, beside)
    if place.exists():
        os.replace(place, before)
    os.replace(beside, place)
    shutil.rmtree(before, ignore_errors=True)
