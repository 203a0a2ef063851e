"""Named places in the kit where a process kills itself, as a crash just there would. Loaded only by process.py.

A failpoint is armed by writing its name into the file that CHAOS_FAILPOINT names. Whichever process of the service
comes by first takes the file away and is gone: kill -9, so that nothing is finished, flushed or said.
"""

import contextlib
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

_FILE = os.environ.get("CHAOS_FAILPOINT", "")


def _reach(name: str) -> None:
    """Die here if this place is armed. Taking the file away decides which of several processes it is."""
    if not os.path.exists(_FILE):
        return
    with contextlib.suppress(OSError):
        if Path(_FILE).read_text() != name:
            return
        os.rename(_FILE, f"{_FILE}.{os.getpid()}")
        os.kill(os.getpid(), signal.SIGKILL)


def _before(name: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def reached(*args: Any, **kwargs: Any) -> Any:
        _reach(name)
        return await function(*args, **kwargs)

    return reached


def _after(name: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def reached(*args: Any, **kwargs: Any) -> Any:
        found = await function(*args, **kwargs)
        _reach(name)
        return found

    return reached


def install() -> None:
    """Put the failpoints around the kit's seams. A seam that is gone fails here, when the process starts."""
    from aiokafka import AIOKafkaProducer

    from ieum.http import writing
    from ieum.messaging import consumers, relay, store

    for holder, attribute, around, name in (
        # A part of the outbox rows that were read has gone to Kafka.
        (AIOKafkaProducer, "send_batch", _after, "relay-half-sent"),
        # All have, and are acknowledged; they are not deleted.
        (relay.Relay, "_delete", _before, "relay-sent"),
        # The handler has done its work, marks and positions are written; nothing is committed.
        (store, "save_positions", _after, "inbox-handled"),
        # All is committed; Kafka has not been told.
        (consumers.Consumer, "_commit_now_and_then", _before, "inbox-committed"),
        # A command has had its effect and its answer is stored; nothing is committed.
        (writing, "save_answer", _after, "answer-stored"),
        # All is committed; the client has no answer.
        (writing.Writing, "__call__", _after, "answer-committed"),
    ):
        setattr(holder, attribute, around(name, getattr(holder, attribute)))
