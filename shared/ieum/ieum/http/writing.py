"""How a route changes and reads things: one transaction, and an answer that can be asked for again.

```python
@router.post("/notes", status_code=201)
async def write_note(body: NewNote, caller: Annotated[Caller, allow("author")], write: Write) -> Response:
    async def effect(tx: Transaction) -> NoteView:
        return await save_note(tx, …)
    return await write(effect, status=201)
```

With the header `Idempotency-Key`, a repeated request gets the stored answer and no second effect. The key's row is
inserted first, in the transaction of the effect: requests with the same key queue up behind it.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Annotated, Protocol, TypeVar

import asyncpg
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from ieum.database import Database, Transaction
from ieum.http.conditions import etag
from ieum.http.identity import caller_of
from ieum.http.problems import Conflict, FieldError, Invalid
from ieum.http.store import Answer, RequestKey, claim_key, find_answer, save_answer, sweep_answers
from ieum.telemetry import log

KEEP_ANSWERS = timedelta(hours=48)
_SWEEP_EVERY_SECONDS = 600
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
# Deadlocks, serialization failures and plans from before a migration are rolled back whole: the effect may run again.
_ATTEMPTS = 3

View = TypeVar("View", bound=BaseModel | None)


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used for another request."""

    ko = "이미 다른 요청에 사용된 Idempotency-Key입니다."


class StillInProgress(Conflict):
    """A request with this Idempotency-Key is still being worked on. Repeat it shortly."""

    ko = "같은 Idempotency-Key의 요청을 처리하고 있습니다. 잠시 후 다시 시도해 주세요."


class Writing:
    """Runs an effect in one transaction and answers with what it returns."""

    def __init__(self, request: Request, key: str | None) -> None:
        self._request = request
        self._key = key

    async def __call__(
        self,
        effect: Callable[[Transaction], Awaitable[View]],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        location: Callable[[View], str] | None = None,
        fingerprint: bytes | None = None,
    ) -> Response:
        """The effect's view as JSON with `status` (204 for None), its `version` as ETag.

        A Problem raised by the effect undoes everything, the key's row too. After a deadlock the effect runs again,
        so it changes nothing but the database. `location` makes the Location header. `fingerprint` stands for the
        body in the comparison of repeated requests where the route reads the body itself (uploads).
        """

        async def run(tx: Transaction, key: RequestKey | None) -> Response:
            if key is not None and (stored := await _stored(tx, key)):
                return _response(stored, replayed=True)
            view = await effect(tx)
            answer = _answer(view, status, {**(headers or {}), **({"Location": location(view)} if location else {})})
            if key is not None:
                await save_answer(tx, key, answer)
            return _response(answer)

        key = self._request_key(fingerprint)
        database = _database(self._request)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with database.transaction() as tx:
                    return await run(tx, key)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.InvalidCachedStatementError):
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _request_key(self, fingerprint: bytes | None) -> RequestKey | None:
        if self._key is None:
            return None
        if not _KEY.fullmatch(self._key):
            rule = FieldError(
                field="idempotency-key", rule="1 to 200 visible ASCII characters", ko="1~200자의 ASCII 문자여야 합니다"
            )
            raise Invalid(errors=[rule])
        request = self._request
        caller = caller_of(request)
        content = fingerprint if fingerprint is not None else getattr(request, "_body", b"")
        hashed = hashlib.sha256(
            request.headers.get("if-match", "").encode() + b"\0" + request.url.query.encode() + b"\0" + content
        )
        return RequestKey(
            person_id=caller.person_id if caller else "",
            key=self._key,
            route=f"{request.method} {request.url.path}",
            body_hash=hashed.digest(),
        )


async def _stored(tx: Transaction, key: RequestKey) -> Answer | None:
    """None when the key is ours to use now. Raises IdempotencyKeyReused, StillInProgress."""
    try:
        # Twice, because a key may be swept between the refused insert and the look.
        for _ in range(2):
            if await claim_key(tx, key):
                return None
            if found := await find_answer(tx, key):
                same, answer = found
                if not same:
                    raise IdempotencyKeyReused
                return answer
    except asyncpg.LockNotAvailableError:
        raise StillInProgress(headers={"Retry-After": "1"}) from None
    raise StillInProgress(headers={"Retry-After": "1"})


def _answer(view: BaseModel | None, status: int, headers: dict[str, str]) -> Answer:
    if view is None:
        return Answer(204, headers, b"")
    version = getattr(view, "version", None)
    if isinstance(version, int):
        headers = {"ETag": etag(version), **headers}
    return Answer(status, {"Content-Type": "application/json", **headers}, view.model_dump_json().encode())


def _response(answer: Answer, *, replayed: bool = False) -> Response:
    headers = {**answer.headers, "Idempotency-Replayed": "true"} if replayed else answer.headers
    return Response(answer.body, status_code=answer.status, headers=headers)


class _Reader(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Transaction]: ...


async def _write(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(description="Repeating a request with the same key gets the same answer and no second effect"),
    ] = None,
) -> Writing:
    return Writing(request, idempotency_key)


async def _read(request: Request) -> _Reader:
    return _database(request).reading


def _database(request: Request) -> Database:
    found: Database | None = request.app.state.database
    if found is None:
        raise RuntimeError("this application was made without a database")
    return found


Write = Annotated[Writing, Depends(_write)]
"""`write: Write` in a route's parameters; `return await write(effect, status=201)`."""

Read = Annotated[_Reader, Depends(_read)]
"""`read: Read` in a route's parameters; `async with read() as tx:` is one read-only snapshot."""


async def sweep_idempotency(database: Database) -> None:
    """Worker: every ten minutes, delete answers older than `KEEP_ANSWERS`."""
    while True:
        swept = deleted = 0
        while True:
            async with database.transaction() as tx:
                deleted = await sweep_answers(tx, KEEP_ANSWERS)
            swept += deleted
            if not deleted:
                break
        if swept:
            log.info("idempotency_swept", rows=swept)
        await asyncio.sleep(_SWEEP_EVERY_SECONDS)
