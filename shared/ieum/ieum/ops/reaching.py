"""An operator's way to the services: their `/operations`, by HTTP and token. No database, no Kafka."""

import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Self
from urllib.parse import quote

import httpx

from ieum.http import Caller
from ieum.http.identity import bearer, issue

_LIFETIME = timedelta(minutes=5)


class Refused(Exception):
    """A service did not do what was asked; the text is its own, or says that it does not answer."""


def urls_in(environment: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The services that OPS_SERVICES names, separated by commas, each at its <SERVICE>_URL=http://…. Raises Refused."""
    names = sorted(filter(None, (name.strip() for name in environment.get("OPS_SERVICES", "").split(","))))
    if missing := [f"{name.upper()}_URL" for name in names if not environment.get(f"{name.upper()}_URL")]:
        raise Refused(f"OPS_SERVICES names services whose address is not set: {', '.join(missing)}")
    return {name: environment[f"{name.upper()}_URL"] for name in names}


class Services:
    """The running services by name. Use as an async context manager.

    Speaks with `token`, or with one made from `identity_key` for `person_id`, an operator.
    """

    def __init__(
        self, urls: dict[str, str], *, token: str | None = None, identity_key: str | None = None, person_id: str = "ops"
    ) -> None:
        if not urls:
            raise Refused("no service is named: set OPS_SERVICES, and <SERVICE>_URL to the address of each")
        if not (token or identity_key):
            raise Refused("no token: set OPS_TOKEN, or IDENTITY_KEY to have one made")
        self._token = token
        self._identity_key = identity_key
        self._person_id = person_id
        self._made: tuple[float, dict[str, str]] = (0.0, {})
        self._clients = {name: httpx.AsyncClient(base_url=url, timeout=30) for name, url in urls.items()}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients.values():
            await client.aclose()

    @property
    def names(self) -> list[str]:
        """The services that can be reached."""
        return list(self._clients)

    async def get(self, service: str, path: str, **query: Any) -> Any:
        """A JSON answer. Raises Refused."""
        return await self._send(service, "GET", path, params=query)

    async def post(self, service: str, path: str, body: Any) -> Any:
        """The same for a command."""
        return await self._send(service, "POST", path, json=body)

    async def pages(self, service: str, path: str, **query: Any) -> AsyncIterator[list[Any]]:
        """The pages of a list whose next page begins `after` or at `cursor`."""
        name = "after" if "after" in query else "cursor"
        while True:
            page = await self.get(service, path, **query)
            yield page["items"]
            if page["next"] is None:
                return
            query[name] = page["next"]

    async def _send(self, service: str, method: str, path: str, **more: Any) -> Any:
        if service not in self._clients:
            raise Refused(f"there is no service {service}; there are: {', '.join(self.names)}")
        headers = {"Accept-Language": "en", **self._authorization()}
        try:
            answer = await self._clients[service].request(method, path, headers=headers, **more)
        except httpx.HTTPError as problem:
            raise Refused(f"{service} does not answer: {type(problem).__name__}") from problem
        if not answer.is_success:
            raise Refused(f"{service}: {_words(answer)}")
        return answer.json()

    def _authorization(self) -> dict[str, str]:
        if self._token:
            return dict(bearer(self._token))
        if time.monotonic() >= self._made[0]:
            caller = Caller(person_id=self._person_id, role="operator")
            token = issue(self._identity_key or "", caller, _LIFETIME)
            self._made = (time.monotonic() + _LIFETIME.total_seconds() / 2, dict(bearer(token)))
        return self._made[1]


def path_of(*parts: str) -> str:
    """A path whose parts may hold any character."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _words(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return f"{problem['title']} {problem.get('detail') or ''}".strip()
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
