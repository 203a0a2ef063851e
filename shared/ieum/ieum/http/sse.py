"""Server-sent events: a stream that says it is alive, ends cleanly at shutdown, and lets a client go on where it was.

```python
@router.get("/stream")
async def live(request: Request, caller: …, last: LastEventNumber) -> EventStream:
    return EventStream(request, frames_for(caller, after=last))     # an async iterator of `frame(…)`
```

Frames are bytes, so that one encoded frame can be sent to any number of clients.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from prometheus_client import Gauge
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from ieum.http.identity import seconds_left
from ieum.http.problems import FieldError, Invalid
from ieum.telemetry import log

CONNECTIONS = Gauge("http_sse_connections", "Open event streams", ["route"])

HEARTBEAT_SECONDS = 15.0
"""Proxies cut a silent connection after 30 to 60 seconds."""

_RECONNECT_MILLISECONDS = 2_000
# A client that reads nothing for so long is gone or broken, and its unread frames are our memory.
_STALLED_SECONDS = 30.0


def frame(data: BaseModel | str, *, event: str | None = None, id: str | int | None = None) -> bytes:
    """One event, encoded. A model becomes JSON; a text is sent as it is, line by line."""
    text = data.model_dump_json() if isinstance(data, BaseModel) else data
    return format_sse_event(data_str=text, event=event, id=None if id is None else str(id))


class EventStream(Response):
    """Answers with frames as they come, a heartbeat when none comes, and ends at shutdown.

    It also ends with the token that opened it: clients come back by themselves with their last event, and whoever may
    not listen any more gets no new token. The iterator is closed whatever ends the stream.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        request: Request,
        frames: AsyncIterator[bytes],
        *,
        heartbeat: float = HEARTBEAT_SECONDS,
        # FastAPI reads the default from here when it describes a route with this response class.
        status_code: int = 200,
    ) -> None:
        super().__init__(
            status_code=status_code,
            headers={
                "Cache-Control": "no-cache, no-transform",
                # nginx buffers answers unless told otherwise; then nothing is live.
                "X-Accel-Buffering": "no",
            },
        )
        del self.headers["content-length"]
        self._frames = frames
        self._heartbeat = heartbeat
        self._closing: asyncio.Event = request.app.state.closing
        self._seconds_left = seconds_left(request)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the iterator, the client or the service ends; ASGI."""
        route = str(getattr(scope.get("route"), "path", "unmatched"))
        with CONNECTIONS.labels(route).track_inprogress():
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            # At once, so that the client knows it is connected before the first event.
            await send(_body(b": connected\n" + format_sse_event(retry=_RECONNECT_MILLISECONDS)))
            ends: list[asyncio.Task[Any]] = [
                asyncio.create_task(_disconnected(receive)),
                asyncio.create_task(self._closing.wait()),
            ]
            if self._seconds_left is not None:
                ends.append(asyncio.create_task(asyncio.sleep(self._seconds_left)))
            try:
                await self._pump(send, ends)
            finally:
                for task in ends:
                    task.cancel()
                await asyncio.gather(*ends, return_exceptions=True)
                if isinstance(self._frames, AsyncGenerator):
                    await self._frames.aclose()

    async def _pump(self, send: Send, ends: list[asyncio.Task[Any]]) -> None:
        upcoming = asyncio.ensure_future(anext(self._frames, None))
        try:
            while True:
                await asyncio.wait([upcoming, *ends], timeout=self._heartbeat, return_when=asyncio.FIRST_COMPLETED)
                if any(task.done() for task in ends):
                    break
                chunk = KEEPALIVE_COMMENT
                if upcoming.done():
                    if (found := upcoming.result()) is None:
                        break
                    chunk = found
                    upcoming = asyncio.ensure_future(anext(self._frames, None))
                async with asyncio.timeout(_STALLED_SECONDS):
                    await send(_body(chunk))
            await send(_body(b"", more=False))
        except TimeoutError:
            log.info("sse_client_stalled")
        finally:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)


def _body(chunk: bytes, *, more: bool = True) -> dict[str, object]:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _last_event_id(
    header: Annotated[str | None, Header(alias="Last-Event-ID", max_length=200)] = None,
    query: Annotated[
        str | None, Query(alias="last_event_id", max_length=200, description="Where no header can be set")
    ] = None,
) -> str | None:
    return header or query or None


async def _last_event_number(last: Annotated[str | None, Depends(_last_event_id)]) -> int | None:
    if last is None:
        return None
    if not (last.isascii() and last.isdigit() and len(last) <= 18):
        raise Invalid(errors=[FieldError(field="last-event-id", rule="a whole number", ko="정수여야 합니다")])
    return int(last)


LastEventNumber = Annotated[int | None, Depends(_last_event_number)]
"""The id of the last event the client has seen, from the header or `?last_event_id=`; None on a first connection.

Ids are numbers; anything else is refused with 422.
"""
