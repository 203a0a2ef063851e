"""The proxy carries, holds back in one direction, delays, cuts, and goes on as if nothing had been."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from ieum.testing import eventually

from .proxy import Link

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Server:
    """Keeps what it is sent and answers it in upper case."""

    def __init__(self) -> None:
        self.got = b""
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                self.got += data
                writer.write(data.upper())
        writer.close()
        self.open -= 1


_writers: list[asyncio.StreamWriter] = []


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, Link]]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    link = Link("test", lambda: listening.sockets[0].getsockname()[1])
    await link.start()
    yield server, link
    while _writers:
        writer = _writers.pop()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    await link.stop()
    await eventually("the server's connections to end", lambda: server.open == 0)
    listening.close()


async def connect(link: Link) -> Streams:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    _writers.append(writer)
    return reader, writer


async def ask(streams: Streams, text: bytes) -> bytes:
    streams[1].write(text)
    return await asyncio.wait_for(streams[0].readexactly(len(text)), 5)


async def test_what_is_sent_arrives_and_is_answered(server: tuple[Server, Link]) -> None:
    streams = await connect(server[1])
    much = b"a" * 3_000_000

    assert await ask(streams, b"one") == b"ONE"
    assert await ask(streams, much) == much.upper()


async def test_a_stalled_direction_holds_back_and_then_delivers_in_order(server: tuple[Server, Link]) -> None:
    streams = await connect(server[1])
    await ask(streams, b"one")

    server[1].stall("to")
    streams[1].write(b"two")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(streams[0].readexactly(3), 0.3)
    assert server[0].got == b"one"
    server[1].heal()

    assert await ask(streams, b"three") == b"TWOTH"
    assert server[0].got == b"onetwothree"


async def test_answers_stall_while_requests_arrive(server: tuple[Server, Link]) -> None:
    streams = await connect(server[1])
    await ask(streams, b"one")

    server[1].stall("from")
    streams[1].write(b"two")
    await eventually("the request to arrive", lambda: server[0].got == b"onetwo")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(streams[0].readexactly(3), 0.3)
    server[1].heal()

    assert await asyncio.wait_for(streams[0].readexactly(3), 5) == b"TWO"


async def test_a_slow_link_takes_longer_both_ways(server: tuple[Server, Link]) -> None:
    streams = await connect(server[1])
    await ask(streams, b"one")

    server[1].slow(0.15)
    began = time.monotonic()
    assert await ask(streams, b"two") == b"TWO"

    assert time.monotonic() - began >= 0.3


async def test_a_cut_ends_connections_and_refuses_new_ones_until_healed(server: tuple[Server, Link]) -> None:
    streams = await connect(server[1])
    await ask(streams, b"one")

    server[1].cut()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await ask(streams, b"two")
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await ask(await connect(server[1]), b"three")
    server[1].heal()

    assert await ask(await connect(server[1]), b"four") == b"FOUR"
