"""Work beside requests and events, begun again when it fails: once is a hiccup, again and again is a metric."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from prometheus_client import Counter

from ieum.messaging.failures import Backoff
from ieum.telemetry import log

RESTARTS = Counter("service_worker_restarts_total", "Times a worker failed and was started again", ["worker"])

_BACKOFF = Backoff(first=0.2, ceiling=15.0)
# Work that held for so long was well; its next failure is a first one.
_HELD_SECONDS = 60.0

S = TypeVar("S", contravariant=True)


class Worker(Protocol[S]):
    """`async def work(service: Service) -> None`: done when it returns; what is endless ends by being cancelled."""

    __name__: str

    def __call__(self, service: S, /) -> Awaitable[Any]:
        """Work to the end, or until cancelled."""


async def keep_running(name: str, work: Callable[[], Awaitable[Any]]) -> None:
    """Run `work` until it returns. When it raises it is started again, with growing pauses while it fails."""
    failures = 0
    while True:
        began = time.monotonic()
        try:
            await work()
        except Exception as failure:  # noqa: BLE001 -- no failure of a worker may end the others
            log.error("worker_failed", worker=name, exc_info=failure)
        else:
            log.info("worker_done", worker=name)
            return
        RESTARTS.labels(name).inc()
        failures = 1 if time.monotonic() - began > _HELD_SECONDS else failures + 1
        await asyncio.sleep(_BACKOFF.pause(failures))
