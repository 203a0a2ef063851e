"""
The other services as the pages see them: a typed, narrow view of each answer, or an honest absence.

A page never fails because a service does: what cannot be had is `Unavailable`, what a service refuses is `Refused`
with the problem it answered (RFC 9457), and the page says either in the place where the answer would have stood.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ieum.http import Peer, PeerUnavailable
from ieum.http.identity import bearer
from ieum.telemetry import log

T = TypeVar("T")

SERVICES = ("registration", "matching", "notifications", "evaluation")


class View(BaseModel):
    """What the pages need of an answer; whatever else it carries is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Items(View, Generic[T]):
    """One stretch of a list, and the cursor to go on with."""

    items: list[T]
    next: str | None = None


class FieldError(View):
    """A rule that a field breaks, in English and Korean."""

    field: str = ""
    rule: str = ""
    ko: str | None = None


class Problem(View):
    """A problem answer: its title and detail are already in the reader's language."""

    type: str = "about:blank"
    title: str = ""
    status: int = 500
    detail: str | None = None
    errors: list[FieldError] | None = None


class PartState(View):
    """How one part of a service is: ok, or why not."""

    status: str
    reason: str | None = None


class Readiness(View):
    """What a service answers at /readyz."""

    status: str
    parts: dict[str, PartState] = Field(default_factory=dict)


class Unavailable(Exception):
    """The service did not answer, or not in a way that can be understood."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


class Refused(Exception):
    """The service answered with a problem."""

    def __init__(self, service: str, problem: Problem) -> None:
        super().__init__(f"{service}: {problem.status} {problem.type}")
        self.service = service
        self.problem = problem


@dataclass(frozen=True)
class Section(Generic[T]):
    """A part of a page: the value it shows, or why there is none."""

    value: T | None = None
    absent: Unavailable | None = None
    refused: Problem | None = None

    @property
    def there(self) -> bool:
        """Whether the service answered what was asked."""
        return self.absent is None and self.refused is None


async def section(asked: Awaitable[T]) -> Section[T]:
    """Waits for an answer and keeps its absence or refusal instead of raising it."""
    try:
        return Section(value=await asked)
    except Unavailable as absent:
        return Section(absent=absent)
    except Refused as refused:
        return Section(refused=refused.problem)


_READERS: dict[Any, TypeAdapter[Any]] = {}


def _reader(shape: type[T]) -> TypeAdapter[T]:
    """Building one costs more than reading with it, so each shape's is kept."""
    if shape not in _READERS:
        _READERS[shape] = TypeAdapter(shape)
    return _READERS[shape]


class NotAnId(Exception):
    """Nothing has such an id."""


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


def part(value: str) -> str:
    """An id as one segment of a path, so that nothing typed by a visitor can lead to another route. Raises NotAnId."""
    if not is_id(value):
        raise NotAnId
    return value


def free_part(value: str) -> str:
    """Any text as one segment of a path, for the key of an event that nobody could read. Raises NotAnId."""
    # Dots alone would be taken for the folder above, whichever way they are written.
    if value in ("", ".", "..") or len(value) > 2_000:
        raise NotAnId
    return quote(value, safe="")


def is_id(value: str) -> bool:
    """Whether something may have this id."""
    return _ID.fullmatch(value) is not None


class Lines:
    """The connections to the other services, shared by all visits."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        # A page would rather say that something is missing than keep its reader waiting.
        self._peers = {name: Peer(name, url, timeout=4.0, deadline=5.0, attempts=2) for name, url in urls.items()}
        # Files on their way in: they hold their connection for as long as they take, and others wait.
        self._files = {name: httpx.AsyncClient(base_url=url, trust_env=False) for name, url in urls.items()}
        # What never waits for a connection: every open page holds one, and readiness is asked just when all is held.
        unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        self._streams = {
            name: httpx.AsyncClient(base_url=url, trust_env=False, limits=unlimited) for name, url in urls.items()
        }

    def to(self, service: str, token: str, headers: Mapping[str, str]) -> "Asking":
        """A service, asked with a token and the headers that speak of the visitor."""
        return Asking(self._peers[service], self._files[service], self._streams[service], token, headers)

    async def readiness(self, service: str) -> Readiness | None:
        """What a service says of itself; None when it says nothing. Asked past the retries and pauses of pages."""
        try:
            answer = await self._streams[service].get("/readyz", timeout=4.0)
            return Readiness.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError):
            return None

    async def close(self) -> None:
        """Closes all of them."""
        await asyncio.gather(*(peer.close() for peer in self._peers.values()))
        clients = (*self._files.values(), *self._streams.values())
        await asyncio.gather(*(client.aclose() for client in clients))


class Asking:
    """One service, asked on behalf of one visitor."""

    def __init__(
        self,
        peer: Peer,
        files: httpx.AsyncClient,
        streams: httpx.AsyncClient,
        token: str,
        headers: Mapping[str, str],
    ) -> None:
        self.service = peer.name
        self._peer = peer
        self._files = files
        self._streams = streams
        self._token = token
        self._headers = dict(headers)

    async def get(self, shape: type[T], path: str, **query: object) -> T:
        """Reads; query values that are None are left out."""
        return self._understood(shape, await self._ask("GET", path, params=_given(query)))

    async def tagged(self, shape: type[T], path: str, **query: object) -> tuple[T, str]:
        """Reads something that can be changed, with its entity tag for If-Match."""
        answer = await self._ask("GET", path, params=_given(query))
        return self._understood(shape, answer), answer.headers.get("etag", "")

    async def send(self, shape: type[T], method: str, path: str, body: object = None, *, key: str, tag: str = "") -> T:
        """
        Changes something. The same idempotency key with the same body has one effect, however often it is sent;
        with an entity tag the change is refused when someone else was faster.
        """
        headers = {"If-Match": tag} if tag else {}
        return self._understood(shape, await self._ask(method, path, json=body, idempotency_key=key, headers=headers))

    async def upload(self, shape: type[T], path: str, name: str, content: BinaryIO, *, key: str, **query: object) -> T:
        """Hands a file on in pieces, without holding it in memory. Not repeated: the pieces are gone."""
        try:
            answer = await self._files.post(
                path,
                params=_given(query),
                files={"file": (name, content, "application/octet-stream")},
                headers={**self._headers, **bearer(self._token), "Idempotency-Key": key},
                timeout=httpx.Timeout(120.0, connect=2.0),
            )
        except httpx.HTTPError as failure:
            raise self._silent(failure) from failure
        return self._understood(shape, self._accepted(answer))

    @asynccontextmanager
    async def stream(self, path: str, **headers: str) -> AsyncIterator[httpx.Response]:
        """An answer that goes on: live events, or a file to download. How long is not limited."""
        request = self._streams.build_request(
            "GET",
            path,
            headers={**self._headers, **bearer(self._token), **headers},
            timeout=httpx.Timeout(5.0, read=None, connect=2.0),
        )
        try:
            answer = await self._streams.send(request, stream=True)
        except httpx.HTTPError as failure:
            raise self._silent(failure) from failure
        try:
            if answer.is_error:
                await answer.aread()
            yield self._accepted(answer)
        finally:
            await answer.aclose()

    async def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        try:
            answer = await self._peer.request(
                method, path, token=self._token, headers={**self._headers, **(headers or {})}, **options
            )
        except PeerUnavailable:
            raise Unavailable(self.service) from None
        return self._accepted(answer)

    def _accepted(self, answer: httpx.Response) -> httpx.Response:
        if not answer.is_error:
            return answer
        if answer.status_code >= 500:
            log.warning("service_failed", asked=self.service, status=answer.status_code)
            raise Unavailable(self.service)
        try:
            problem = Problem.model_validate_json(answer.content)
        except ValidationError:
            problem = Problem(title=answer.reason_phrase)
        raise Refused(self.service, problem.model_copy(update={"status": answer.status_code}))

    def _silent(self, failure: Exception) -> Unavailable:
        log.warning("service_unreachable", asked=self.service, reason=type(failure).__name__)
        return Unavailable(self.service)

    def _understood(self, shape: type[T], answer: httpx.Response) -> T:
        try:
            value: T = _reader(shape).validate_json(answer.content)
        except ValidationError as misfit:
            # Only which fields do not fit: the answer itself may hold personal data.
            fields = [".".join(map(str, error["loc"])) for error in misfit.errors(include_input=False)][:5]
            log.error("answer_not_understood", asked=self.service, fields=fields)
            raise Unavailable(self.service) from None
        return value


def _given(query: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items() if value is not None}
