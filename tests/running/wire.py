"""HTTP/1.1 as the services' own server speaks it, over kept connections, for many clients at little cost.

httpx took more processor time for a request than the service took to answer it, and both share two cores.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

_ANSWER_SECONDS = 3.0
"""Less than a process may be frozen, so that clients go to the other one in the meantime."""
_CONNECT_SECONDS = 1.0

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Address = tuple[str, int]


class Unanswered(Exception):
    """The connection was refused or broke, or nothing came in time: nobody knows what became of the request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a body, and what it says about coming again."""

    status: int
    content: bytes
    retry_after: str = ""

    def json(self) -> Any:
        """The body. Raises ValueError."""
        return json.loads(self.content)


class Wire:
    """Connections that are kept for the next request to the same process."""

    def __init__(self, seconds: float = _ANSWER_SECONDS) -> None:
        self._seconds = seconds
        self._idle: defaultdict[Address, list[Connection]] = defaultdict(list)

    def close(self) -> None:
        """Drop all idle connections."""
        for connections in self._idle.values():
            for _, writer in connections:
                writer.close()
        self._idle.clear()

    async def request(
        self, address: Address, method: str, path: str, headers: Mapping[str, str], body: Any = None, **query: Any
    ) -> Reply:
        """Ask and wait for the answer. Raises Unanswered."""
        content = b"" if body is None else json.dumps(body).encode()
        target = f"{path}?{urlencode(query)}" if query else path
        lines = [f"{method} {target} HTTP/1.1", f"Host: {address[0]}:{address[1]}", f"Content-Length: {len(content)}"]
        lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        writer: asyncio.StreamWriter | None = None
        try:
            reader, writer = await self._connection(address)
            async with asyncio.timeout(self._seconds):
                writer.write("\r\n".join(lines).encode() + content)
                reply, kept = await _read(reader)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as problem:
            if writer is not None:
                writer.transport.abort()
            raise Unanswered(type(problem).__name__) from problem
        except asyncio.CancelledError:
            if writer is not None:
                writer.transport.abort()
            raise
        if kept:
            self._idle[address].append((reader, writer))
        else:
            writer.close()
        return reply

    async def _connection(self, address: Address) -> Connection:
        idle = self._idle[address]
        while idle:
            reader, writer = idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        async with asyncio.timeout(_CONNECT_SECONDS):
            return await asyncio.open_connection(*address)


async def _read(reader: asyncio.StreamReader) -> tuple[Reply, bool]:
    """An answer, and whether the connection is kept."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status, _, fields = head.partition(b"\r\n")
    found = dict(line.split(b": ", 1) for line in fields.split(b"\r\n") if b": " in line)
    length = int(found.get(b"content-length", b"0"))
    content = await reader.readexactly(length) if length else b""
    reply = Reply(int(status.split()[1]), content, found.get(b"retry-after", b"").decode())
    return reply, found.get(b"connection") != b"close"
