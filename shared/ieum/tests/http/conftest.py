"""A small service of notes, to test the kit's HTTP with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response, UploadFile
from pydantic import BaseModel, Field

from ieum.database import Database, Transaction
from ieum.http import (
    BrokenRule,
    Caller,
    Conflict,
    EventStream,
    IfMatch,
    LastEventNumber,
    Name,
    NotFound,
    Page,
    Paging,
    Read,
    Text,
    Write,
    allow,
    check_version,
    create_app,
    frame,
    problem_responses,
)
from ieum.http.identity import bearer, issue

KEY = "a-key-for-tests-of-32-bytes-or-more"


class NoteClosed(Conflict):
    """The note is closed and takes no more changes."""

    ko = "닫힌 메모는 변경할 수 없습니다."


class Stars(BaseModel):
    at_least: int = Field(ge=0)


def _no_shouting(text: str) -> str:
    if text.isupper():
        raise BrokenRule("not all in capitals", "모두 대문자일 수 없습니다")
    return text


class NewNote(BaseModel):
    title: Name
    text: Text = ""
    count: int = 0
    stars: Stars | None = None


class NoteView(BaseModel):
    note_id: int
    title: str
    version: int


router = APIRouter()
Author = Annotated[Caller, allow("author")]


@router.post("/notes", status_code=201, responses=problem_responses(NoteClosed))
async def write_note(body: NewNote, caller: Author, write: Write) -> Response:
    async def effect(tx: Transaction) -> NoteView:
        note_id = await tx.fetchval(
            "INSERT INTO note (title, author) VALUES ($1, $2) RETURNING note_id", body.title, caller.person_id
        )
        if body.text == "closed":
            raise NoteClosed(detail={"ko": "닫혔습니다.", "en": "It is closed."})
        await asyncio.sleep(body.count / 1000)
        return NoteView(note_id=note_id, title=body.title, version=1)

    return await write(effect, status=201, location=lambda note: f"/notes/{note.note_id}")


@router.get("/notes")
async def notes(caller: Author, paging: Paging, read: Read) -> Page[NoteView]:
    after = paging.after(int)
    async with read() as tx:
        rows = await tx.fetch(
            "SELECT note_id, title, version FROM note WHERE note_id > $1 ORDER BY note_id LIMIT $2",
            after[0] if after else 0,
            paging.limit + 1,
        )
    return paging.page([NoteView(**row) for row in rows], key=lambda note: (note.note_id,))


@router.get("/notes/{note_id}")
async def note(note_id: int, read: Read) -> NoteView:
    async with read() as tx:
        row = await tx.fetchrow("SELECT note_id, title, version FROM note WHERE note_id = $1", note_id)
    if row is None:
        raise NotFound
    return NoteView(**row)


@router.put("/notes/{note_id}")
async def change_note(note_id: int, body: NewNote, caller: Author, version: IfMatch, write: Write) -> Response:
    async def effect(tx: Transaction) -> NoteView:
        current = await tx.fetchval("SELECT version FROM note WHERE note_id = $1 FOR UPDATE", note_id)
        check_version(current, version)
        await tx.execute("UPDATE note SET title = $2, version = version + 1 WHERE note_id = $1", note_id, body.title)
        return NoteView(note_id=note_id, title=body.title, version=version + 1)

    return await write(effect)


@router.delete("/notes/{note_id}")
async def delete_note(note_id: int, caller: Author, write: Write) -> Response:
    async def effect(tx: Transaction) -> None:
        await tx.execute("DELETE FROM note WHERE note_id = $1", note_id)

    return await write(effect)


@router.post("/swap/{first}/{second}")
async def swap(first: int, second: int, caller: Author, write: Write) -> Response:
    """Locks two rows in the order asked for: two of these deadlock."""

    async def effect(tx: Transaction) -> None:
        for note_id in (first, second):
            await tx.execute("UPDATE note SET version = version + 1 WHERE note_id = $1", note_id)
            await asyncio.sleep(0.1)

    return await write(effect)


@router.post("/files", max_body_size=4 * 1024 * 1024)
async def upload(file: UploadFile) -> dict[str, int]:
    return {"bytes": len(await file.read())}


@router.post("/raw", max_body_size=4 * 1024 * 1024)
async def raw(request: Request) -> dict[str, int]:
    return {"bytes": sum([len(chunk) async for chunk in request.stream()])}


@router.get("/bug")
async def bug() -> None:
    raise ValueError("홍길동 010-1234-5678")


@router.get("/count")
async def count(request: Request, last: LastEventNumber) -> EventStream:
    async def frames() -> AsyncIterator[bytes]:
        for number in range((last or 0) + 1, 4):
            yield frame(f"{number}", event="count", id=number)
        await asyncio.Event().wait()

    return EventStream(request, frames(), heartbeat=0.05)


TABLE = """
CREATE TABLE note (
    note_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL CHECK (title <> 'checked'),
    author text NOT NULL, version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX note_taken ON note (title) WHERE title = 'taken'
"""


def app_of(database: Database | None) -> FastAPI:
    return create_app("notes", version="1.0.0", identity_key=KEY, database=database, routers=[router])


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
        yield client


@pytest.fixture
def sign_in() -> Callable[..., dict[str, str]]:
    def headers(role: str = "author", person_id: str = "p-1") -> dict[str, str]:
        return dict(bearer(issue(KEY, Caller(person_id=person_id, role=role))))

    return headers


@pytest.fixture
def client_on() -> Callable[[Database], AbstractAsyncContextManager[httpx.AsyncClient]]:
    """A client of the notes application on another Database object."""
    return lambda database: client_of(app_of(database))


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The notes application on a database of this test's own."""
    async with database.transaction() as tx:
        await tx.execute(TABLE)
    async with client_of(app_of(database)) as client:
        yield client


@pytest.fixture
async def offline() -> AsyncIterator[httpx.AsyncClient]:
    """The notes application while its database is away, for what needs none."""
    async with client_of(app_of(Database("postgresql://127.0.0.1:1/nowhere"))) as client:
        yield client
