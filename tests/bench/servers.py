"""PostgreSQL and Kafka for the benchmarks of the kit, durable as in production, and an environment for the peers."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from ieum.database import Database, apply_migrations
from ieum.messaging import Topics
from ieum.messaging.provision import provision
from ieum_local.children import Child, Program
from ieum_local.commands import complete
from ieum_local.kafka import LocalKafka
from ieum_local.postgres import LocalPostgres

from .counting.app import MIGRATIONS, TOPICS

PEERS = Path(__file__).with_name("peers")
ROOT = Path(__file__).parents[2]
_PEERS_ENVIRONMENT = ROOT / ".local" / "bench-env"  # not in build: the checks of the house read everything there
_SCHEMA = "bench"
_TOLD = "bench.kept.v1"


async def peers_python() -> Path:
    """The interpreter with the peers' libraries; made when missing or when the requirements have changed."""
    python, requirements = _PEERS_ENVIRONMENT / "bin" / "python", PEERS / "requirements.txt"
    stamp = _PEERS_ENVIRONMENT / "made-from"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return python
    uv = Path(sys.executable).with_name("uv")
    log = ROOT / ".local" / "bench-env.log"
    for command in (
        [uv, "venv", "--clear", "--python", sys.executable, _PEERS_ENVIRONMENT],
        [uv, "pip", "install", "--python", python, "--compile-bytecode", "-r", requirements],
    ):
        program = Program("bench-env", [str(part) for part in command], log=log)
        await complete(program, seconds=300, failure="the peers' libraries could not be installed")
    stamp.write_text(requirements.read_text())
    return python


class Servers:
    """One durable PostgreSQL (fsync, synchronous_commit) and one Kafka broker, with the small service's tables and
    topics. Everybody who is measured uses these."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The last: a peer that reads the log is frozen for a while.
        settings = {"wal_level": "logical", "max_wal_size": "4GB", "wal_sender_timeout": "0"}
        self.postgres = LocalPostgres(folder / "postgres", settings=settings)
        self.kafka = LocalKafka(folder / "kafka")
        self.topics = Topics.from_file(TOPICS)

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as opening:
            await opening.enter_async_context(self.postgres)
            await opening.enter_async_context(self.kafka)
            await provision(self.kafka.bootstrap, self.topics)
            self.sql = await self.postgres.connect()
            opening.push_async_callback(self.sql.close)
            await self.sql.execute(f"CREATE SCHEMA {_SCHEMA}; ALTER DATABASE postgres SET search_path = {_SCHEMA}")
            await self.sql.execute(f"SET search_path = {_SCHEMA}")
            await asyncio.to_thread(apply_migrations, self.postgres.dsn(), MIGRATIONS, schema=_SCHEMA)
            self._watcher = AIOKafkaConsumer(bootstrap_servers=self.kafka.bootstrap)
            await self._watcher.start()
            opening.push_async_callback(self._watcher.stop)
            self._admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka.bootstrap)
            await self._admin.start()
            opening.push_async_callback(self._admin.close)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def environment(self) -> dict[str, str]:
        """What a process needs to know, ours and a peer's."""
        return {
            "DATABASE_URL": self.postgres.dsn(),
            "DATABASE_SCHEMA": _SCHEMA,
            "KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "TOPICS_FILE": str(TOPICS),
            "IDENTITY_KEY": "identity-key-of-benchmarks-32-bytes",
            "HTTP_PORT": "0",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, name: str, argv: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Child:
        """Start a process; its output goes to a log of its own."""
        env = {**self.environment(), **(environment or {})}
        return Child(Program(name, argv, log=self.log(name), env=env, cwd=ROOT, grace=5))

    def log(self, name: str) -> Path:
        """Where a process's output is."""
        return self.folder / "logs" / f"{name}.log"

    async def empty(self) -> None:
        """Forget everything that is stored and told, as if nothing had been measured before.

        A relay whose database knows less than its topic takes it for restored, and sends nothing.
        """
        ends = await self.ends(_TOLD)
        await self._admin.delete_records({place: RecordsToDelete(end) for place, end in ends.items() if end})
        tables = await self.sql.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename !~ '^_?yoyo'", _SCHEMA
        )
        names = ", ".join(row["tablename"] for row in tables)
        await self.sql.execute(f"TRUNCATE {names} RESTART IDENTITY")
        await self.sql.execute("CHECKPOINT")

    async def ends(self, topic: str) -> dict[TopicPartition, int]:
        """How many records each partition of a topic has, acknowledged ones only."""
        places = [TopicPartition(topic, number) for number in range(self.topics[topic].partitions)]
        return dict(await self._watcher.end_offsets(places))


def processor_seconds(child: Child) -> float:
    """What a process and its children have used of the processors so far."""
    used = 0.0
    for process in child.family():
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            used += times.user + times.system
    return used


D = TypeVar("D", bound=Database)


def environment_database(kind: type[D], **options: Any) -> D:
    """The database that the environment names, closed."""
    return kind(os.environ["DATABASE_URL"], schema=os.environ["DATABASE_SCHEMA"], **options)


async def connect(environment: Mapping[str, str] = os.environ) -> "asyncpg.Connection[asyncpg.Record]":
    """A bare connection to the database that the environment names, in the service's schema."""
    return await asyncpg.connect(
        environment["DATABASE_URL"], server_settings={"search_path": environment["DATABASE_SCHEMA"]}
    )
