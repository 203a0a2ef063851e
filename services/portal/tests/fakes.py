"""
The other services as real HTTP servers that speak their shapes, for page tests: what they answer is set by the test,
what they were asked is kept.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ieum.testing.probes import eventually

Answer = Any
"""A JSON value, a finished Response, or a function of the request."""


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Fake:
    """One service."""

    name: str
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    away: bool = False
    url: str = ""

    def says(self, method: str, path: str, answer: Answer) -> None:
        """What it answers from now on."""
        self.answers[(method, path)] = answer

    def was_asked(self, method: str, path: str) -> list[Asked]:
        """Requests that arrived, in order."""
        return [one for one in self.asked if (one.method, one.path) == (method, path)]

    async def answer(self, request: Request) -> Response:
        asked = Asked(
            request.method,
            request.url.path,
            dict(request.query_params),
            dict(request.headers),
            await request.body(),
        )
        self.asked.append(asked)
        if self.away:
            return Response(status_code=500)
        found = self.answers.get((asked.method, asked.path))
        if callable(found) and not isinstance(found, Response):
            found = found(asked)
        if found is None:
            return problem(404, "Not found")
        return found if isinstance(found, Response) else JSONResponse(found)


def problem(status: int, title: str, *errors: tuple[str, str, str], detail: str | None = None) -> Response:
    """A problem answer; errors are (field, rule, Korean rule)."""
    body: dict[str, Any] = {"type": "urn:ieum:problem:some-problem", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = [{"field": name, "rule": rule, "ko": ko} for name, rule, ko in errors]
    return JSONResponse(body, status, media_type="application/problem+json")


def events(*frames: str) -> Callable[[Asked], Response]:
    """A live stream that sends these frames and then stays silent."""

    async def pieces() -> AsyncIterator[str]:
        for frame in frames:
            yield frame
        await asyncio.Event().wait()

    return lambda _: StreamingResponse(pieces(), media_type="text/event-stream")


@asynccontextmanager
async def listening(server: uvicorn.Server) -> AsyncIterator[str]:
    """A server within the test's own loop; gives its address and stops it in the end."""
    # serve() would take the process's signals, which are pytest's.
    task = asyncio.create_task(server._serve())
    await eventually("the server listens", lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def running(*names: str) -> AsyncIterator[dict[str, Fake]]:
    """The named services, each listening on a port of its own."""
    fakes = {name: Fake(name) for name in names}
    async with AsyncExitStack() as stack:
        for fake in fakes.values():
            app = Starlette(routes=[Route("/{path:path}", fake.answer, methods=["GET", "POST", "PUT"])])
            config = uvicorn.Config(
                app, port=0, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
            )
            fake.url = await stack.enter_async_context(listening(uvicorn.Server(config)))
        yield fakes
