"""The system under fault: three brokers, PostgreSQL, every service as several processes, a proxy on every way."""

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg

from ieum.messaging.provision import provision
from ieum.messaging.topics import Topics
from ieum_local import ports, roles
from ieum_local.children import Program
from ieum_local.commands import complete
from ieum_local.kafka import LocalKafka
from ieum_local.layout import DATABASE, SERVICES, Layout, Wiring
from ieum_local.postgres import LocalPostgres
from ieum_local.waiting import together, until

from ..running.wire import Wire
from .letters import LetterBox
from .members import Member
from .proxy import Link
from .schedule import BROKERS, PROCESSES
from .schedule import SERVICES as NAMES

_START_SECONDS = 240
"""Seconds for the servers, and again for the services, to come up at first: the machine may have other work."""
_LOOK_EVERY = 0.1
"""Seconds until the harness notices that a process has ended and starts it again."""


class Cluster:
    """Use as an async context manager. What ends and is wanted is started again at once, as under any supervisor.

    `broker_session_ms`: how long a killed broker still counts as alive to the others.
    """

    def __init__(self, folder: Path, broker_session_ms: int = 3_000) -> None:
        self._broker_session_ms = broker_session_ms
        environment = {"LOG_LEVEL": "WARNING", "DIGEST_QUIET": "5", "DIGEST_WINDOW": "20"}
        self.layout = Layout(local=folder, demo=None, environment=environment, portal_port=None)
        self._open = contextlib.AsyncExitStack()
        self.postgres: LocalPostgres
        self.kafka: LocalKafka
        self.members: dict[str, Member] = {}
        self.links: dict[str, Link] = {}
        self.letters = LetterBox()
        self.surprises: Counter[str] = Counter()
        """Processes that ended by themselves, by service and exit code."""
        self.probes = Wire(seconds=2.5)

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as opening:
            opening.callback(self.probes.close)
            await self._start(opening)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    # -- start

    async def _start(self, opening: contextlib.AsyncExitStack) -> None:
        self.wiring = Wiring.to_start(self.layout)
        opening.push_async_callback(self._stop_links)
        self.postgres = LocalPostgres(
            self.layout.data / "postgres", port=self.wiring.ports["postgres"], log=self.layout.log("postgres")
        )
        opening.push_async_callback(self._stop_postgres)
        taken: set[int] = set()
        for number in range(1, BROKERS + 1):
            name = f"kafka:broker-{number}"
            await self._link(name, partial(self._broker_port, number), ports.find(None, taken))
        self.kafka = LocalKafka(
            self.layout.data / "kafka",
            brokers=BROKERS,
            session_timeout_ms=self._broker_session_ms,
            heap="384m",
            log_folder=self.layout.logs,
            told_ports=[self.links[f"kafka:broker-{number}"].port for number in range(1, BROKERS + 1)],
            grace=5,
        )
        opening.push_async_callback(self._stop_kafka)
        self.letters.start()
        opening.callback(self.letters.stop)
        await together(self._prepare_database(), self._prepare_kafka())
        await self._link("http:registration", lambda: self.members["registration-1"].port)
        for name in NAMES:
            for _ in range(PROCESSES):
                await self.add_member(name)
        opening.push_async_callback(self.stop_members)
        await until("every service to be ready", self.all_ready, seconds=_START_SECONDS, every=0.3)
        keeping = asyncio.create_task(self._keep())
        opening.callback(keeping.cancel)

    async def _link(self, name: str, upstream: Callable[[], int], port: int = 0) -> Link:
        link = self.links[name] = Link(name, upstream, port)
        await link.start()
        return link

    def _broker_port(self, number: int) -> int:
        return self.kafka.ports[number - 1]

    async def _prepare_database(self) -> None:
        await self.postgres.start()
        specs = [spec for spec in SERVICES if spec.name in NAMES]
        await roles.prepare(self.postgres, DATABASE, {spec.name: self.wiring.password(spec.name) for spec in specs})
        self.wiring.ports["postgres"] = self.postgres.port
        await together(
            *(
                complete(
                    Program(
                        f"{spec.name} migrate",
                        [*spec.command, "migrate"],
                        log=self.layout.log(spec.name),
                        env=self.wiring.service_environment(spec),
                    ),
                    seconds=120,
                    failure=f"{spec.name} could not migrate",
                )
                for spec in specs
            )
        )

    async def _prepare_kafka(self) -> None:
        await self.kafka.start(seconds=_START_SECONDS)
        topics = Topics.from_file(self.layout.topics_file)
        await provision(self.kafka.bootstrap, topics, replication=self.kafka.replication)

    # -- processes of services

    async def add_member(self, service: str) -> Member:
        """Start one more process of a service."""
        number = sum(member.service == service for member in self.members.values()) + 1
        spec = next(spec for spec in SERVICES if spec.name == service)
        link = await self._link(f"postgres:{service}-{number}", lambda: self.postgres.port)
        environment = self.wiring.service_environment(spec)
        environment["DATABASE_URL"] = environment["DATABASE_URL"].replace(f":{self.postgres.port}/", f":{link.port}/")
        environment |= {
            "INSTANCE": f"{service}-{number}",
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "SMTP_PORT": str(self.letters.port),
            "REGISTRATION_URL": f"http://127.0.0.1:{self.links['http:registration'].port}",
            "CHAOS_FAILPOINT": str(self.failpoint(service)),
        }
        program = (sys.executable, "-m", "tests.chaos.process", service, "serve")
        member = Member(service, number, ports.find(), link, environment, program)
        self.members[member.name] = member
        member.start(self.layout.log(member.name))
        return member

    def failpoint(self, service: str) -> Path:
        """The file that arms a failpoint in the processes of a service."""
        return self.layout.run / f"failpoint-{service}"

    def of(self, service: str) -> list[Member]:
        """The processes of a service that ought to run."""
        return [member for member in self.members.values() if member.service == service and member.wanted]

    @property
    def bootstrap(self) -> str:
        """The brokers as services and clients see them, through the proxies."""
        return ",".join(f"127.0.0.1:{self.links[f'kafka:broker-{n}'].port}" for n in range(1, BROKERS + 1))

    def wanted(self) -> list[str]:
        """Who ought to run, and is not frozen by a fault."""
        return [member.name for member in self.members.values() if member.wanted and not member.held]

    async def complaint(self, name: str) -> str | None:
        """What keeps this process from being ready; None when it is."""
        return await self.members[name].complaint(self.probes)

    async def unready(self) -> dict[str, str]:
        """Who ought to be ready and is not, and what each says."""
        names = self.wanted()
        said = await asyncio.gather(*map(self.complaint, names))
        return {name: complaint for name, complaint in zip(names, said, strict=True) if complaint is not None}

    async def all_ready(self) -> bool:
        """Whether everybody is."""
        return not await self.unready()

    def _died_at_failpoint(self, member: Member) -> bool:
        return Path(f"{self.failpoint(member.service)}.{member.last_pid}").exists()

    async def _keep(self) -> None:
        while True:
            for member in list(self.members.values()):
                if member.wanted and not member.runs:
                    if (code := member.ended_unasked) is not None and not self._died_at_failpoint(member):
                        self.surprises[f"{member.service} exit {code}"] += 1
                    member.start(self.layout.log(member.name))
            await asyncio.sleep(_LOOK_EVERY)

    # -- looking

    async def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """What the superuser sees, past the proxies: tables are named <service>.<table>."""
        connection = await self.postgres.connect(DATABASE)
        try:
            return await connection.fetch(statement, *arguments)
        finally:
            await connection.close()

    def dsn(self) -> str:
        """The superuser's address, past the proxies."""
        return self.postgres.dsn(DATABASE)

    # -- end

    async def _stop_links(self) -> None:
        await asyncio.gather(*(link.stop() for link in self.links.values()))

    async def stop_members(self) -> None:
        """Kill every process of a service, for good."""
        for member in self.members.values():
            member.wanted = False
        await asyncio.gather(*(member.kill() for member in self.members.values()))

    async def _stop_kafka(self) -> None:
        await self.kafka.kill()

    async def _stop_postgres(self) -> None:
        await self.postgres.stop("immediate")
