"""Where the tests' PostgreSQL and Kafka come from: containers where a Docker engine answers, else local processes."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Protocol


class Runtime(Protocol):
    """Real servers for one test run."""

    def postgres(self) -> str:
        """A superuser's address."""

    def kafka(self) -> str:
        """Bootstrap servers."""

    def stop(self) -> None:
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
        from ieum.testing.containers import Containers

        return Containers()
    if wanted == "local":
        return LocalProcesses()
    raise ValueError(f"IEUM_TEST_RUNTIME is {wanted!r}; it may be containers or local")


class LocalProcesses:
    """PostgreSQL and Kafka as child processes in a folder of their own, without fsync."""

    def __init__(self) -> None:
        from ieum_local.kafka import LocalKafka
        from ieum_local.postgres import LocalPostgres

        self._folder = Path(tempfile.mkdtemp(prefix="ieum-test-"))
        self._postgres = LocalPostgres(self._folder / "postgres", fsync=False)
        self._kafka = LocalKafka(self._folder / "kafka")
        self._started: list[LocalPostgres | LocalKafka] = []

    def postgres(self) -> str:
        """Start PostgreSQL unless it runs, and return its address."""
        if self._postgres not in self._started:
            asyncio.run(self._postgres.start())
            self._started.append(self._postgres)
        return self._postgres.dsn()

    def kafka(self) -> str:
        """Start Kafka unless it runs, and return its address."""
        if self._kafka not in self._started:
            asyncio.run(self._kafka.start())
            self._started.append(self._kafka)
        return self._kafka.bootstrap

    def stop(self) -> None:
        """Stop what was started and delete the folder."""
        for server in reversed(self._started):
            asyncio.run(server.stop())
        shutil.rmtree(self._folder, ignore_errors=True)
