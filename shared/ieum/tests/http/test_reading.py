"""Versions and pages: what was read can be changed only as it was read, and a list is read to its end."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from ieum.http import Invalid
from ieum.http.paging import PageRequest

SignIn = Callable[..., dict[str, str]]


async def test_a_change_names_the_version_it_changes_and_gets_the_next(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    written = await client.post("/notes", json={"title": "one"}, headers=sign_in())

    changed = await client.put(
        "/notes/1", json={"title": "two"}, headers={**sign_in(), "If-Match": written.headers["etag"]}
    )

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize(
    ("if_match", "status", "kind"),
    [
        ({"If-Match": '"7"'}, 412, "stale-version"),
        ({}, 428, "version-required"),
        ({"If-Match": "1"}, 422, "invalid"),
        ({"If-Match": "*"}, 422, "invalid"),
        ({"If-Match": '"' + "9" * 30 + '"'}, 422, "invalid"),
    ],
)
async def test_a_change_of_another_version_is_refused_and_changes_nothing(
    client: httpx.AsyncClient, sign_in: SignIn, if_match: dict[str, str], status: int, kind: str
) -> None:
    await client.post("/notes", json={"title": "one"}, headers=sign_in())

    refused = await client.put("/notes/1", json={"title": "two"}, headers={**sign_in(), **if_match})

    assert (refused.status_code, refused.json()["type"]) == (status, f"urn:ieum:problem:{kind}")
    assert (await client.get("/notes/1")).json()["title"] == "one"


async def test_pages_follow_each_other_to_the_end_without_gap_or_repetition(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    for number in range(5):
        await client.post("/notes", json={"title": f"note {number}"}, headers=sign_in())

    titles, cursor = [], ""
    while cursor is not None:
        page = (await client.get("/notes?limit=2" + (f"&cursor={cursor}" if cursor else ""), headers=sign_in())).json()
        titles += [note["title"] for note in page["items"]]
        cursor = page["next"]

    assert titles == [f"note {number}" for number in range(5)]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=***",
        "cursor=bm9uZQ",
        "cursor=WyJ4Il0",
        "cursor=é",
        "cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
    ],
)
async def test_a_made_up_limit_or_cursor_is_refused(client: httpx.AsyncClient, sign_in: SignIn, query: str) -> None:
    answer = await client.get(f"/notes?{query}", headers=sign_in())

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_cursor_brings_back_times_and_uuids() -> None:
    key = (datetime(2026, 9, 19, 5, 0, 0, 123456, tzinfo=UTC), uuid4(), "가")

    page = PageRequest(limit=1).page([key, key], key=lambda item: item)

    assert PageRequest(limit=1, cursor=page.next).after(datetime, UUID, str) == key


@pytest.mark.parametrize(
    "key",
    ["2026-11-23T10:00:00", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", 0],
    ids=["no zone", "before all time", "after all time", "number"],
)
def test_a_cursor_of_a_time_that_no_database_can_hold_is_refused(key: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([key]).encode()).decode().rstrip("=")

    with pytest.raises(Invalid) as caught:
        PageRequest(limit=1, cursor=cursor).after(datetime)

    assert [error.field for error in caught.value.errors] == ["cursor"]


@pytest.mark.parametrize(
    ("path", "field"),
    [("/notes?cursor=WzMwMDAwMDAwMDBd", "query"), ("/notes/3000000000", "path")],
    ids=["query", "path"],
)
async def test_a_value_that_cannot_be_stored_is_looked_for_where_it_was_sent(
    client: httpx.AsyncClient, sign_in: SignIn, path: str, field: str
) -> None:
    answer = await client.get(path, headers=sign_in())

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_last_page_has_no_next() -> None:
    assert PageRequest(limit=2).page([1, 2], key=lambda item: (item,)).next is None


def test_a_cursor_of_another_list_is_refused() -> None:
    page = PageRequest(limit=1).page(["a", "b"], key=lambda item: (item,))

    with pytest.raises(Invalid):
        PageRequest(limit=1, cursor=page.next).after(datetime, UUID)
