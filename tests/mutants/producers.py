"""Producers for scenarios: the sound one, with something happening as a batch is handed over."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka.errors import KafkaTimeoutError

from ieum.messaging.relay import safe_producer


class Watched:
    """The kit's producer, with a coroutine before each batch goes out. It may raise, wait, or end the process."""

    def __init__(self, bootstrap: str, before: Callable[[], Awaitable[None]]) -> None:
        self._producer = safe_producer(bootstrap)
        self._before = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._producer, name)

    async def send_batch(self, *args: Any, **named: Any) -> Any:
        await self._before()
        return await self._producer.send_batch(*args, **named)


def watched(before: Callable[[], Awaitable[None]]) -> Callable[[str], Any]:
    """A `make_producer` that runs `before` ahead of every batch."""
    return lambda bootstrap: Watched(bootstrap, before)


class _Ending(Watched):
    """Ends the process once a batch is acknowledged, before anything else can happen."""

    async def send_batch(self, *args: Any, **named: Any) -> Any:
        await (await self._producer.send_batch(*args, **named))
        await self._before()


def then(after: Callable[[], Awaitable[None]]) -> Callable[[str], Any]:
    """A `make_producer` that runs `after` once a batch is acknowledged."""
    return lambda bootstrap: _Ending(bootstrap, after)


class _Refusing(Watched):
    """Takes batches without complaint, and says only in the acknowledgement that they were not kept."""

    async def send_batch(self, *args: Any, **named: Any) -> Any:
        try:
            await self._before()
        except KafkaTimeoutError as problem:
            acknowledgement = asyncio.get_running_loop().create_future()
            acknowledgement.set_exception(problem)
            acknowledgement.exception()  # looked at, so that nobody complains where a mutant never looks
            return acknowledgement
        return await self._producer.send_batch(*args, **named)


def refusing(times: int) -> Callable[[str], Any]:
    """A `make_producer` whose first `times` batches are not acknowledged."""
    left = times

    async def refuse() -> None:
        nonlocal left
        if left:
            left -= 1
            raise KafkaTimeoutError

    return lambda bootstrap: _Refusing(bootstrap, refuse)
