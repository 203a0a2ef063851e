"""The whole system as real processes, started by the code behind `make run` in a folder of its own, without demo."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL, SIGQUIT
from types import TracebackType
from typing import Any, Self

import asyncpg
import httpx
from rich.console import Console

from ieum.http import Caller
from ieum.http.identity import bearer, issue
from ieum_local.layout import DATABASE, SERVICES, Layout, Wiring
from ieum_local.processes import Processes
from ieum_local.run_lock import only_run, read_state
from ieum_local.start_up import StartUp
from ieum_local.steps import Steps

Json = dict[str, Any]


class System:
    """A running system. Use as an async context manager; what dies while it runs is started again, as under `make run`.

    `environment` reaches every process beside what `make run` tells it.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.layout = Layout(local=folder, demo=None, environment=dict(environment or {}))
        self._open = contextlib.AsyncExitStack()
        self._supervision: asyncio.Task[None] | None = None
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as opening:
            opening.enter_context(only_run(self.layout))
            said = opening.enter_context((self.layout.logs / "run.log").open("a"))
            steps = Steps(Console(file=said))
            self.wiring = Wiring.to_start(self.layout)
            self.processes = Processes(self.layout, self.wiring)
            opening.push_async_callback(self.processes.stop)
            self.processes.write_state()
            with steps:
                await StartUp(self.layout, self.wiring, self.processes, steps).run(demo=False)
            for name in (*(spec.name for spec in SERVICES), "mailbox"):
                client = httpx.AsyncClient(base_url=self.wiring.url(name), timeout=30, trust_env=False)
                self.clients[name] = await opening.enter_async_context(client)
            self._supervision = asyncio.create_task(self.processes.supervise(lambda line: steps.say(line)))
            opening.push_async_callback(self._unsupervise)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def _unsupervise(self) -> None:
        if self._supervision is not None:
            self._supervision.cancel()
            await asyncio.gather(self._supervision, return_exceptions=True)

    # -- as a client

    def headers(self, role: str, person_id: str, **attributes: str) -> dict[str, str]:
        """The headers of a request by somebody, in English."""
        caller = Caller(person_id=person_id, role=role, attributes=attributes)
        key = self.wiring.common_environment()["IDENTITY_KEY"]
        return {"Accept-Language": "en", **bearer(issue(key, caller, timedelta(hours=1)))}

    async def get(self, service: str, path: str, headers: Mapping[str, str], **query: Any) -> Json:
        """A JSON answer; anything but success fails the test with what the service said."""
        return _json(await self.clients[service].get(path, headers=dict(headers), params=query))

    async def post(self, service: str, path: str, headers: Mapping[str, str], body: Any = None) -> Json:
        """The same for a command."""
        return _json(await self.clients[service].post(path, headers=dict(headers), json=body))

    async def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """What the superuser sees: tables are named <service>.<table>."""
        connection = await self.processes.postgres.connect(DATABASE)
        try:
            return await connection.fetch(statement, *arguments)
        finally:
            await connection.close()

    async def ready(self) -> bool:
        """Whether every service answers /readyz with 200."""
        answers = await asyncio.gather(*(self.clients[spec.name].get("/readyz") for spec in SERVICES))
        return all(answer.status_code == 200 for answer in answers)

    async def command(self, service: str, *arguments: str, within: float = 120) -> tuple[int, str]:
        """Run `python -m <service> …` as the service itself is run; its exit code and what it printed."""
        spec = next(spec for spec in SERVICES if spec.name == service)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", service, *arguments),
            env={**os.environ, **self.wiring.service_environment(spec)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), within)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, printed.decode()

    # -- faults

    def pid(self, name: str) -> int:
        """The process of a service or server now."""
        state = read_state(self.layout)
        assert state is not None
        found: int = state["processes"][name]["pid"]
        return found

    def restarts(self, name: str) -> int:
        """How often it was started again."""
        state = read_state(self.layout)
        assert state is not None
        found: int = state["processes"][name]["restarts"]
        return found

    def crash(self, name: str) -> None:
        """Kill -9 a process; PostgreSQL is stopped as `pg_ctl stop -m immediate` does. It comes back by itself."""
        os.kill(self.pid(name), SIGQUIT if name == "postgres" else SIGKILL)


def _json(answer: httpx.Response) -> Json:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:800]}"
    found: Json = answer.json()
    return found
