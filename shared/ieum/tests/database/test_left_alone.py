"""A server that is away is not stormed: not while it is away, and not when it comes back."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from ieum.database import Database, pool
from ieum.database.failures import is_away
from ieum.database.pool import LeftAlone
from ieum.testing import eventually


class Door:
    """A port at which everybody is turned away or, where it is `silent`, left to wait. `knocks` counts them."""

    def __init__(self) -> None:
        self.knocks = 0
        self.silent = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks += 1
        if self.silent:
            await reader.read()  # until the other side has had enough
        writer.close()


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, int]]:
    door = Door()
    server = await asyncio.start_server(door.serve, "127.0.0.1", 0)
    yield door, server.sockets[0].getsockname()[1]
    server.close()


async def ask(database: Database) -> Exception | None:
    try:
        await database.ping()
    except Exception as failure:  # noqa: BLE001 -- what it is, the test looks at
        return failure
    return None


async def test_however_many_ask_few_knock_at_a_server_that_is_away(door: tuple[Door, int]) -> None:
    knocked, port = door
    database = Database(f"postgresql://nobody@127.0.0.1:{port}/nothing?sslmode=disable", min_size=0, max_size=5)
    await database.open()
    await ask(database)
    before, began = knocked.knocks, time.monotonic()

    failures: list[Exception | None] = []

    async def have_asked() -> bool:
        failures.extend(await asyncio.gather(*(ask(database) for _ in range(20))))
        return time.monotonic() - began > 1.5 and len(failures) > 50

    await eventually("everybody to have asked for a while", have_asked)

    # One every 0.2 s at most.
    assert 1 <= knocked.knocks - before <= (time.monotonic() - began) / 0.2 + 1
    assert all(failure is not None and is_away(failure) for failure in failures)
    assert any(isinstance(failure, LeftAlone) for failure in failures)
    await database.close()


async def test_on_a_line_that_hangs_one_knocks_again_and_again(
    door: tuple[Door, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_KNOCK_SECONDS", 0.2)
    knocked, port = door
    database = Database(f"postgresql://nobody@127.0.0.1:{port}/nothing?sslmode=disable", min_size=0, max_size=5)
    await database.open()
    await ask(database)
    knocked.silent, before = True, knocked.knocks

    async def work() -> None:
        async with database.connection():
            pass

    async def third_knock() -> bool:
        await asyncio.gather(*(work() for _ in range(5)), return_exceptions=True)
        return knocked.knocks >= before + 3

    # With the patience of a healthy day the third knock would come after twenty seconds.
    await eventually("the third knock", third_knock, within=15)
    await database.close()


async def test_a_server_that_is_back_serves_everybody_within_a_moment(
    database: Database, door: tuple[Door, int]
) -> None:
    _, port = door
    returning = Database(f"postgresql://nobody@127.0.0.1:{port}/nothing?sslmode=disable", min_size=0)
    await returning.open()
    assert await ask(returning) is not None

    # It remembers that nobody was there; what answers at the address now is a real server.
    await returning.close()
    returning.dsn = database.dsn
    await returning.open()

    await eventually("somebody to be served", lambda: _served(returning))
    assert await asyncio.gather(*(ask(returning) for _ in range(20))) == [None] * 20
    await returning.close()


async def _served(database: Database) -> bool:
    return await ask(database) is None
