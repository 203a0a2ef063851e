"""Asking another service: with a token, within a deadline, and without making its trouble worse.

```python
registration = Peer("registration", "http://127.0.0.1:8001", as_service("notifications", key))
async with registration:
    answer = await registration.get("/contacts/p-1", params={"purpose": "match"})
```

Only requests that may be repeated are: GET, HEAD, PUT, DELETE, and any other with an Idempotency-Key. Never call a peer
inside a database transaction.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Self

import httpx
import stamina
import structlog
from prometheus_client import Counter, Gauge

from ieum.http.identity import SERVICE_ROLE, Caller, bearer, issue
from ieum.http.problems import Malformed, Unavailable
from ieum.telemetry import current_traceparent, log

CALLS = Counter("http_peer_calls_total", "Attempts to ask another service", ["peer", "outcome"])
OPEN = Gauge("http_peer_circuit_open", "1 while a peer is left in peace", ["peer"])

_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_PASSING_STATUS = frozenset({502, 503, 504})
_TOKEN_LIFETIME = timedelta(minutes=10)
_LONGEST_RETRY_AFTER = 5.0


class PeerUnavailable(Unavailable):
    """Another service that this answer needs is not available at the moment. Try again shortly."""

    ko = "이 응답에 필요한 다른 서비스를 일시적으로 이용할 수 없습니다. 잠시 후 다시 시도해 주세요."


class NotSendable(Malformed):
    """The request cannot be passed on as it was given: an address too long, or characters that HTTP does not allow."""

    ko = "요청을 그대로 전달할 수 없습니다. 주소가 너무 길거나 HTTP에서 허용하지 않는 문자가 있습니다."


class _TryAgain(Exception):
    """An attempt that failed in a way that may pass."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


def as_service(name: str, key: str) -> Callable[[], str]:
    """Tokens of the service `name`, made anew before they expire."""
    made: tuple[float, str] = (0.0, "")

    def token() -> str:
        nonlocal made
        now = time.monotonic()
        if now >= made[0]:
            caller = Caller(person_id=f"service:{name}", role=SERVICE_ROLE)
            made = (now + _TOKEN_LIFETIME.total_seconds() / 2, issue(key, caller, _TOKEN_LIFETIME))
        return made[1]

    return token


class Circuit:
    """Leaves a peer in peace after `failures` failures in a row: for `rest` seconds nothing is sent, then one try is.

    What is refused meanwhile is refused at once, so that callers do not queue up behind a peer that is away.
    """

    def __init__(self, failures: int = 5, rest: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = failures
        self._rest = rest
        self._clock = clock
        self._failed = 0
        self._closed_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the peer is being left in peace."""
        return self._failed >= self._most and self._clock() < self._closed_at

    def may_try(self) -> bool:
        """True when a request may be sent now. While resting it is False; after it, True once per rest."""
        if self._failed < self._most:
            return True
        if self._clock() < self._closed_at:
            return False
        self._closed_at = self._clock() + self._rest
        return True

    def succeeded(self) -> None:
        """The peer answered."""
        self._failed = 0

    def failed(self) -> None:
        """The peer did not answer, or said that it cannot."""
        self._failed += 1
        self._closed_at = self._clock() + self._rest


class Peer:
    """One other service. `token` gives the bearer token for calls that name none (a person's own, passed on).

    `deadline` bounds a call with all its attempts, `timeout` one attempt; seconds. Answers of any status but 502, 503
    and 504 are returned as they are. Raises PeerUnavailable or NotSendable, which a route may let out: the client gets
    a 503 or 400.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        token: Callable[[], str] | None = None,
        *,
        timeout: float = 5.0,
        deadline: float = 10.0,
        attempts: int = 3,
        circuit: Circuit | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.name = name
        self._token = token
        self._deadline = deadline
        self._attempts = attempts
        self._circuit = circuit or Circuit()
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(timeout, connect=2.0, pool=2.0),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30),
            transport=transport,
            # A proxy of the environment is for the outside world.
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """See `request`."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """See `request`. Repeated only with `idempotency_key`."""
        return await self.request("POST", path, **options)

    async def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        idempotency_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send a request and return the answer; `options` are httpx's (params, json, content, files)."""
        sent = {**_context_headers(), **(headers or {})}
        if bearing := token or (self._token() if self._token else None):
            sent.update(bearer(bearing))
        if idempotency_key:
            sent["Idempotency-Key"] = idempotency_key
        attempts = self._attempts if method in _REPEATABLE or idempotency_key else 1
        try:
            async with asyncio.timeout(self._deadline):
                async for attempt in stamina.retry_context(
                    on=_again,
                    attempts=attempts,
                    timeout=self._deadline,
                    wait_initial=0.1,
                    wait_max=2.0,
                    wait_jitter=0.5,
                ):
                    with attempt:
                        return await self._attempt(method, path, headers=sent, **options)
        except (_TryAgain, TimeoutError) as failure:
            log.warning("peer_unavailable", peer=self.name, reason=str(failure) or "deadline")
            raise PeerUnavailable from failure
        raise AssertionError("unreachable")

    async def _attempt(self, method: str, path: str, **options: Any) -> httpx.Response:
        # What never left this process says nothing about the peer: counted against it, one client's odd input would
        # close the peer to everybody.
        try:
            request = self._client.build_request(method, path, **options)
        except (httpx.InvalidURL, ValueError, TypeError) as failure:
            raise self._not_sendable(failure) from failure
        if not self._circuit.may_try():
            CALLS.labels(self.name, "spared").inc()
            raise PeerUnavailable
        try:
            answer = await self._client.send(request)
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol) as failure:
            raise self._not_sendable(failure) from failure
        except httpx.TransportError as failure:
            self._failed(type(failure).__name__)
            raise _TryAgain(type(failure).__name__) from failure
        if answer.status_code in _PASSING_STATUS:
            self._failed(str(answer.status_code))
            raise _TryAgain(str(answer.status_code), after=_retry_after(answer))
        self._circuit.succeeded()
        OPEN.labels(self.name).set(0)
        CALLS.labels(self.name, "answered").inc()
        return answer

    def _not_sendable(self, failure: Exception) -> NotSendable:
        CALLS.labels(self.name, "not_sendable").inc()
        log.warning("request_not_sendable", peer=self.name, reason=type(failure).__name__)
        return NotSendable()

    def _failed(self, outcome: str) -> None:
        self._circuit.failed()
        OPEN.labels(self.name).set(self._circuit.is_open)
        CALLS.labels(self.name, outcome).inc()


def _again(failure: Exception) -> bool | float:
    """Whether to try again, or after how many seconds exactly."""
    if not isinstance(failure, _TryAgain):
        return False
    return failure.after if failure.after is not None else True


def _retry_after(answer: httpx.Response) -> float | None:
    given = answer.headers.get("retry-after", "")
    return min(float(given), _LONGEST_RETRY_AFTER) if given.isdigit() else None


def _context_headers() -> dict[str, str]:
    """The request and trace at work, so that one journey reads as one in every service's log."""
    found = {}
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        found["X-Request-Id"] = str(request_id)
    if traceparent := current_traceparent():
        found["traceparent"] = traceparent
    return found
