"""Files sent over HTTP: taken in a form or as they are, refused with a clear answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from ieum.service import Service
from ieum.testing.client import Tokens
from ieum_local.demo import sample
from registration.imports.working import take_next
from registration.uploads import bodies

from .conftest import SHEET

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


async def test_a_file_in_a_form_is_accepted_and_taken_in(
    service_client: httpx.AsyncClient, service: Service, operator: dict[str, str], told: Told
) -> None:
    answer = await service_client.post(
        "/imports?format=auto", files={"file": ("구인.csv", SHEET.encode("cp949"))}, headers=operator
    )

    assert answer.status_code == 202
    view = answer.json()
    assert answer.headers["location"] == f"/imports/{view['import_id']}"
    assert {name: view[name] for name in ("file_name", "format", "encoding", "state", "rows_total", "rows_read")} == {
        "file_name": "구인.csv",
        "format": "csv",
        "encoding": "cp949",
        "state": "waiting",
        "rows_total": 3,
        "rows_read": 0,
    }
    assert await take_next(service.database)
    done = (await service_client.get(answer.headers["location"], headers=operator)).json()
    assert [done[name] for name in ("state", "rows_read", "taken", "unchanged", "rejected")] == ["finished", 3, 1, 0, 2]
    assert done["problem"] is None
    assert [kind for kind, *_ in await told()] == ["EmployerRegistered", "VacancyOpened"]


@pytest.mark.parametrize(
    ("content", "asked", "name"),
    [
        (b"".join(sample.work24(5)), "auto", "work24"),
        (b"".join(sample.work24(5)), "work24", "work24"),
        (b"".join(sample.ndjson(5)), "json_ld", "json_ld"),
        (sample.spreadsheet(5), "csv", "csv"),
    ],
)
async def test_a_file_may_be_the_body_itself(
    service_client: httpx.AsyncClient, operator: dict[str, str], content: bytes, asked: str, name: str
) -> None:
    answer = await service_client.post(
        f"/imports?format={asked}&file_name=list", content=content, headers={**operator, "Content-Type": "text/plain"}
    )

    assert answer.status_code == 202, answer.text
    assert (answer.json()["format"], answer.json()["rows_total"], answer.json()["file_name"]) == (name, 5, "list")


LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><wantedRoot><wanted><title>&b;</title></wanted></wantedRoot>'
)


@pytest.mark.parametrize(
    ("content", "asked", "word"),
    [
        (b"", "auto", "empty"),
        (b"", "work24", "empty"),
        (b"".join(sample.work24(50))[:-100], "auto", "ends too early"),
        (b"".join(sample.work24(50)).decode()[1:].encode("cp949"), "auto", "encoding"),
        (LAUGHS, "auto", "document type"),
        (b"<wantedRoot>" + b"<a>" * 3_000, "auto", "nested deeper"),
        (b"[" * 10_000, "auto", "nested deeper"),
        (b"<html><body>503 Service Unavailable</body></html>", "auto", "HTML page"),
        (b"<html></html>", "work24", "HTML page"),
        (b"<wantedRoot/>", "csv", "This is XML"),
        (b"a,b\n1,2\n", "auto", "lacks these columns"),
        (b"a,b\n1,2\n", "json_ld", "not a JSON object"),
        (SHEET.replace("occupation_code", "colour").encode(), "csv", "occupation_code"),
        (SHEET.encode("utf-16"), "csv", "UTF-16"),
    ],
)
async def test_a_file_that_cannot_be_read_gets_a_clear_answer_and_leaves_nothing(
    service_client: httpx.AsyncClient,
    english: dict[str, str],
    service: Service,
    content: bytes,
    asked: str,
    word: str,
) -> None:
    answer = await service_client.post(f"/imports?format={asked}", files={"file": ("f", content)}, headers=english)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == "urn:ieum:problem:file-not-taken"
    assert word in told["detail"]
    assert told["errors"][0]["ko"]
    async with service.database.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM vacancy_import") == 0


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("in_form", [True, False])
async def test_a_file_over_the_limit_is_refused_with_the_limit(
    service_client: httpx.AsyncClient,
    english: dict[str, str],
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    announced: bool,
    in_form: bool,
) -> None:
    monkeypatch.setattr(bodies, "MOST_BYTES", 1_000_000)
    piece = b"x" * 100_000
    kind = "multipart/form-data; boundary=edge" if in_form else "text/csv"
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' if in_form else b""
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield head
        for _ in range(20):
            sent += len(piece)
            yield piece

    headers = {**english, "Content-Type": kind, **({"Content-Length": "2000000"} if announced else {})}
    answer = await service_client.post("/imports", content=body(), headers=headers)

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:ieum:problem:file-too-large"
    assert "160 MiB" in answer.json()["detail"]
    assert sent == 2_000_000
    async with service.database.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM vacancy_import") == 0


@pytest.mark.parametrize(
    ("kwargs", "status"),
    [
        ({"data": {"other": "x"}, "files": {"wrong": ("f", b"x")}}, 422),
        ({"content": b"no parts", "headers": {"Content-Type": "multipart/form-data; boundary=edge"}}, 422),
        ({"content": b"no boundary", "headers": {"Content-Type": "multipart/form-data"}}, 422),
        ({"files": {"file": ("f", b"x")}, "params": {"format": "xlsx"}}, 422),
        ({"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]}, 422),
    ],
)
async def test_a_request_without_a_file_is_a_problem(
    service_client: httpx.AsyncClient, operator: dict[str, str], kwargs: dict[str, Any], status: int
) -> None:
    headers = {**operator, **kwargs.pop("headers", {})}

    answer = await service_client.post("/imports", headers=headers, **kwargs)

    assert answer.status_code == status
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("a\u202eb.csv", "without overrides of the reading direction"),
        ("a\x00b.csv", "one line without control characters"),
        ("홍길동 900101-1234568.csv", "without a resident registration number"),
    ],
)
async def test_a_files_name_keeps_to_one_rule_in_a_form_and_in_the_query(
    service_client: httpx.AsyncClient, operator: dict[str, str], name: str, rule: str
) -> None:
    part = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    content = part + SHEET.encode() + b"\r\n--edge--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}

    in_form = await service_client.post("/imports", content=content, headers={**operator, **kind})
    in_query = await service_client.post(
        "/imports", content=SHEET.encode(), params={"file_name": name}, headers=operator
    )

    assert [(error["field"], error["rule"]) for error in in_form.json()["errors"]] == [("file", rule)]
    assert [error["field"] for error in in_query.json()["errors"]] == ["file_name"]
    assert (in_form.status_code, in_query.status_code) == (422, 422)


@pytest.mark.parametrize("charset", ["punycode", "undefined", "unicode_escape", "no-such-thing"])
@pytest.mark.parametrize("name", ["\xea\xb5\xac.csv", "\\x", "\xff"])
async def test_no_charset_of_a_form_breaks_it(
    service_client: httpx.AsyncClient, operator: dict[str, str], charset: str, name: str
) -> None:
    part = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode("latin-1")
    kind = f"multipart/form-data; boundary=edge; charset={charset}"

    answer = await service_client.post(
        "/imports",
        content=part + SHEET.encode() + b"\r\n--edge--\r\n",
        headers={**operator, "Content-Type": kind},
    )

    assert answer.status_code == 202, answer.text


async def test_the_same_request_repeated_is_one_import(
    service_client: httpx.AsyncClient, operator: dict[str, str], service: Service
) -> None:
    headers = {**operator, "Idempotency-Key": "once"}
    first = await service_client.post("/imports", content=SHEET.encode(), headers=headers)

    repeated = await service_client.post("/imports", content=SHEET.encode(), headers=headers)
    other = await service_client.post("/imports", content=SHEET.encode() + b"A-4,,,,,,\n", headers=headers)

    assert (repeated.status_code, repeated.json()) == (202, first.json())
    assert other.status_code == 422
    async with service.database.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM vacancy_import") == 1


async def test_only_those_who_may_send_can_send(
    service_client: httpx.AsyncClient, tokens: Tokens, appointed: Callable[..., Awaitable[dict[str, str]]]
) -> None:
    moved = tokens("counsellor", "00000000-0000-0000-0000-000000000009", centre_code="15152")
    senders = [
        {},
        tokens("jobseeker"),
        tokens("employer", "p-e"),
        tokens("employer", "p-e", employer_id="x"),
        moved,
        await appointed("counsellor"),
        tokens("ministry"),
    ]

    codes = [
        (await service_client.post("/imports", content=SHEET.encode(), headers=headers)).status_code
        for headers in senders
    ]

    assert codes == [401, 403, 403, 403, 403, 202, 202]


async def test_who_sends_files_learns_what_a_spreadsheet_must_look_like(
    service_client: httpx.AsyncClient, operator: dict[str, str], tokens: Tokens
) -> None:
    columns = (await service_client.get("/imports/csv-columns", headers=operator)).json()["items"]
    refused = await service_client.get("/imports/csv-columns", headers=tokens("jobseeker", "j-1"))

    assert {column["name"]: column["required"] for column in columns}.items() >= {
        ("reference", True),
        ("occupation_code", True),
        ("business_number", False),
    }
    assert refused.status_code == 403
