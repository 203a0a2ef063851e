"""A service answers from the first second, waits for what is not there, and names it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from fastapi import APIRouter
from prometheus_client import REGISTRY

from ieum.http import Read
from ieum.messaging import Reactions, consumers
from ieum.service import Service, ServiceSettings
from ieum.service.service import STOP_SECONDS
from ieum.service.workers import keep_running
from ieum.testing import eventually

KEY = "a-key-for-tests-of-32-bytes-or-more"


def _settings(**changes: Any) -> ServiceSettings:
    return ServiceSettings(identity_key=KEY, **changes)


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """The service as under a server, without one."""
    transport = httpx.ASGITransport(service.http, raise_app_exceptions=False)
    async with (
        service.http.router.lifespan_context(service.http),
        httpx.AsyncClient(transport=transport, base_url="http://pad") as client,
    ):
        yield client


async def _parts(client: httpx.AsyncClient) -> dict[str, Any]:
    parts: dict[str, Any] = (await client.get("/readyz")).json()["parts"]
    return parts


class Gate:
    """A port in front of PostgreSQL that can be opened later: until then nobody listens there."""

    def __init__(self, address: str) -> None:
        self._target = urlsplit(address)
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def reserve(self) -> str:
        """The address behind the gate, which is closed."""
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        user = self._target.netloc.rpartition("@")[0]
        return urlunsplit(self._target._replace(netloc=f"{user}@127.0.0.1:{self.port}"))

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for line in self._lines:
            line.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._lines |= {writer, back}
        await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def test_a_service_without_postgresql_answers_and_says_what_it_waits_for_until_it_comes(
    database_address: str,
) -> None:
    gate = Gate(database_address)
    service = Service("pad", _settings(database_url=await gate.reserve()))

    async with _running(service) as client:
        alive = await client.get("/livez")
        await eventually("it says so", lambda: _says(client, "service", "waiting for PostgreSQL"))
        await gate.open()
        await eventually("it is ready", lambda: _is_ready(client))

    await gate.close()
    assert alive.status_code == 200


async def test_a_service_whose_postgresql_goes_away_says_so_and_recovers_by_itself(database_address: str) -> None:
    gate = Gate(database_address)
    service = Service("pad", _settings(database_url=await gate.reserve()), routers=[_reading()])
    await gate.open()

    async with _running(service) as client:
        await eventually("it is ready", lambda: _is_ready(client))
        before = await client.get("/now")
        await gate.close()
        during = await client.get("/now")
        parts = await _parts(client)
        await gate.open()
        await eventually("it is ready again", lambda: _is_ready(client))
        after = await client.get("/now")

    await gate.close()
    assert [answer.status_code for answer in (before, during, after)] == [200, 503, 200]
    assert during.json()["type"] == "urn:ieum:problem:database-unavailable"
    assert parts["database"]["status"] == "unavailable"


def _reading() -> APIRouter:
    router = APIRouter()

    @router.get("/now")
    async def now(read: Read) -> str:
        async with read() as tx:
            return str(await tx.fetchval("SELECT now()"))

    return router


async def _says(client: httpx.AsyncClient, part: str, reason: str) -> bool:
    return bool((await _parts(client))[part].get("reason") == reason)


async def _is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def test_a_service_without_kafka_answers_and_says_that_messaging_is_away(
    database_address: str, pytestconfig: pytest.Config
) -> None:
    settings = _settings(
        database_url=database_address,
        kafka_bootstrap="127.0.0.1:9",
        topics_file=pytestconfig.rootpath / "deploy" / "topics.yaml",
    )

    async with _running(Service("pad", settings)) as client:
        await eventually("the rest is ready", lambda: _all_but(client, "messaging"))
        parts = await _parts(client)
        events = await client.get("/asyncapi.json")

    assert parts["messaging"]["status"] == "unavailable"
    assert events.json()["asyncapi"].startswith("3.")


async def _all_but(client: httpx.AsyncClient, away: str) -> bool:
    return all((part["status"] == "ok") == (name != away) for name, part in (await _parts(client)).items())


async def test_a_service_that_needs_no_database_is_ready_without_one() -> None:
    async with _running(Service("pad", _settings())) as client:
        await eventually("it is ready", lambda: _is_ready(client))
        parts = await _parts(client)

    assert list(parts) == ["service"]


async def test_a_service_with_an_older_schema_stops_itself_with_a_sentence(
    database_address: str, tmp_path: Path
) -> None:
    (tmp_path / "0001_later.sql").write_text("CREATE TABLE later (id integer)")
    service = Service("pad", _settings(database_url=database_address), migrations=tmp_path)
    stopped = asyncio.Event()
    service.when_fatal(stopped.set)

    async with _running(service) as client:
        await asyncio.wait_for(stopped.wait(), 20)
        answer = await client.get("/readyz")

    assert service.fatal is not None
    assert "Pending: 0001_later" in service.fatal
    assert answer.status_code == 503


async def test_a_worker_that_fails_is_started_again_and_counted() -> None:
    attempts = 0
    working = asyncio.Event()

    async def fragile(service: Service) -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ValueError("secret")
        working.set()
        await asyncio.Event().wait()

    before = REGISTRY.get_sample_value("service_worker_restarts_total", {"worker": "fragile"}) or 0
    async with _running(Service("pad", _settings(), workers=[fragile])):
        await asyncio.wait_for(working.wait(), 10)

    assert REGISTRY.get_sample_value("service_worker_restarts_total", {"worker": "fragile"}) == before + 2


async def test_workers_are_cancelled_when_the_service_stops() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def endless(service: Service) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with _running(Service("pad", _settings(), workers=[endless])):
        await asyncio.wait_for(began.wait(), 5)

    assert ended.is_set()


async def test_what_a_worker_has_in_hand_comes_to_its_end_with_the_database_open_when_the_service_stops(
    database_address: str,
) -> None:
    began, settled = asyncio.Event(), asyncio.Event()

    async def conversing(service: Service) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            answered = asyncio.Event()
            asyncio.get_running_loop().call_later(2, answered.set)
            await answered.wait()
            async with service.database.reading() as tx:
                await tx.fetchval("SELECT 1")
            settled.set()

    service = Service("pad", _settings(database_url=database_address), workers=[conversing])
    async with _running(service):
        await asyncio.wait_for(began.wait(), 20)

    assert settled.is_set()


def test_the_parts_of_a_stop_fit_into_each_other() -> None:
    assert consumers.DRAIN_SECONDS < STOP_SECONDS


async def test_work_that_returns_is_done() -> None:
    times = 0

    async def short() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise ValueError("a hiccup")

    await asyncio.wait_for(keep_running("short", short), 5)

    assert times == 2


def test_reactions_without_a_database_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        Service("pad", _settings(kafka_bootstrap="127.0.0.1:9"), reactions=[_one_reaction()])


def _one_reaction() -> Reactions:
    from ieum.database import Transaction
    from ieum.messaging import Event

    class Happened(Event, topic="pad.thing.v1"):
        """Something happened."""

    reactions = Reactions()

    async def hear(tx: Transaction, events: list[Happened]) -> None:
        """Nothing."""

    hear.__annotations__["events"] = list[Happened]
    reactions.consume("pad.hearing")(hear)
    return reactions


def test_secrets_are_not_shown_with_the_settings() -> None:
    shown = repr(_settings(database_url="postgresql://u:hidden@h/d"))

    assert "hidden" not in shown
    assert KEY not in shown


def test_settings_come_from_the_environment_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_KEY", KEY)
    monkeypatch.setenv("HTTP_PORT", "8123")

    assert ServiceSettings().http_port == 8123
