"""Where the tests' PostgreSQL and Kafka come from: containers where a Docker engine answers, else local processes."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Protocol

import psutil

from ieum_local.kafka import LocalKafka
from ieum_local.postgres import LocalPostgres

_PREFIX = "ieum-test-"
_MEMORY = Path("/dev/shm")  # noqa: S108 -- the folder in it is ours alone
_ROOM_BYTES = 4 * 1024**3


class Runtime(Protocol):
    """Real servers for one test run, each started when first asked for."""

    async def postgres(self) -> str:
        """A superuser's address."""

    async def kafka(self) -> str:
        """Bootstrap servers."""

    async def stop(self) -> None:
        """Leave nothing running."""


def engine_answers() -> bool:
    """Whether a Docker engine can be used here."""
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=5, check=False).returncode == 0  # noqa: S607
    except subprocess.TimeoutExpired:
        return False


def choose_runtime() -> Runtime:
    """The runtime that IEUM_TEST_RUNTIME names, or the best there is."""
    wanted = os.environ.get("IEUM_TEST_RUNTIME") or ("containers" if engine_answers() else "local")
    if wanted == "containers":
        from ieum.testing.containers import Containers  # testcontainers is only needed on this path

        return Containers()
    if wanted == "local":
        return LocalProcesses()
    raise ValueError(f"IEUM_TEST_RUNTIME is {wanted!r}; it may be containers or local")


def _folder() -> Path:
    """A new folder, in memory where that has room.

    Every test has a database of its own, some 300 files: a disk may take thirty times as long to make them.
    """
    roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES
    if roomy:
        _forget_the_killed()
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY if roomy else None))


def _forget_the_killed() -> None:
    """Delete what runs that were killed have left in memory, which nothing else gives back."""
    for left in _MEMORY.glob(f"{_PREFIX}*-*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)


class LocalProcesses:
    """PostgreSQL and Kafka as child processes in a folder of their own, without fsync."""

    def __init__(self) -> None:
        self._folder = _folder()
        self._postgres = LocalPostgres(self._folder / "postgres", fsync=False)
        self._kafka = LocalKafka(self._folder / "kafka")
        self._kafka_runs = False

    async def postgres(self) -> str:
        """Start PostgreSQL unless it runs, and return its address."""
        if not self._postgres.running:
            await self._postgres.start()
        return self._postgres.dsn()

    async def kafka(self) -> str:
        """Start Kafka unless it runs, and return its address."""
        if not self._kafka_runs:
            await self._kafka.start()
            self._kafka_runs = True
        return self._kafka.bootstrap

    async def stop(self) -> None:
        """Stop what was started and delete the folder."""
        if self._kafka_runs:
            await self._kafka.stop()
        if self._postgres.running:
            await self._postgres.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)
