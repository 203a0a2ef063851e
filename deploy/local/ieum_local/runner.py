"""`make run` from the outside: one run per checkout, signals, the order of the end, and the exit code."""

import asyncio
import contextlib
import os
import signal
import time
import traceback

from rich.markup import escape

from ieum_local import children, memory, run_lock
from ieum_local.failure import LocalFailure
from ieum_local.layout import Layout, Wiring
from ieum_local.processes import Processes
from ieum_local.start_up import StartUp
from ieum_local.steps import Steps
from ieum_local.waiting import until

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 3  # so many signals, and everything is killed


class _Stop:
    """Set by a signal, or when `make` itself is gone: killed, it cannot tell us."""

    def __init__(self, steps: Steps) -> None:
        self.asked = asyncio.Event()
        self.insisted = asyncio.Event()
        self._steps = steps
        self._count = 0
        loop = asyncio.get_running_loop()
        for number in _STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup make run
                loop.add_signal_handler(number, self._signalled)
        self._watch = loop.create_task(self._watch_parent(os.getppid())) if "MAKELEVEL" in os.environ else None

    def _signalled(self) -> None:
        self._count += 1
        self.asked.set()
        if self._count >= _PATIENCE:
            self.insisted.set()
        elif self._count > 1:
            with contextlib.suppress(OSError):
                self._steps.say("still stopping; once more kills everything")

    async def _watch_parent(self, parent: int) -> None:
        async def is_gone() -> bool:
            return os.getppid() != parent

        await until("make to end", is_gone, every=0.2)
        self.asked.set()


async def run(layout: Layout, *, demo: bool = True, steps: Steps | None = None) -> int:
    """Start everything, keep it alive until told to stop, stop everything. Answers the exit code."""
    steps = steps or Steps()
    stop = _Stop(steps)
    try:
        with run_lock.only_run(layout):
            return await _run_locked(layout, steps, stop, demo=demo)
    except LocalFailure as failure:
        steps.say(f"[bold red]{escape(str(failure.args[0]))}[/]")
        if failure.remedy:
            steps.say(f"[yellow]→ {escape(failure.remedy)}[/]")
        return 1


async def _run_locked(layout: Layout, steps: Steps, stop: _Stop, *, demo: bool) -> int:
    if left := await run_lock.clear_killed_run(layout):
        steps.say(f"[yellow]a killed run had left {escape(', '.join(left))} running; stopped[/]")
    children.guardian.journal = run_lock.journal(layout)
    wiring = Wiring.to_start(layout)
    processes = Processes(layout, wiring)
    work = asyncio.create_task(_work(layout, wiring, processes, steps, demo=demo))
    asked = asyncio.create_task(stop.asked.wait())
    await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
    failed = work.done()
    work.cancel()
    asked.cancel()
    outcome = (await asyncio.gather(work, return_exceptions=True))[0]
    if failed and not isinstance(outcome, LocalFailure | asyncio.CancelledError):
        _say(steps, escape("".join(traceback.format_exception(outcome)) if outcome else "nothing to supervise"))
    await _end(processes, steps, stop)
    if failed:
        _say(steps, f"[bold]it failed; nothing is left running. Logs: {escape(str(layout.logs))}[/]")
    return 1 if failed else 0


async def _work(layout: Layout, wiring: Wiring, processes: Processes, steps: Steps, *, demo: bool) -> None:
    began = time.monotonic()
    processes.write_state()
    with steps:
        await StartUp(layout, wiring, processes, steps).run(demo=demo)
    processes.write_state(address=wiring.address)
    seconds = time.monotonic() - began
    size, count = memory.resident(processes.all())
    steps.say(f"\n[bold]Ieum is ready: {wiring.address}[/]")
    steps.say(f"started in {seconds:.1f} s; {memory.gigabytes(size)} resident in {count} processes")
    steps.say("Ctrl-C stops everything; make status, make logs\n")
    await processes.supervise(lambda text: steps.say(f"[yellow]{time.strftime('%H:%M:%S')} {escape(text)}[/]"))


async def _end(processes: Processes, steps: Steps, stop: _Stop) -> None:
    """Stop in order; at once when a person insists."""
    began = time.monotonic()
    _say(steps, "stopping …")
    stopping = asyncio.create_task(processes.stop())
    insisted = asyncio.create_task(stop.insisted.wait())
    await asyncio.wait({stopping, insisted}, return_when=asyncio.FIRST_COMPLETED)
    insisted.cancel()
    if not stopping.done():
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
        await processes.kill()
    await asyncio.to_thread(children.guardian.close)
    _say(steps, f"stopped in {time.monotonic() - began:.1f} s")


def _say(steps: Steps, markup: str) -> None:
    """The terminal may be gone by now (SIGHUP)."""
    with contextlib.suppress(OSError):
        steps.say(markup)
