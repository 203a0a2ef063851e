"""Every process of one run: the servers, the services, who is kept alive, and the order in which they stop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psutil

from ieum_local.children import Child, Program
from ieum_local.kafka import LocalKafka
from ieum_local.layout import Layout, Wiring
from ieum_local.logs import trim
from ieum_local.postgres import LocalPostgres
from ieum_local.run_lock import RunState
from ieum_local.supervision import Kept, keep

_TRIM_EVERY = 30  # seconds


class Processes:
    """Starts and stops; what is started is kept alive while `supervise` runs, and written down for `make status`."""

    def __init__(self, layout: Layout, wiring: Wiring) -> None:
        self._layout = layout
        self._ports = wiring.ports
        self._kept: list[Kept] = []
        self._programs: dict[str, Child] = {}
        self.state = RunState(layout)
        self.postgres = LocalPostgres(
            layout.data / "postgres", port=wiring.ports["postgres"], log=layout.log("postgres")
        )
        self.kafka = LocalKafka(layout.data / "kafka", client_ports=[wiring.ports["kafka"]], log_folder=layout.logs)

    async def start_postgres(self) -> None:
        """Start PostgreSQL and keep it alive."""
        await self.postgres.start()
        self._keep("postgres", lambda: self.postgres.child, self.postgres.start)

    async def start_kafka(self, progress: Callable[[str], None]) -> None:
        """Start Kafka and keep it alive; `progress` gets lines for people."""
        await self.kafka.start(progress=progress)
        self._keep("kafka", lambda: self.kafka.children.get(1), lambda: self.kafka.start_broker(1))

    def spawn(self, program: Program) -> Child:
        """Start a program that is to live as long as the run."""

        async def start() -> None:
            self._programs[program.name] = Child(program)

        child = self._programs[program.name] = Child(program)
        self._keep(program.name, lambda: self._programs[program.name], start)
        return child

    def _keep(self, name: str, child: Callable[[], Child | None], start: Callable[[], Awaitable[None]]) -> None:
        self._kept.append(Kept(name, child, start))
        self.write_state()

    def write_state(self, **changes: Any) -> None:
        """Write down what runs, with further facts about the run."""
        processes = {
            kept.name: {"pid": child.pid, "port": self._port(kept.name), "restarts": kept.restarts}
            for kept in self._kept
            if (child := kept.child()) is not None
        }
        self.state.update(ports=self._ports, processes=processes, **changes)

    def _port(self, name: str) -> int | None:
        return self._ports.get("mailbox" if name == "mail" else name)

    def all(self) -> list[psutil.Process]:
        """This process and everything below it."""
        own = psutil.Process()
        return [own, *own.children(recursive=True)]

    async def supervise(self, say: Callable[[str], None]) -> None:
        """Keep everything alive until cancelled; `say` gets a line whenever something ended or started."""
        async with asyncio.TaskGroup() as group:
            for kept in self._kept:
                group.create_task(keep(kept, say, self.write_state))
            group.create_task(self._trim_logs())

    async def _trim_logs(self) -> None:
        while True:
            await asyncio.to_thread(trim, self._layout.logs)
            await asyncio.sleep(_TRIM_EVERY)

    async def stop(self) -> None:
        """Stop the services, then Kafka, then PostgreSQL."""
        await asyncio.gather(*(child.stop() for child in self._programs.values()))
        await self.kafka.stop()
        await self.postgres.stop()
        self.state.remove()

    async def kill(self) -> None:
        """End everything at once, as a loss of power would; the next start recovers."""
        await asyncio.gather(*(child.kill() for child in self._programs.values()))
        await self.kafka.kill()
        await self.postgres.kill()
        self.state.remove()
