"""Asking another service: repeated where that is safe, bounded in time, and not insisted on while it is away."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stamina

from ieum.http import Caller, Peer, PeerUnavailable, as_service
from ieum.http.client import Circuit, NotSendable
from ieum.http.identity import verify
from ieum.telemetry import log_context

KEY = "a-key-for-tests-of-32-bytes-or-more"


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Attempts follow each other at once; how many there are stays as it is."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


class Other:
    """The other service: answers with what it was given, in turn; the last answer stays."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, json={"status": answer})


def _peer(other: Other, **options: object) -> Peer:
    return Peer(
        "other",
        "http://other",
        as_service("notes", KEY),
        transport=httpx.MockTransport(other),
        **options,  # type: ignore[arg-type]
    )


async def test_a_request_carries_a_service_token_and_the_request_id_at_work() -> None:
    other = Other(200)

    async with _peer(other) as peer:
        with log_context(request_id="request-1"):
            await peer.get("/contacts/1")

    sent = other.requests[0].headers
    assert sent["x-request-id"] == "request-1"
    assert verify(KEY, sent["authorization"].removeprefix("Bearer ")) == Caller(
        person_id="service:notes", role="service"
    )


async def test_a_persons_own_token_is_passed_on_in_its_place() -> None:
    other = Other(200)

    async with _peer(other) as peer:
        await peer.get("/contacts/1", token="their-own")

    assert other.requests[0].headers["authorization"] == "Bearer their-own"


@pytest.mark.parametrize("trouble", [503, 502, 504, httpx.ConnectError("refused"), httpx.ReadTimeout("late")])
async def test_a_reading_request_is_repeated_while_trouble_may_pass(trouble: int | Exception) -> None:
    other = Other(trouble, trouble, 200)

    async with _peer(other) as peer:
        answer = await peer.get("/contacts/1")

    assert (answer.status_code, len(other.requests)) == (200, 3)


async def test_a_writing_request_is_repeated_only_with_an_idempotency_key() -> None:
    bare, keyed = Other(503, 201), Other(503, 201)

    async with _peer(bare) as peer:
        with pytest.raises(PeerUnavailable):
            await peer.post("/notes", json={})
    async with _peer(keyed) as peer:
        answer = await peer.post("/notes", json={}, idempotency_key="k-1")

    assert (len(bare.requests), len(keyed.requests), answer.status_code) == (1, 2, 201)
    assert {request.headers["idempotency-key"] for request in keyed.requests} == {"k-1"}


@pytest.mark.parametrize("status", [200, 404, 422, 500])
async def test_any_other_answer_is_final(status: int) -> None:
    other = Other(status)

    async with _peer(other) as peer:
        answer = await peer.get("/contacts/1")

    assert (answer.status_code, len(other.requests)) == (status, 1)


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/x", {"headers": {"If-Match": "한"}}),
        ("/x", {"params": {"q": "\ud800"}}),
        ("/x", {"json": {"q": "\ud800"}}),
        ("/x", {"json": {"q": float("nan")}}),
        ("/x" * 40_000, {}),
        ("/\0", {}),
    ],
    ids=["header", "query", "body", "number", "long", "control"],
)
async def test_what_cannot_be_sent_is_the_askers_fault_and_never_the_peers(path: str, options: dict[str, Any]) -> None:
    other = Other(200)
    circuit = Circuit(failures=1)

    async with _peer(other, circuit=circuit) as peer:
        with pytest.raises(NotSendable) as caught:
            await peer.get(path, **options)
        answer = await peer.get("/contacts/1")

    assert (caught.value.status, answer.status_code, len(other.requests)) == (400, 200, 1)


async def test_what_a_connection_refuses_to_carry_is_not_counted_against_the_peer_at_its_end() -> None:
    circuit = Circuit(failures=1)

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with (
        await asyncio.start_server(listen, "127.0.0.1") as server,
        Peer("other", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", circuit=circuit) as peer,
    ):
        for path, value in (("/x", "a\r\nb"), ("/x", "a\0b"), ("ftp://other/x", "a")):
            with pytest.raises(NotSendable):
                await peer.request("PUT", path, headers={"If-Match": value})

    assert circuit.may_try()


async def test_trouble_that_stays_becomes_a_503_after_all_attempts() -> None:
    other = Other(503)

    async with _peer(other) as peer:
        with pytest.raises(PeerUnavailable) as caught:
            await peer.get("/contacts/1")

    assert (caught.value.status, len(other.requests)) == (503, 3)


async def test_a_call_ends_at_its_deadline_whatever_the_other_does() -> None:
    async def silent(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with Peer("other", "http://other", transport=httpx.MockTransport(silent), deadline=0.05) as peer:
        with pytest.raises(PeerUnavailable):
            await peer.get("/contacts/1")


async def test_after_failures_in_a_row_nothing_is_sent_until_the_rest_is_over() -> None:
    now = 0.0
    other = Other(503, 503, 200)
    circuit = Circuit(failures=2, rest=5, clock=lambda: now)

    async with _peer(other, circuit=circuit, attempts=1) as peer:
        for _ in range(4):
            with pytest.raises(PeerUnavailable):
                await peer.get("/")
        sent_while_away = len(other.requests)
        now = 6.0
        answer = await peer.get("/")

    assert (sent_while_away, answer.status_code, circuit.is_open) == (2, 200, False)


def test_after_a_rest_only_one_try_is_let_through() -> None:
    now = 0.0
    circuit = Circuit(failures=1, rest=5, clock=lambda: now)
    circuit.failed()
    now = 5.0

    tries = [circuit.may_try() for _ in range(3)]

    assert tries == [True, False, False]
