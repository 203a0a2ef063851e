"""A TCP proxy whose ways can be stalled in one direction, slowed down or cut, while programs talk through it."""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from typing import Literal, cast

Direction = Literal["to", "from"]
"""As the client sees it: `to` the server, `from` the server."""


class Link:
    """A way from clients to one server, on a port of its own. Troubles hold until `heal`; connections survive a stall.

    `upstream`: the server's port, asked at each connection.
    """

    def __init__(self, name: str, upstream: Callable[[], int], port: int = 0) -> None:
        self.name = name
        self.port = port
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._ends: set[_End] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self.stalled: frozenset[Direction] = frozenset()
        self.delay = 0.0
        self.is_cut = False
        self.attempts = 0
        """How often somebody has connected, also in vain."""

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more and end all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._connecting:
            task.cancel()
        self._abort()

    # -- troubles

    def stall(self, direction: Direction) -> None:
        """Carry nothing in this direction; the senders feel it when their buffers are full."""
        self.stalled |= {direction}

    def slow(self, seconds: float) -> None:
        """Let everything take so much longer, in both directions."""
        self.delay = seconds

    def cut(self) -> None:
        """End all connections and take no new ones."""
        self.is_cut = True
        self._abort()

    def heal(self) -> None:
        """Carry everything at once again, what was held back first."""
        self.stalled, self.delay, self.is_cut = frozenset(), 0.0, False
        for end in list(self._ends):
            end.release()

    # -- connections

    def _abort(self) -> None:
        for end in list(self._ends):
            end.transport.abort()

    def _accept(self) -> "_End":
        return _End(self, "to")

    def met(self, end: "_End") -> None:
        """A connection end is there; one of a client needs its other side."""
        self._ends.add(end)
        self.attempts += end.direction == "to"
        if self.is_cut:
            end.transport.abort()
        elif end.direction == "to":
            end.transport.pause_reading()
            task = asyncio.get_running_loop().create_task(self._join(end))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _join(self, client: "_End") -> None:
        try:
            _, server = await asyncio.get_running_loop().create_connection(
                lambda: _End(self, "from"), "127.0.0.1", self._upstream()
            )
        except OSError:
            client.transport.abort()
            return
        client.peer, server.peer = server, client
        if client.transport.is_closing():
            server.transport.abort()
        else:
            client.joined()
            server.joined()

    def lost(self, end: "_End") -> None:
        """A connection end is gone, and so is the other."""
        self._ends.discard(end)
        if end.peer is not None:
            end.release()
            end.peer.transport.close()


class _End(asyncio.Protocol):
    """One end of a connection; what it reads goes to its peer."""

    def __init__(self, link: Link, direction: Direction) -> None:
        self._link = link
        self.direction: Direction = direction
        self.peer: _End | None = None
        self._held: deque[bytes] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._link.met(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._link.lost(self)

    def data_received(self, data: bytes) -> None:
        link = self._link
        # An end that is paused as it is made reads all the same in the first releases of Python 3.11 (seen in 3.11.2).
        if self.peer is None or self.direction in link.stalled:
            self._held.append(data)
            self.transport.pause_reading()
        elif link.delay or self._held:
            self._held.append(data)
            asyncio.get_running_loop().call_later(link.delay, self._pass_one)
        else:
            self._pass(data)

    def _pass(self, data: bytes) -> None:
        if self.peer is not None and not self.peer.transport.is_closing():
            self.peer.transport.write(data)

    def _pass_one(self) -> None:
        if self._held and self.direction not in self._link.stalled:
            self._pass(self._held.popleft())

    def joined(self) -> None:
        """The peer is there: pass on what came before it, and read."""
        if self.direction in self._link.stalled:
            self.transport.resume_reading()
        else:
            self.release()

    def release(self) -> None:
        """Pass on what was held back and read again."""
        while self._held:
            self._pass(self._held.popleft())
        if not self.transport.is_closing() and self.peer is not None:
            self.transport.resume_reading()

    def pause_writing(self) -> None:
        if self.peer is not None and not self.peer.transport.is_closing():
            self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.peer is not None and not self.peer.transport.is_closing() and not self.peer._held:
            self.peer.transport.resume_reading()
