"""One process of a service: its port, its own way to the database, and whether it ought to run."""

import os
from collections.abc import Mapping
from pathlib import Path

from ieum_local import places
from ieum_local.children import Child, Program

from ..running.wire import Address, Unanswered, Wire
from .proxy import Link


class Member:
    """A process of a service. `wanted`: it is started again when it ends. `held`: a fault has it frozen."""

    def __init__(
        self, service: str, number: int, port: int, link: Link, environment: Mapping[str, str], program: tuple[str, ...]
    ) -> None:
        self.service = service
        self.name = f"{service}-{number}"
        self.port = port
        self.link = link
        self.wanted = False
        self.held = False
        self.starts = 0
        self._environment = {**environment, "HTTP_PORT": str(port)}
        self._program = program
        self._child: Child | None = None
        self._doomed = False

    @property
    def address(self) -> Address:
        """Where it answers."""
        return ("127.0.0.1", self.port)

    @property
    def last_pid(self) -> int | None:
        """The process, also after its end."""
        return self._child.pid if self._child is not None else None

    @property
    def ended_unasked(self) -> int | None:
        """The exit code of a process that nobody has ended, once; None when there is none."""
        if self._child is None or self._child.running or self._doomed:
            return None
        self._doomed = True
        return self._child.exit_code

    def start(self, log: Path) -> None:
        """Start the process."""
        self.wanted, self._doomed, self.held = True, False, False
        self.starts += 1
        self._child = Child(
            Program(
                self.name,
                self._program,
                log=log,
                env={**os.environ, **self._environment},
                cwd=places.CHECKOUT,
                grace=12,
            )
        )

    async def kill(self) -> None:
        """Kill -9."""
        self._doomed = True
        if self._child is not None:
            await self._child.kill()

    async def stop(self) -> None:
        """SIGTERM, for good."""
        self.wanted, self._doomed = False, True
        if self._child is not None:
            await self._child.stop()

    def freeze(self) -> None:
        """SIGSTOP."""
        if self._child is not None:
            self.held = True
            self._child.pause()

    def thaw(self) -> None:
        """SIGCONT."""
        if self._child is not None:
            self._child.resume()
        self.held = False

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.running

    async def complaint(self, wire: Wire) -> str | None:
        """What it says itself that keeps it from being ready; None when it is."""
        if not self.runs:
            return "has ended"
        try:
            answer = await wire.request(self.address, "GET", "/readyz", {})
        except Unanswered as problem:
            return f"no answer ({problem})"
        if answer.status == 200:
            return None
        try:
            parts = answer.json()["parts"].values()
            return "; ".join(part["reason"] for part in parts if part["status"] != "ok")
        except (ValueError, KeyError, AttributeError):
            return answer.content[:300].decode(errors="replace")
