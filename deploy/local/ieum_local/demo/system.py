"""The demo's way to the services: one HTTP client each, speaking as whoever acts."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from ieum.http import Caller
from ieum.http.identity import bearer, issue

T = TypeVar("T")
# As many requests at once as a handful of counters: enough to be quick, too few to be a load test.
AT_ONCE = 8


class Refused(Exception):
    """A service did not take what the demo sent; the text is the service's own."""


class System:
    """The running system, as the demo sees it."""

    def __init__(self) -> None:
        self._key = os.environ["IDENTITY_KEY"]
        names = ("registration", "matching")
        self._clients = {
            name: httpx.AsyncClient(base_url=os.environ[f"{name.upper()}_URL"], timeout=30) for name in names
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))

    def headers(self, role: str, person_id: str, **attributes: str) -> dict[str, str]:
        """The headers of a request by somebody."""
        caller = Caller(person_id=person_id, role=role, attributes=attributes)
        return dict(bearer(issue(self._key, caller, timedelta(minutes=10))))

    async def get(self, service: str, path: str, headers: dict[str, str], **query: Any) -> Any:
        """A JSON answer. Raises Refused."""
        return await self._send(service, "GET", path, headers, params=query)

    async def post(
        self, service: str, path: str, headers: dict[str, str], body: Any, *, key: str | None = None, fine: int = 0
    ) -> Any:
        """A JSON answer; with `key` repeated calls have one effect. `fine` is an error status that counts as done."""
        more: dict[str, str] = {"Idempotency-Key": key} if key else {}
        return await self._send(service, "POST", path, {**headers, **more}, fine=fine, json=body)

    async def upload(self, path: str, headers: dict[str, str], name: str, content: bytes) -> Any:
        """Send a file to registration."""
        files = {"file": (name, content, "application/xml")}
        return await self._send("registration", "POST", path, headers, files=files)

    async def pages(self, service: str, path: str, headers: dict[str, str], **query: Any) -> list[Any]:
        """All items of a paged list."""
        items: list[Any] = []
        cursor = None
        while True:
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            page = await self.get(service, path, headers, limit=200, **query, **more)
            items += page["items"]
            cursor = page["next"]
            if not cursor:
                return items

    async def _send(
        self, service: str, method: str, path: str, headers: dict[str, str], *, fine: int = 0, **more: Any
    ) -> Any:
        answer = await self._clients[service].request(
            method, path, headers={"Accept-Language": "en", **headers}, **more
        )
        if answer.status_code >= 400 and answer.status_code != fine:
            raise Refused(f"{method} {service} {path}: {answer.status_code} {answer.text[:400]}")
        return answer.json() if answer.content else None


async def together(work: Iterable[Callable[[], Awaitable[T]]], done: Callable[[], None]) -> list[T]:
    """Run work a few at a time, in order of the list; `done` is called after each."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(job: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            result = await job()
        done()
        return result

    return await asyncio.gather(*(one(job) for job in work))
