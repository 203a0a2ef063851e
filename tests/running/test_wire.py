"""The clients' HTTP: answers are read whole, connections are kept, and what breaks is said to be unanswered."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ieum.testing import eventually

from .wire import Unanswered, Wire


class Server:
    """Answers each request with the next of `answers`; None: hangs up without an answer."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.asked: list[bytes] = []
        self.connections = 0
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                if (answer := self.answers.pop(0)) is None:
                    return
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.open -= 1
            writer.close()


@pytest.fixture
async def served() -> AsyncIterator[tuple[Server, Wire, tuple[str, int]]]:
    server, wire = Server(), Wire(seconds=0.5)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    yield server, wire, listening.sockets[0].getsockname()
    wire.close()
    await eventually("the server's connections to end", lambda: server.open == 0)
    listening.close()


async def test_answers_are_read_whole_over_one_connection(served: tuple[Server, Wire, tuple[str, int]]) -> None:
    server, wire, address = served
    server.answers = [
        b'HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"a": 10}',
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 409 Conflict\r\ncontent-length: 2\r\nConnection: close\r\n\r\n{}",
    ]

    first = await wire.request(address, "POST", "/things", {"If-Match": '"1"'}, {"b": 1})
    second = await wire.request(address, "GET", "/things", {}, limit=3)
    third = await wire.request(address, "PUT", "/things", {}, {})

    assert (first.status, first.json()) == (201, {"a": 10})
    assert (second.status, second.content) == (204, b"")
    assert (third.status, third.json()) == (409, {})
    assert server.connections == 1
    assert server.asked[0].startswith(b"POST /things HTTP/1.1\r\n")
    assert server.asked[0].endswith(b'\r\nIf-Match: "1"\r\n\r\n{"b": 1}')
    assert server.asked[1].startswith(b"GET /things?limit=3 HTTP/1.1\r\n")


@pytest.mark.parametrize("answer", [None, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b""])
async def test_a_broken_half_or_missing_answer_is_no_answer(
    served: tuple[Server, Wire, tuple[str, int]], answer: bytes | None
) -> None:
    server, wire, address = served
    server.answers = [answer]

    with pytest.raises(Unanswered):
        await wire.request(address, "GET", "/", {})


async def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(Unanswered, match="ConnectionRefusedError"):
        await Wire().request(("127.0.0.1", 1), "GET", "/", {})
