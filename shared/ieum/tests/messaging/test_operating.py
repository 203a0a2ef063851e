"""What the routes for operators answer and refuse."""

from collections.abc import AsyncIterator

import httpx
import pytest

from ieum.database import Database
from ieum.http import Caller, create_app
from ieum.http.identity import bearer, issue
from ieum.messaging import Messaging
from ieum.messaging.failures import Backoff
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import Parking
from ieum.service.operations import operations_routes
from ieum.testing import record_of

from .conftest import TOPIC, TOPICS, Deposited, Ledger

KEY = "a-key-for-tests-of-32-bytes-or-more"
SKIP = f"/operations/parked/bank.ledger/{TOPIC}/a/skip"


@pytest.fixture
async def operator(bank: Database, ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    """An operator at a bank where version 2 of account `a` is parked, and a record that nobody can read."""
    ledger.refuse = {2}
    stray = record_of(b"", "x", 1, topic=TOPIC, kind="Deposited", headers=[("ce_id", b"\xff")], partition=2, offset=7)
    inbox = Inbox(ledger.reaction, bank, backoff=Backoff(first=0.001, ceiling=0.002))
    await inbox.take([record_of(Deposited(amount=v), "a", v) for v in (1, 2)])
    await inbox.take([stray])
    messaging = Messaging("bank", bank, [ledger.reaction], TOPICS, "127.0.0.1:9")
    routes = operations_routes("bank", "1.0.0", messaging, Parking(bank, [ledger.reaction]))
    app = create_app("bank", version="1.0.0", identity_key=KEY, database=bank, routers=[routes])
    headers = dict(bearer(issue(KEY, Caller(person_id="kim", role="operator"))))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bank", headers=headers) as client:
        yield client


async def test_a_record_that_nobody_can_read_is_counted_and_can_be_found_in_kafka(operator: httpx.AsyncClient) -> None:
    status = (await operator.get("/operations")).json()
    listed = (await operator.get("/operations/unreadable")).json()

    assert status["unreadable"] == 1
    (one,) = listed["items"]
    assert (one["consumer"], one["topic"], one["partition"], one["offset"]) == ("bank.ledger", TOPIC, 2, 7)
    assert one["reason"]
    assert listed["next"] is None


async def test_unreadable_records_come_a_page_at_a_time(operator: httpx.AsyncClient) -> None:
    first = (await operator.get("/operations/unreadable", params={"limit": 1})).json()
    second = (await operator.get("/operations/unreadable", params={"limit": 1, "cursor": first["next"]})).json()

    assert (len(first["items"]), second["items"], second["next"]) == (1, [], None)


@pytest.mark.parametrize("more", [{"preview": True}, {"versions": 2}])
async def test_a_skip_knows_no_preview_and_takes_nothing_for_one(
    operator: httpx.AsyncClient, bank: Database, more: dict[str, object]
) -> None:
    answer = await operator.post(SKIP, json={"reason": "only looking", **more})

    assert answer.status_code == 422
    async with bank.reading() as tx:
        assert await tx.fetch("SELECT FROM parked_decision") == []


async def test_a_repeated_skip_does_not_mean_the_event_behind_the_one_that_was_looked_at(
    operator: httpx.AsyncClient,
) -> None:
    answer = await operator.post(SKIP, json={"reason": "cannot be mended", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:ieum:problem:moved-on"


@pytest.mark.parametrize("reason", ["  \u202e  ", "---"])
async def test_a_reason_says_something(operator: httpx.AsyncClient, reason: str) -> None:
    assert (await operator.post(SKIP, json={"reason": reason})).status_code == 422


async def test_a_number_that_somebody_invented_is_not_caught_up_with(
    operator: httpx.AsyncClient, bank: Database, ledger: Ledger
) -> None:
    await Inbox(ledger.reaction, bank).take([record_of(Deposited(amount=1), "b", 2**40)])

    answer = await operator.post(SKIP.replace("/a/", "/b/"), json={"reason": "it is in the way"})

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:ieum:problem:invented-version"


async def test_who_asked_for_a_skip_and_why_stands_beside_what_is_parked(operator: httpx.AsyncClient) -> None:
    nobody = (await operator.get(SKIP.removesuffix("/skip"))).json()
    await operator.post(SKIP, json={"reason": "a test deposit"})

    shown = (await operator.get(SKIP.removesuffix("/skip"))).json()

    assert nobody["skip_asked"] is None
    assert [event["version"] for event in shown["items"]] == [2]
    assert (shown["skip_asked"]["asked_by"], shown["skip_asked"]["reason"]) == ("kim", "a test deposit")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"amount": "\\ud800"}'])
async def test_what_nobody_could_read_can_be_looked_at(
    operator: httpx.AsyncClient, bank: Database, ledger: Ledger, body: bytes
) -> None:
    await Inbox(ledger.reaction, bank).take([record_of(body, "deep", 1, topic=TOPIC, kind="Deposited")])

    answer = await operator.get(SKIP.replace("/a/skip", "/deep"))

    assert answer.status_code == 200
    assert answer.json()["items"][0]["state"] == "bad"
