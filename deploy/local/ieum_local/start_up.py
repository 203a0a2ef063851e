"""The steps of `make run`, each shown while it runs; side by side where none waits for another."""

from collections.abc import Sequence

import httpx

from ieum.messaging.provision import provision
from ieum.messaging.topics import Topics, TopicsMismatch
from ieum_local import assets, kafka_jars, roles
from ieum_local.children import Child, Program
from ieum_local.commands import complete
from ieum_local.failure import LocalFailure
from ieum_local.layout import DATABASE, Layout, ServiceSpec, Wiring
from ieum_local.migrations import Migrated
from ieum_local.processes import Processes
from ieum_local.steps import Step, Steps
from ieum_local.waiting import last_lines, together, until

_READY_SECONDS = 120
# Files beside the data, forgotten with them: who is there.
_NATION = "demo-loaded"
_FIRST = "first-people"
_MIGRATE_SECONDS = 300
_DEMO_SECONDS = 900
_SERVICE_GRACE = 15


class StartUp:
    """Brings a layout up. The first step that fails cancels the others and is raised."""

    def __init__(self, layout: Layout, wiring: Wiring, processes: Processes, steps: Steps) -> None:
        self._layout = layout
        self._wiring = wiring
        self._processes = processes
        self._steps = steps

    async def run(self, *, demo: bool) -> None:
        """Take all steps; with `demo`, load the demo nation and keep life going in it."""
        await together(self._database(), self._kafka(), self._assets(), self._mail())
        await together(*(self._service(spec) for spec in self._layout.services))
        await self._load_demo(wanted=demo)

    async def _database(self) -> None:
        with self._steps.step("PostgreSQL") as step:
            await self._processes.start_postgres()
            self._wiring.ports["postgres"] = self._processes.postgres.port  # another, if it was taken meanwhile
            owners = [spec for spec in self._layout.services if spec.has_database]
            passwords = {spec.name: self._wiring.password(spec.name) for spec in owners}
            await roles.prepare(self._processes.postgres, DATABASE, passwords)
            step.outcome = f"port {self._processes.postgres.port}, a role and a schema for each service that has tables"
        with self._steps.step("migrations") as step:
            migrated = Migrated(self._layout.data / "migrated.json")
            pending = migrated.pending(owners)
            await together(*(self._migrate(spec, migrated) for spec in pending))
            step.outcome = ", ".join(spec.name for spec in pending) or "none new since the last start"

    async def _migrate(self, spec: ServiceSpec, migrated: Migrated) -> None:
        await complete(
            self._program(spec, "migrate"), seconds=_MIGRATE_SECONDS, failure=f"{spec.name} could not migrate"
        )
        migrated.done(spec)

    async def _kafka(self) -> None:
        with self._steps.step(f"Kafka {kafka_jars.version()}") as step:
            await self._processes.start_kafka(step.detail)
            self._wiring.ports["kafka"] = self._processes.kafka.ports[0]
            step.outcome = f"port {self._processes.kafka.ports[0]}"
        with self._steps.step("topics") as step:
            topics = Topics.from_file(self._layout.topics_file)
            try:
                new = await provision(self._processes.kafka.bootstrap, topics)
            except TopicsMismatch as problem:
                raise LocalFailure(f"topics: {problem}", "`make clean` forgets local data and topics") from problem
            step.outcome = f"{len(new)} new, {len(topics) - len(new)} there"

    async def _assets(self) -> None:
        if (source := self._layout.portal_source) is None:
            return
        with self._steps.step("portal assets") as step:
            step.detail("from npm")
            made = await assets.make(source, self._layout.run / "npm", self._layout.log("npm"))
            step.outcome = "made" if made else "up to date"

    async def _mail(self) -> None:
        page = self._wiring.ports["mailbox"]
        with self._steps.step("mail server") as step:
            environment = {
                **self._wiring.mail_environment(),
                "MAILBOX_PORT": str(page),
                "MAIL_FOLDER": str(self._layout.data / "mail"),
            }
            log = self._layout.log("mail")
            child = self._processes.spawn(Program("mail", self._layout.mail, log=log, env=environment))
            await self._ready(child, page, step)
            step.outcome = f"SMTP on port {self._wiring.ports['smtp']}, mailbox page on port {page}"

    async def _service(self, spec: ServiceSpec) -> None:
        port = self._wiring.ports[spec.name]
        with self._steps.step(spec.name) as step:
            child = self._processes.spawn(self._program(spec, "serve"))
            await self._ready(child, port, step)
            step.outcome = f"port {port}"

    def _program(self, spec: ServiceSpec, command: str) -> Program:
        return Program(
            spec.name if command == "serve" else f"{spec.name} {command}",
            [*spec.command, command],
            log=self._layout.log(spec.name),
            env=self._wiring.service_environment(spec),
            grace=_SERVICE_GRACE,
        )

    async def _ready(self, child: Child, port: int, step: Step) -> None:
        """Wait for /readyz to answer 200; meanwhile show what it says."""
        said = "nothing yet"
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:

            async def probe() -> bool:
                nonlocal said
                child.require_running()
                try:
                    answer = await client.get(f"http://127.0.0.1:{port}/readyz")
                except httpx.HTTPError:
                    return False
                said = in_words(answer)
                if answer.status_code != 200:
                    step.detail(said)
                return answer.status_code == 200 and child.listens_on(port)

            try:
                await until(f"{child.name} to be ready", probe, seconds=_READY_SECONDS, every=0.1)
            except LocalFailure as failure:
                if not child.running:
                    raise
                log = child.program.log
                raise LocalFailure(
                    f"{failure.args[0]}; /readyz says: {said}\nits log {log} ends with:\n{last_lines(log)}"
                ) from None

    async def _load_demo(self, *, wanted: bool) -> None:
        command = self._layout.demo
        if command is None:
            self._steps.skipped("demo nation", "there is none in this checkout")
            return
        if not wanted:
            # Somebody must be there to take in the others.
            if not self._is_there(_NATION):
                await self._once("first people (DEMO=0)", [*command, "first"], _FIRST, "make logs says why")
            return
        load = "rest" if self._is_there(_FIRST) else "load"
        await self._once("demo nation", [*command, load], _NATION, "make run DEMO=0 starts without it")
        self._processes.spawn(self._demo([*command, "live"]))

    def _is_there(self, mark: str) -> bool:
        return (self._layout.data / mark).exists()

    async def _once(self, title: str, command: Sequence[str], mark: str, remedy: str) -> None:
        """Put something into the system that stays there with the data. `mark`: a file that says that it is there."""
        with self._steps.step(title) as step:
            if self._is_there(mark):
                step.outcome = "loaded before"
                return
            step.outcome = await complete(
                self._demo(command),
                seconds=_DEMO_SECONDS,
                failure="the loader failed",
                remedy=remedy,
                progress=step.detail,
            )
            (self._layout.data / mark).touch()

    def _demo(self, command: Sequence[str]) -> Program:
        log, environment = self._layout.log("demo"), self._wiring.demo_environment()
        return Program("demo", list(command), log=log, env=environment)


def in_words(answer: httpx.Response) -> str:
    """What keeps a service from being ready, one reason a part; whatever else answers is shown as it is."""
    try:
        reasons = {name: part["reason"] for name, part in answer.json()["parts"].items() if part.get("reason")}
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{answer.status_code} {answer.text[:300]}"
    return "; ".join(f"{name}: {reason}" for name, reason in reasons.items()) or str(answer.status_code)
