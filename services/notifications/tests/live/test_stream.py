import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from ieum.http import Caller
from ieum.http.identity import bearer, issue
from ieum.service import Service
from ieum.testing import eventually
from notifications.app import build
from notifications.settings import Settings

Hear = Callable[..., Awaitable[None]]
Make = Callable[..., Any]

IDENTITY_KEY = "an-identity-key-for-tests-only-0123456789"


@asynccontextmanager
async def listening(service: Service) -> AsyncIterator[str]:
    """The service on a real socket, with its workers."""
    config = uvicorn.Config(service.http, lifespan="on", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=address) as client:
            await eventually("the service is ready", lambda: _ready(client))
        yield address
    finally:
        service.close_streams()
        server.should_exit = True
        await task


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


@pytest.fixture
def replica(database_address: str, pytestconfig: pytest.Config) -> Callable[[], Service]:
    """Makes replicas of the service that share a database; Kafka is left out."""

    def make() -> Service:
        return build(
            Settings(
                database_url=database_address,
                identity_key=IDENTITY_KEY,
                live_poll=0.05,
                topics_file=pytestconfig.rootpath / "deploy" / "topics.yaml",
            )
        )

    return make


@pytest.fixture
def signed_in() -> Callable[..., dict[str, str]]:
    """Headers of a caller, signed with the replicas' key."""

    def headers(role: str, person_id: str, **attributes: str) -> dict[str, str]:
        caller = Caller(person_id=person_id, role=role, attributes=attributes)
        return dict(bearer(issue(IDENTITY_KEY, caller)))

    return headers


async def events(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """The events of a stream as they come: id, event, data."""
    event: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name in ("id", "event", "data"):
            event[name] = value
        elif not line and event.get("id"):
            yield event
            event = {}


async def test_a_stream_carries_messages_as_the_list_shows_them(
    replica: Callable[[], Service], signed_in: Make, hear: Hear, referred: Make
) -> None:
    headers = signed_in("employer", "person-1", employer_id="e-1")
    async with (
        listening(replica()) as address,
        httpx.AsyncClient(base_url=address, headers=headers, timeout=10) as client,
        client.stream("GET", "/stream?last_event_id=0") as answer,
    ):
        await hear(referred("a", employer_id="e-1"))
        event = await anext(events(answer))
        listed = (await client.get("/messages")).json()["items"]

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert (event["id"], event["event"]) == ("1", "referral_received")
    assert [json.loads(event["data"])] == listed


async def test_reconnecting_clients_see_every_message_once_in_order_under_writes_to_two_replicas(
    replica: Callable[[], Service], signed_in: Make, hear: Hear, proposed: Make
) -> None:
    people, each = [f"j-{number}" for number in range(4)], 60
    total = each * len(people)
    chance = random.Random(20260919)
    seen: dict[str, list[int]] = {person: [] for person in people}

    async def write() -> None:
        left = [person for person in people for _ in range(each)]
        chance.shuffle(left)
        while left:
            size = chance.randint(1, 7)
            await hear(*(proposed(person) for person in left[:size]))
            left = left[size:]

    async def read(person: str, addresses: list[str]) -> None:
        """Reads a few messages, breaks off in the middle, and goes on elsewhere from the last one seen."""
        while len(seen[person]) < each:
            last = {"Last-Event-ID": str(seen[person][-1] if seen[person] else 0)}
            async with (
                httpx.AsyncClient(base_url=chance.choice(addresses), timeout=20) as client,
                client.stream("GET", "/stream", headers=signed_in("jobseeker", person) | last) as answer,
            ):
                until = chance.randint(1, 12)
                async for event in events(answer):
                    seen[person].append(int(event["id"]))
                    until -= 1
                    if until == 0 or len(seen[person]) >= each:
                        break

    async with listening(replica()) as first, listening(replica()) as second, asyncio.timeout(60):
        await asyncio.gather(write(), *(read(person, [first, second]) for person in people))

    assert sum(len(ids) for ids in seen.values()) == total
    assert seen == {person: list(range(1, each + 1)) for person in people}


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "1" * 30])
async def test_a_position_that_is_no_number_is_named(
    service_client: httpx.AsyncClient, tokens: Make, last: str
) -> None:
    answer = await service_client.get("/stream", headers=tokens("jobseeker", "a") | {"Last-Event-ID": last})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "last-event-id"


async def test_strangers_get_no_stream(service_client: httpx.AsyncClient) -> None:
    assert (await service_client.get("/stream")).status_code == 401


async def test_a_stopping_service_ends_its_streams(replica: Callable[[], Service], signed_in: Make) -> None:
    service = replica()
    async with (
        listening(service) as address,
        httpx.AsyncClient(base_url=address, timeout=10) as client,
        client.stream("GET", "/stream", headers=signed_in("jobseeker", "a")) as answer,
    ):
        service.close_streams()

        assert [line async for line in answer.aiter_lines() if line.startswith("id:")] == []
