"""Whoever asks for much at once waits for themselves; everybody else is answered as if they were not there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from ieum.database import Database, pool
from ieum.http import Caller, Read, app, create_app
from ieum.http.doorway import Doorway
from ieum.http.identity import bearer, issue
from ieum.http.problems import problem_response
from ieum.http.turns import AT_ONCE, IN_LINE, TooMuchAtOnce, Turns, tenant_of
from ieum.testing import eventually

KEY = "a-key-for-tests-of-32-bytes-or-more"


class Desk:
    """A route that holds a connection until it is told to go on, and how many are held there."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.held = 0
        self.routes = APIRouter()
        self.routes.add_api_route("/held", self._hold, methods=["POST"])
        self.routes.add_api_route("/quick", self._quick)

    async def _hold(self, read: Read) -> None:
        async with read() as tx:
            await tx.fetchval("SELECT 1")
            self.held += 1
            await self.open.wait()

    async def _quick(self, read: Read) -> None:
        async with read() as tx:
            await tx.fetchval("SELECT 1")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """In line nobody gives up before the test lets go, however busy the machine is."""
    monkeypatch.setattr(app, "Turns", partial(Turns, wait=120))


@pytest.fixture
async def small(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Six connections, and nobody waits long for one."""
    monkeypatch.setattr(pool, "_ACQUIRE_SECONDS", 0.5)
    small = Database(database.dsn, schema=database.schema, min_size=6, max_size=6)
    await small.open()
    yield small
    await small.close()


@asynccontextmanager
async def served(desk: Desk, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    application = create_app("desk", version="1", identity_key=KEY, database=database, routers=[desk.routes])
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk", timeout=30) as client:
        yield client
        desk.open.set()


def signed(person_id: str, **attributes: str) -> dict[str, str]:
    return dict(bearer(issue(KEY, Caller(person_id=person_id, role="author", attributes=attributes))))


@asynccontextmanager
async def surge(client: httpx.AsyncClient, desk: Desk, count: int) -> AsyncIterator[list[asyncio.Task[httpx.Response]]]:
    """So many requests of one tenant at once, all of them sent."""
    tasks = [
        asyncio.create_task(client.post("/held", headers=signed(f"p-{number}", firm="f-1"))) for number in range(count)
    ]
    await eventually("the surge to be at work", lambda: desk.held >= AT_ONCE)
    yield tasks
    desk.open.set()
    await asyncio.gather(*tasks)


async def test_one_tenants_surge_leaves_the_others_their_connections(small: Database) -> None:
    desk = Desk()

    async with served(desk, small) as client, surge(client, desk, 40) as tasks:
        others = [await client.get("/quick", headers=signed("q-1", firm="f-2")) for _ in range(5)]
        held = desk.held

    assert [answer.status_code for answer in others] == [200] * 5
    assert held == AT_ONCE
    assert {task.result().status_code for task in tasks} == {200}


async def test_without_turns_the_same_surge_shuts_the_others_out(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "Turns", partial(Turns, at_once=1_000))
    desk = Desk()

    async with served(desk, small) as client, surge(client, desk, 40):
        await eventually("every connection to be taken", lambda: desk.held == 6)
        other = await client.get("/quick", headers=signed("q-1", firm="f-2"))

    assert other.status_code == 503


async def test_what_does_not_fit_in_line_is_refused_with_the_time_to_come_again(small: Database) -> None:
    desk = Desk()

    async with served(desk, small) as client, surge(client, desk, AT_ONCE + IN_LINE) as tasks:
        refused = await client.post("/held", headers={**signed("p-1", firm="f-1"), "Accept-Language": "en"})

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["type"] == "urn:ieum:problem:too-much-at-once"
    assert refused.json()["request_id"] == refused.headers["X-Request-Id"]
    assert {task.result().status_code for task in tasks} == {200}


async def test_who_has_waited_too_long_is_refused() -> None:
    turns = Turns(KEY, at_once=1, wait=0.05)

    async with turns.taken(Headers(signed("p-1"))):
        with pytest.raises(TooMuchAtOnce):
            async with turns.taken(Headers(signed("p-1"))):
                pass
    async with turns.taken(Headers(signed("p-1"))) as end:
        end()


@pytest.mark.parametrize(
    "further",
    [
        pytest.param({"content-length": "1000000"}, id="a large body"),
        pytest.param({"transfer-encoding": "chunked"}, id="a body of unknown length"),
        pytest.param({"authorization": "Bearer nonsense"}, id="no token that holds"),
    ],
)
async def test_some_requests_need_no_turn(further: dict[str, str]) -> None:
    turns = Turns(KEY, at_once=1, wait=0.05)
    headers = {name.lower(): value for name, value in signed("p-1").items()}

    async with turns.taken(Headers(headers)), turns.taken(Headers({**headers, **further})) as end:
        end()


async def test_an_expired_token_has_no_line() -> None:
    now = [0.0]
    turns = Turns(KEY, at_once=1, wait=0.05, clock=lambda: now[0])

    async with turns.taken(Headers(signed("p-1"))):
        now[0] = 1e12
        async with turns.taken(Headers(signed("p-1"))) as end:
            end()


async def test_a_stream_that_has_begun_is_no_work_any_more() -> None:
    leave = asyncio.Event()
    begun = 0

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal begun
        await send({"type": "http.response.start", "status": 200, "headers": []})
        begun += 1
        await leave.wait()

    async def send(message: Message) -> None:
        pass

    async def receive() -> Message:
        return {"type": "http.request"}

    doorway = Doorway(stream, problem_response, Turns(KEY))
    headers = [(name.lower().encode(), value.encode()) for name, value in signed("p-1").items()]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/live", "headers": headers}
    watching = []

    for number in range(AT_ONCE + IN_LINE + 5):
        watching.append(asyncio.create_task(doorway(dict(scope), receive, send)))
        await eventually("it to have begun", lambda number=number: begun == number + 1)

    leave.set()
    await asyncio.gather(*watching)


async def test_a_stream_that_ends_late_leaves_the_next_line_alone() -> None:
    turns = Turns(KEY, at_once=1, wait=0.05)
    headers = Headers(signed("p-1"))

    async with AsyncExitStack() as stream:
        begun = await stream.enter_async_context(turns.taken(headers))
        begun()
        async with turns.taken(headers):
            pass  # the first line ends here
        async with turns.taken(headers):
            await stream.aclose()
            with pytest.raises(TooMuchAtOnce):
                async with turns.taken(headers):
                    pass


def people() -> Iterator[tuple[Callable[[], bool], str]]:
    def author(person_id: str, **attributes: str) -> str:
        return tenant_of(Caller(person_id=person_id, role="author", attributes=attributes))

    yield lambda: author("a", firm="1") == author("b", firm="1"), "people of one firm are one tenant"
    yield lambda: author("a", firm="1") != author("a", firm="2"), "one person in two firms is two"
    yield lambda: author("a") != author("b"), "people without a firm are each their own"


@pytest.mark.parametrize(("holds", "_why"), [pytest.param(*one, id=one[1]) for one in people()])
def test_a_tenant_is_for_whom_somebody_acts(holds: Callable[[], bool], _why: str) -> None:
    assert holds()
