"""A request repeated with its Idempotency-Key has one effect and one answer."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import asyncpg
import httpx
import pytest

from ieum.database import Database, Transaction
from ieum.http.store import RequestKey, claim_key, sweep_answers

SignIn = Callable[..., dict[str, str]]
ClientOn = Callable[[Database], AbstractAsyncContextManager[httpx.AsyncClient]]


async def _notes(database: Database) -> int:
    async with database.reading() as tx:
        return int(await tx.fetchval("SELECT count(*) FROM note"))


async def test_fifty_concurrent_posts_with_one_key_have_one_effect_and_one_answer(
    client: httpx.AsyncClient, database: Database, sign_in: SignIn
) -> None:
    headers = {**sign_in(), "Idempotency-Key": "k-1"}

    answers = await asyncio.gather(
        *(client.post("/notes", json={"title": "one", "count": 50}, headers=headers) for _ in range(50))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["location"] for answer in answers} == {"/notes/1"}
    assert [answer.headers.get("idempotency-replayed") for answer in answers].count(None) == 1
    assert await _notes(database) == 1


async def test_looking_first_and_inserting_then_would_have_more_effects_and_would_be_seen(
    client: httpx.AsyncClient, database: Database, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_then_insert(tx: Transaction, key: RequestKey) -> bool:
        if await tx.fetchval("SELECT true FROM idempotency WHERE key = $1", key.key):
            return False
        await tx.fetchval("SELECT pg_sleep(0.05)")
        await claim_key(tx, key)
        return True

    monkeypatch.setattr("ieum.http.writing.claim_key", look_then_insert)
    headers = {**sign_in(), "Idempotency-Key": "k-1"}

    await asyncio.gather(*(client.post("/notes", json={"title": "one"}, headers=headers) for _ in range(50)))

    assert await _notes(database) > 1


async def test_with_connections_dying_under_it_a_request_repeated_until_it_succeeds_has_one_effect(
    client: httpx.AsyncClient, database: Database, sign_in: SignIn
) -> None:
    headers = {**sign_in(), "Idempotency-Key": "k-1"}

    refused = 0

    async def insist() -> httpx.Response:
        nonlocal refused
        while True:
            answer = await client.post("/notes", json={"title": "one", "count": 30}, headers=headers)
            if answer.status_code != 503:
                return answer
            refused += 1

    async def cut_connections() -> None:
        admin = await asyncpg.connect(database.dsn)
        for _ in range(8):
            await admin.execute("SELECT pg_sleep(0.02)")
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'"
            )
        await admin.close()

    async with asyncio.timeout(60):
        answers, _ = await asyncio.gather(asyncio.gather(*(insist() for _ in range(50))), cut_connections())

    assert refused > 0
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await _notes(database) == 1


async def test_a_request_that_waits_too_long_for_its_twin_is_told_so(
    client: httpx.AsyncClient, client_on: ClientOn, database: Database, sign_in: SignIn
) -> None:
    impatient = Database(database.dsn, lock_timeout=0.05)
    await impatient.open()
    twin = RequestKey("p-1", "k-1", "POST /notes", b"")

    async with database.transaction() as tx, client_on(impatient) as other:
        await claim_key(tx, twin)
        answer = await other.post("/notes", json={"title": "one"}, headers={**sign_in(), "Idempotency-Key": "k-1"})

    await impatient.close()
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:ieum:problem:still-in-progress")
    assert answer.headers["retry-after"] == "1"


async def test_a_deadlock_is_resolved_by_running_the_effect_again(
    client: httpx.AsyncClient, database: Database, sign_in: SignIn
) -> None:
    for title in ("one", "two"):
        await client.post("/notes", json={"title": title}, headers=sign_in())

    answers = await asyncio.gather(*(client.post(f"/swap/{order}", headers=sign_in()) for order in ("1/2", "2/1")))

    assert [answer.status_code for answer in answers] == [204, 204]


async def test_a_repeated_request_gets_the_stored_status_headers_and_body(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    headers = {**sign_in(), "Idempotency-Key": "k-1"}
    first = await client.post("/notes", json={"title": "one"}, headers=headers)

    second = await client.post("/notes", json={"title": "one"}, headers=headers)

    assert (second.status_code, second.content, second.headers["etag"]) == (201, first.content, '"1"')
    assert second.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("method", "path", "body"), [("POST", "/notes", {"title": "two"}), ("PUT", "/notes/1", {"title": "one"})]
)
async def test_the_same_key_for_another_request_is_refused(
    client: httpx.AsyncClient, sign_in: SignIn, method: str, path: str, body: dict[str, str]
) -> None:
    headers = {**sign_in(), "Idempotency-Key": "k-1", "If-Match": '"1"'}
    await client.post("/notes", json={"title": "one"}, headers=headers)

    answer = await client.request(method, path, json=body, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:ieum:problem:idempotency-key-reused"


async def test_the_same_key_of_another_person_is_another_key(
    client: httpx.AsyncClient, database: Database, sign_in: SignIn
) -> None:
    await client.post("/notes", json={"title": "one"}, headers={**sign_in(person_id="p-1"), "Idempotency-Key": "k"})

    other = await client.post(
        "/notes", json={"title": "two"}, headers={**sign_in(person_id="p-2"), "Idempotency-Key": "k"}
    )

    assert other.status_code == 201
    assert await _notes(database) == 2


async def test_a_refused_effect_leaves_no_row_and_its_key_can_be_used_again(
    client: httpx.AsyncClient, database: Database, sign_in: SignIn
) -> None:
    headers = {**sign_in(), "Idempotency-Key": "k-1"}

    refused = await client.post("/notes", json={"title": "one", "text": "closed"}, headers=headers)
    accepted = await client.post("/notes", json={"title": "one"}, headers=headers)

    assert (refused.status_code, accepted.status_code) == (409, 201)
    assert await _notes(database) == 1


async def test_an_effect_without_a_view_answers_204_each_time(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    headers = {**sign_in(), "Idempotency-Key": "k-1"}

    answers = [await client.delete("/notes/1", headers=headers) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]


@pytest.mark.parametrize("key", ["", "with space", "k" * 201, "키"])
async def test_a_key_that_is_not_visible_ascii_is_refused(client: httpx.AsyncClient, sign_in: SignIn, key: str) -> None:
    headers = {name.encode(): value.encode() for name, value in {**sign_in(), "Idempotency-Key": key}.items()}

    answer = await client.post("/notes", json={"title": "one"}, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "idempotency-key"


async def test_answers_are_swept_when_they_are_old_and_kept_when_they_are_not(
    client: httpx.AsyncClient, database: Database, sign_in: SignIn
) -> None:
    for key in ("old", "new"):
        await client.post("/notes", json={"title": key}, headers={**sign_in(), "Idempotency-Key": key})
    async with database.transaction() as tx:
        await tx.execute("UPDATE idempotency SET created_at = now() - interval '49 hours' WHERE key = 'old'")

    async with database.transaction() as tx:
        swept = await sweep_answers(tx, timedelta(hours=48))

    async with database.reading() as tx:
        left = [row["key"] for row in await tx.fetch("SELECT key FROM idempotency")]
    assert (swept, left) == (1, ["new"])
