"""Bounded waiting that says what it waited for."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


class NeverHappened(AssertionError):
    """What a test waited for did not come true in time."""


@overload
async def eventually(
    what: str, probe: Callable[[], Awaitable[T | None]], *, within: float = ..., every: float = ...
) -> T: ...


@overload
async def eventually(what: str, probe: Callable[[], T | None], *, within: float = ..., every: float = ...) -> T: ...


async def eventually(what: str, probe: Callable[[], Any], *, within: float = 30.0, every: float = 0.02) -> Any:
    """Call `probe` until it returns something true, and return that. Raises NeverHappened.

    An exception of the probe counts as "not yet" and is shown when time runs out. Times are seconds.
    """
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            answer = probe()
            value = await answer if inspect.isawaitable(answer) else answer
            if value:
                return value
            last = value
        except Exception as problem:  # noqa: BLE001 -- shown below
            last = problem
        if time.monotonic() > deadline:
            raise NeverHappened(f"{what}: not within {within} s; last: {last!r}")
        await asyncio.sleep(every)
