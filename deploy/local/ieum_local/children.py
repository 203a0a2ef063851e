"""Starts and stops the processes of the local runtime; none of them outlives the process that started it.

Each child leads its own session, so that Ctrl-C in a terminal reaches only the runner, which stops them in order.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM, Signals

import psutil

from ieum_local import signals
from ieum_local.failure import LocalFailure
from ieum_local.waiting import last_lines, until


class Stage(IntEnum):
    """What stops first when everything stops: whoever uses something stops before it."""

    SERVICE = 0
    BROKER = 1
    DATABASE = 2


@dataclass(frozen=True)
class Account:
    """Whom a child runs as when its parent is root; `keep_reading` lets it pass folders closed to others."""

    uid: int
    gid: int
    keep_reading: bool = False


@dataclass(frozen=True)
class Program:
    """What to start. Output is appended to `log`; `grace`: seconds between `stop_signal` and kill -9."""

    name: str
    argv: Sequence[str | Path]
    log: Path
    stage: Stage = Stage.SERVICE
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    stop_signal: Signals = SIGTERM
    grace: float = 10.0
    account: Account | None = None


class _Guardian:
    """The guardian of the current process, started with the first child. See ieum_local.guardian."""

    def __init__(self) -> None:
        self.journal: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe = -1
        self._owner = 0

    def pipe(self) -> int:
        if self._process is None or self._process.poll() is not None or self._owner != os.getpid():
            reading, self._pipe = os.pipe()
            journal = [str(self.journal)] if self.journal else []
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ieum_local.guardian", *journal],
                stdin=reading,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            os.close(reading)
            assert self._process.stdout is not None
            with self._process.stdout as watching:
                watching.readline()  # no child before it watches
            self._owner = os.getpid()
            atexit.register(self.close)
        return self._pipe

    def forget(self, pid: int) -> None:
        if self._pipe >= 0 and self._owner == os.getpid():
            with contextlib.suppress(BrokenPipeError):
                os.write(self._pipe, f'{{"remove": {pid}}}\n'.encode())

    def close(self) -> None:
        """Tell the guardian that this process is done; it stops what is left and ends."""
        if self._pipe >= 0 and self._owner == os.getpid():
            os.close(self._pipe)
            self._pipe = -1
            if self._process:
                self._process.wait()
                self._process = None


guardian = _Guardian()


class Child:
    """A started program. Waiting and stopping are bounded; a child that is gone is simply gone."""

    def __init__(self, program: Program) -> None:
        self.program = program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        pipe = guardian.pipe()
        account = program.account
        order = {
            "pipe": pipe,
            "name": program.name,
            "stage": int(program.stage),
            "signal": int(program.stop_signal),
            "grace": program.grace,
            "uid": account.uid if account else None,
            "gid": account.gid if account else None,
            "keep_reading": account.keep_reading if account else False,
            "argv": [str(part) for part in program.argv],
        }
        launch = Path(__file__).with_name("launch.py")
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", launch, json.dumps(order)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **program.env},
                cwd=program.cwd,
                start_new_session=True,
                pass_fds=[pipe],
            )
        self._forgotten = False

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name

    @property
    def pid(self) -> int:
        """The process id, also after the end."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        code = self._process.poll()
        if code is not None and not self._forgotten:
            self._forgotten = True
            guardian.forget(self.pid)
        return code

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self.exit_code is None

    def require_running(self) -> None:
        """LocalFailure with the end of its log if it has ended."""
        if (code := self.exit_code) is not None:
            raise LocalFailure(
                f"{self.name} ended with exit code {code}; its log {self.program.log} ends with:\n"
                f"{last_lines(self.program.log)}"
            )

    def family(self) -> list[psutil.Process]:
        """The process and everything below it, parents first; nobody once it has ended.

        Until we have been told of its end nobody else can have its number, so `running` is asked first.
        """
        if not self.running:
            return []
        try:
            process = psutil.Process(self.pid)
            return [process, *process.children(recursive=True)]
        except psutil.Error:
            return []

    def listens_on(self, port: int) -> bool:
        """Whether it is this child, and not a stranger, that answers on a TCP port."""
        with contextlib.suppress(psutil.Error):
            for process in self.family():
                for connection in process.net_connections("tcp"):
                    if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                        return True
        return False

    def send(self, number: Signals) -> None:
        """Send a signal to the process alone."""
        if self.running:
            self._process.send_signal(number)

    def pause(self) -> None:
        """Freeze the process and everything below it (SIGSTOP)."""
        self._signal_family(SIGSTOP)

    def resume(self) -> None:
        """Let a frozen process and everything below it go on (SIGCONT)."""
        self._signal_family(SIGCONT)

    def _signal_family(self, number: Signals) -> None:
        for process in self.family():
            signals.send(process, number)

    async def kill(self) -> None:
        """Kill -9 the process and everything below it, as a loss of power would."""
        self._signal_family(SIGKILL)
        await self.ended(seconds=10)

    async def ended(self, *, seconds: float) -> None:
        """Wait for the end."""

        async def probe() -> bool:
            return not self.running

        await until(f"{self.name} (process {self.pid}) to end", probe, seconds=seconds, every=0.02)

    async def stop(self, number: Signals | None = None) -> None:
        """Ask it to end (its own stop signal unless another is given); kill -9 when its grace is over."""
        self.send(number or self.program.stop_signal)
        self.resume()
        try:
            await self.ended(seconds=self.program.grace)
        except LocalFailure:
            await self.kill()
