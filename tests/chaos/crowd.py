"""The clients of a run: who there is, and that they work side by side at a pace until told to end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from ieum.http import Caller
from ieum.http.identity import bearer, issue

from .books import Books
from .cluster import Cluster
from .commands import Json, Sender
from .faults import chance_of
from .stories import Client, Place, Stopping

_PLACES = 12
_ANSWER_SECONDS = 60
"""Seconds after the last fault within which every command must have its answer."""


@dataclass(slots=True)
class Pace:
    """Lets commands begin at no more than a rate, and none once the run is over."""

    rate: float
    over: bool = False
    _due: float = field(default=0.0)

    async def __call__(self) -> None:
        """Wait for one's turn. Raises Stopping."""
        if self.rate and not self.over:
            now = asyncio.get_running_loop().time()
            self._due = max(self._due, now - 1.0) + 1.0 / self.rate
            if self._due > now:
                await asyncio.sleep(self._due - now)
        if self.over:
            raise Stopping


class Crowd:
    """`clients` many, who begin at most `rate` commands a second together (0: as many as go).

    `refers` tells by its number whether a client brings people together, too: those who do not need no matching.
    """

    def __init__(
        self,
        cluster: Cluster,
        sender: Sender,
        books: Books,
        *,
        seed: int,
        clients: int,
        rate: float,
        refers: Callable[[int], bool] = lambda number: True,
    ) -> None:
        self._cluster = cluster
        self._sender = sender
        self._books = books
        self._seed = seed
        self._clients = clients
        self._refers = refers
        self._pace = Pace(rate)

    @contextlib.asynccontextmanager
    async def at_work(self, say: Callable[[str], None]) -> AsyncIterator[None]:
        """Clients at work; at the end each finishes its command, and what has no answer within the time is unknown."""
        places, jobs = await self._places()
        clients = [
            Client(
                number, self._sender, self._books, self.sign, places[number % len(places)], jobs,
                chance_of(self._seed, f"client {number}"), self._pace, refers=self._refers(number),
            )
            for number in range(1, self._clients + 1)
        ]  # fmt: skip
        working = [asyncio.create_task(client.run()) for client in clients]
        try:
            yield
            say("the last commands")
            self._pace.over = True
            self._sender.deadline = asyncio.get_running_loop().time() + _ANSWER_SECONDS
            await asyncio.gather(*working)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    # -- who is there

    def sign(self, role: str, person_id: str, **attributes: str) -> dict[str, str]:
        """The headers of somebody's request."""
        caller = Caller(person_id=person_id, role=role, attributes=attributes)
        key = self._cluster.wiring.common_environment()["IDENTITY_KEY"]
        return {"Accept-Language": "en", **bearer(issue(key, caller, timedelta(hours=12)))}

    async def _places(self) -> tuple[list[Place], list[str]]:
        """Centres with a counsellor each, and the jobs there are."""
        operator = self.sign("operator", str(uuid4()))
        regions = await self._reference("regions", operator)
        jobs = [str(one["code"]) for one in await self._reference("occupations", operator) if len(one["code"]) == 6]
        by_centre = {
            str(one["centre_code"]): str(one["code"])
            for one in regions
            if not one["code"].endswith("000") and one["valid_to"] is None
        }
        places = []
        for centre_code, region_code in list(by_centre.items())[:_PLACES]:
            body = {"name": "길동무", "role": "counsellor", "centre_code": centre_code}
            answer = await self._sender.command("registration", "POST", "/people", operator, body)
            person_id = str(answer.body["person_id"])
            counsellor = self.sign("counsellor", person_id, centre_code=centre_code)
            places.append(Place(centre_code, region_code, person_id, counsellor))
        return places, jobs

    async def _reference(self, name: str, headers: dict[str, str]) -> list[Json]:
        found = await self._sender.look("registration", f"/reference/{name}", headers)
        assert found is not None, f"no {name}"
        items: list[Json] = found["items"]
        return items
