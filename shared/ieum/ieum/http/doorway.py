"""The outermost layer of every service: request ids, turns, one log line, metrics, and always an answer."""

import re
import time
import uuid
from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ieum.http.problems import BodyTooLarge, InternalError, Problem
from ieum.http.turns import TooMuchAtOnce, Turns
from ieum.telemetry import log, log_context

REQUESTS = Counter("http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "http_request_seconds",
    "Time until the answer began",
    ["method", "route"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered, streams included")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,100}")
# Probes and scrapes every few seconds would bury what people did.
_UNLOGGED = frozenset({"/livez", "/readyz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

Answered = Callable[[Request, Problem], Response]
"""A problem as an answer to a request: `ieum.http.errors.answer_with`."""


class Doorway:
    """Wraps the whole application. `X-Request-Id` is taken over when well-formed, else made, and always answered."""

    def __init__(self, app: ASGIApp, answered: Answered, turns: Turns) -> None:
        self.app = app
        self._answered = answered
        self._turns = turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        scope["ieum.request_id"] = request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        # HEAD is answered as GET is, without the body; FastAPI's routes know only what they were given.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        visit = _Visit(inner, receive, send, request_id, self._answered, scope["method"])
        with log_context(request_id=request_id), IN_FLIGHT.track_inprogress():
            try:
                async with self._turns.taken(headers) as end_turn:
                    visit.when_answered = end_turn
                    await self.app(inner, receive, visit.send)
            except TooMuchAtOnce as problem:
                await visit.refuse(problem)
            except ClientDisconnect:
                visit.status = visit.status or 499
            except Exception as failure:  # noqa: BLE001 -- the last place where anything can be answered at all
                await visit.fail(failure)
            finally:
                visit.count()


class _Visit:
    """One request and the beginning of its answer."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, answered: Answered, method: str
    ) -> None:
        self._scope = scope
        self._method = method if method in _METHODS else "OTHER"
        self._receive = receive
        self._send = send
        self._request_id = request_id
        self._answered = answered
        self._began = time.perf_counter()
        self._seconds: float | None = None
        self._ended = False
        self.status = 0
        self.when_answered: Callable[[], None] = lambda: None
        """Called when the answer begins: a stream may go on for hours, and is no work."""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self.status:
            self._seconds = time.perf_counter() - self._began
            self.status = message["status"]
            self.when_answered()
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            # Starlette's body limit answers in plain text; everything here is a problem document.
            if self.status == BodyTooLarge.status and headers.get("content-type", "").startswith("text/plain"):
                self._ended = True
                await self._answer(BodyTooLarge())
                return
        if self._ended:
            return
        await self._send(message)
        if message["type"] == "http.response.start" and self._method == "HEAD":
            # Ended here, so that an endless stream ends, too.
            self._ended = True
            await self._send({"type": "http.response.body", "body": b""})

    async def fail(self, failure: Exception) -> None:
        log.error("request_failed", method=self._method, route=self._route(), exc_info=failure)
        if not self.status:
            self.status = InternalError.status
            await self._answer(InternalError())

    async def refuse(self, problem: Problem) -> None:
        self.status = problem.status
        await self._answer(problem)

    async def _answer(self, problem: Problem) -> None:
        response = self._answered(Request(self._scope), problem)
        response.headers["X-Request-Id"] = self._request_id
        response.headers["Connection"] = "close"
        await response(self._scope, self._receive, self._send)

    def count(self) -> None:
        method, route = self._method, self._route()
        REQUESTS.labels(method, route, str(self.status)).inc()
        seconds = self._seconds if self._seconds is not None else time.perf_counter() - self._began
        SECONDS.labels(method, route).observe(seconds)
        if self._scope["path"] not in _UNLOGGED:
            log.info("request", method=method, route=route, status=self.status, milliseconds=round(seconds * 1000, 1))

    def _route(self) -> str:
        """The path's template: paths themselves are without number, and may name a person."""
        return str(getattr(self._scope.get("route"), "path", None) or "unmatched")
