import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import pytest

from notifications.delivery.ports import Accepted, Letter, OtherSideAway, Outcome, Refused, Unsure
from notifications.delivery.sms import SmsGateway


@dataclass
class Gateway:
    """A gateway on a real socket: takes each Idempotency-Key once; `drop` loses the answer after taking."""

    port: int = 0
    status: int = 200
    drop: bool = False
    taken: dict[str, bytes] = field(default_factory=dict)
    posts: int = 0
    told: str | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer, no more."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split("\r\n")[0].split(" ")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        status, answer = self.status, b"{}"
        if method == "POST":
            self.posts += 1
            if status == 200:
                self.taken[fields["idempotency-key"]] = body
        elif path.rpartition("/")[2] in self.taken:
            answer = (self.told or '{"state": "accepted"}').encode()
        elif status == 200:
            status = 404
        if not self.drop:
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(answer)))
            writer.write(answer)
        writer.close()


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    made = Gateway()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
async def sms(gateway: Gateway) -> AsyncIterator[SmsGateway]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", timeout=2.0) as client:
        yield SmsGateway(client)


def letter() -> Letter:
    return Letter(uuid4(), "010-0000-0000", "제목", "본문", "[이음] 새 일자리", "ko")


async def test_the_short_text_is_handed_over_under_our_reference(gateway: Gateway, sms: SmsGateway) -> None:
    sent = letter()

    assert await sms.send(sent) == Accepted()

    assert list(gateway.taken) == [str(sent.reference)]
    assert "[이음] 새 일자리".encode() in gateway.taken[str(sent.reference)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, Refused("sms 429", permanent=False)),
        (400, Refused("sms 400", permanent=True)),
        (500, Unsure("sms 500")),
        (503, Unsure("sms 503")),
    ],
)
async def test_what_the_gateways_answers_mean(
    gateway: Gateway, sms: SmsGateway, status: int, expected: Outcome
) -> None:
    gateway.status = status

    assert await sms.send(letter()) == expected


async def test_a_lost_answer_is_open_until_the_gateway_is_asked(gateway: Gateway, sms: SmsGateway) -> None:
    sent = letter()
    gateway.drop = True
    assert await sms.send(sent) == Unsure("reply lost")
    gateway.drop = False

    assert await sms.query(sent.reference) == Accepted()
    assert gateway.posts == 1


async def test_what_the_gateway_never_saw_was_certainly_not_sent(sms: SmsGateway) -> None:
    assert await sms.query(uuid4()) == Refused("sms not taken", permanent=False)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ('{"state": "refused"}', Refused("sms refused", permanent=True)),
        ('{"state": "none"}', Refused("sms not taken", permanent=False)),
        ('{"state": "who knows"}', Unsure("sms unreadable")),
        ("<html>", Unsure("sms unreadable")),
    ],
)
async def test_what_the_gateway_says_of_a_message(
    gateway: Gateway, sms: SmsGateway, told: str, expected: Outcome
) -> None:
    sent = letter()
    await sms.send(sent)
    gateway.told = told

    assert await sms.query(sent.reference) == expected


async def test_a_gateway_that_is_away_says_nothing_of_the_message() -> None:
    async with httpx.AsyncClient(base_url="http://sms", transport=httpx.MockTransport(_refuse)) as client:
        sms = SmsGateway(client)

        assert await sms.send(letter()) == OtherSideAway("sms unreachable")
        assert await sms.query(uuid4()) == OtherSideAway("sms unreachable")


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)
