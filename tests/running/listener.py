"""A browser's side of a message stream: reads frames, remembers the last id, notes when each frame came."""

import asyncio
import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from ieum.testing import eventually


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream; `at` is time.perf_counter() when its last byte was here."""

    number: int
    kind: str
    data: dict[str, Any]
    at: float


class Listener:
    """An open stream. `frames` grows until the block ends; `connected` is set once the service has answered.

    `most`: hang up after so many frames, as a page whose network went away. `after`: the Last-Event-ID.
    """

    def __init__(
        self, client: httpx.AsyncClient, headers: dict[str, str], *, after: int | None = None, most: int | None = None
    ) -> None:
        self._client = client
        self._headers = {**headers, **({} if after is None else {"Last-Event-ID": str(after)})}
        self._most = most
        self._reading: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        self.frames: list[Frame] = []

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(self._read())
        waiting = asyncio.create_task(self.connected.wait())
        await asyncio.wait({self._reading, waiting}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not self.connected.is_set():
            await self.__aexit__(None, None, None)
            raise AssertionError("the stream did not open")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._reading is not None
        self._reading.cancel()
        outcome = (await asyncio.gather(self._reading, return_exceptions=True))[0]
        if isinstance(outcome, Exception):
            raise outcome

    async def first(self, within: float = 20) -> Frame:
        """Wait for the first frame."""
        await eventually("something on the stream", lambda: bool(self.frames), within=within)
        return self.frames[0]

    async def full(self, within: float = 30) -> list[Frame]:
        """Wait until the stream hung up by itself (`most`), and return what came."""
        assert self._reading is not None
        await asyncio.wait_for(asyncio.shield(self._reading), within)
        return self.frames

    async def _read(self) -> None:
        fields: dict[str, str] = {}
        async with self._client.stream("GET", "/stream", headers=self._headers, timeout=None) as answer:
            assert answer.status_code == 200, f"{answer.status_code} {(await answer.aread()).decode()[:500]}"
            async for line in answer.aiter_lines():
                if line.startswith(":"):
                    self.connected.set()
                elif line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif "data" in fields:
                    self.frames.append(
                        Frame(int(fields["id"]), fields["event"], json.loads(fields["data"]), time.perf_counter())
                    )
                    fields = {}
                    if len(self.frames) == self._most:
                        return
                else:
                    fields = {}
