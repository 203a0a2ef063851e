"""One real process of a bank, for what only a signal can do: `python -m tests.mutants.process ROLE CLASS …`."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from .bank import Bank
from .kit import Kit
from .producers import then, watched

ROOT = Path(__file__).resolve().parents[2]
FATAL = 666


@asynccontextmanager
async def _process(bank: Bank, role: str, part: type, fault: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a part of the kit under test in a process of its own; killed at the end if it is still there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, role, f"{part.__module__}:{part.__qualname__}",
        bank.dsn, bank.bootstrap, bank.run, fault, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(30):
            yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def relaying_in_a_process(bank: Bank, fault: str) -> Any:
    """A relay that is "killed after a batch" or "frozen before a batch"."""
    return _process(bank, "relay", bank.kit.relay, fault)


def consuming_in_a_process(bank: Bank) -> Any:
    """A member of the group that is killed by the amount FATAL, in the middle of its transaction."""
    return _process(bank, "consumer", bank.kit.consumer)


async def _signal_myself(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def _freezing_once() -> Callable[[], Awaitable[None]]:
    """Stands still at its first call and not at those after it has woken."""
    signals = [signal.SIGSTOP]

    async def freeze() -> None:
        if signals:
            await _signal_myself(signals.pop())

    return freeze


async def _relay(bank: Bank, fault: str) -> None:
    killed = then(lambda: _signal_myself(signal.SIGKILL))
    producer = killed if fault == "killed after a batch" else watched(_freezing_once())
    async with bank.relaying(make_producer=producer) as relay:
        # On waking it might find the lease lost before its stale rows are gone: they are what this is about.
        relay._send_as_leader = lambda _, rows: relay._send(rows)
        await asyncio.Event().wait()


async def _consume(bank: Bank) -> None:
    def die(amounts: set[int]) -> None:
        if FATAL in amounts:
            os.kill(os.getpid(), signal.SIGKILL)

    bank.on_booking, bank.pause = die, 0.2
    async with bank.consuming(session_timeout_ms=6_000):
        await asyncio.Event().wait()


async def _main(role: str, part: str, dsn: str, bootstrap: str, run: str, fault: str) -> None:
    module, _, name = part.partition(":")
    found = getattr(import_module(module), name)
    bank = Bank(dsn, bootstrap, run, Kit(relay=found) if role == "relay" else Kit(consumer=found))
    await bank.open()
    await (_relay(bank, fault) if role == "relay" else _consume(bank))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
