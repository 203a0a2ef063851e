"""Every error is a problem document: type, title in the client's language, status, request id, fields at fault."""

import json
from collections.abc import Callable

import httpx
import pytest

from ieum.http import Conflict, FieldError, Problem, problem_responses

SignIn = Callable[..., dict[str, str]]


def _fields(answer: httpx.Response) -> set[str]:
    return {error["field"] for error in answer.json()["errors"]}


async def test_a_problem_names_its_type_title_status_detail_and_request(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    answer = await client.post(
        "/notes", json={"title": "one", "text": "closed"}, headers={**sign_in(), "X-Request-Id": "request-1"}
    )

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:ieum:problem:note-closed",
        "title": "닫힌 메모는 변경할 수 없습니다.",
        "status": 409,
        "detail": "닫혔습니다.",
        "request_id": "request-1",
    }


async def test_a_client_that_prefers_english_is_answered_in_english(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    answer = await client.post(
        "/notes", json={"title": "one", "text": "closed"}, headers={**sign_in(), "Accept-Language": "en-GB,ko;q=0.5"}
    )

    assert answer.headers["content-language"] == "en"
    assert answer.json()["title"] == "The note is closed and takes no more changes."
    assert answer.json()["detail"] == "It is closed."


async def test_broken_rules_are_listed_by_dotted_field_in_two_languages_without_the_value(
    offline: httpx.AsyncClient, sign_in: SignIn
) -> None:
    secret = "901010-1234567"

    answer = await offline.post(
        "/notes", json={"title": "", "count": secret, "stars": {"at_least": -1}, "text": 7}, headers=sign_in()
    )

    assert answer.status_code == 422
    assert secret not in answer.text
    assert {"field": "stars.at_least", "rule": "at least 0", "ko": "0 이상이어야 합니다"} in answer.json()["errors"]
    assert _fields(answer) == {"title", "count", "stars.at_least", "text"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("GET", "/nowhere", b"", 404, "not-found"),
        ("PATCH", "/notes", b"", 405, "method-not-allowed"),
        ("POST", "/notes", b'{"title": ', 400, "malformed-json"),
        ("POST", "/notes", b"\xff\xff", 400, "malformed"),
        ("POST", "/notes", b"", 422, "invalid"),
        ("POST", "/notes", b"[1]", 422, "invalid"),
        ("GET", "/notes/none", b"", 422, "invalid"),
    ],
)
async def test_what_cannot_be_read_or_found_has_its_own_problem(
    offline: httpx.AsyncClient, sign_in: SignIn, method: str, path: str, body: bytes, status: int, kind: str
) -> None:
    headers = {**sign_in(), "Content-Type": "application/json"}

    answer = await offline.request(method, path, content=body, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:ieum:problem:{kind}")


async def test_a_method_that_is_not_allowed_is_told_which_are(offline: httpx.AsyncClient) -> None:
    answer = await offline.patch("/files")

    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "content_type", "wanted"),
    [
        ("/notes", "text/plain", "application/json"),
        ("/notes", "application/xml", "application/json"),
        ("/files", "application/json", "multipart/form-data"),
    ],
)
async def test_another_content_type_is_answered_415_with_the_one_wanted(
    offline: httpx.AsyncClient, sign_in: SignIn, path: str, content_type: str, wanted: str
) -> None:
    answer = await offline.post(path, content=b"{}", headers={**sign_in(), "Content-Type": content_type})

    assert (answer.status_code, answer.json()["detail"]) == (415, wanted)


async def test_a_bug_is_answered_500_with_the_request_id_and_nothing_of_the_failure(
    offline: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await offline.get("/bug", headers={"X-Request-Id": "request-1"})

    logged = capsys.readouterr().out
    assert (answer.status_code, answer.json()["request_id"]) == (500, "request-1")
    assert "홍길동" not in answer.text
    assert "request_failed" in logged


async def test_without_a_database_the_answer_is_503_and_says_when_to_try_again(offline: httpx.AsyncClient) -> None:
    answer = await offline.get("/notes/1")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:ieum:problem:database-unavailable")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(("title", "status", "kind"), [("taken", 409, "conflict"), ("checked", 422, "invalid")])
async def test_a_constraint_that_no_rule_foresaw_is_no_500(
    client: httpx.AsyncClient, sign_in: SignIn, title: str, status: int, kind: str
) -> None:
    await client.post("/notes", json={"title": "taken"}, headers=sign_in())

    answer = await client.post("/notes", json={"title": title}, headers=sign_in())

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:ieum:problem:{kind}")


async def test_a_number_that_its_column_cannot_hold_is_no_500(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/notes/{2**40}")

    assert answer.status_code == 422


def test_a_problem_without_two_titles_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="docstring"):
        type("Untitled", (Problem,), {"ko": "제목"})

    with pytest.raises(TypeError, match="ko"):
        type("OnlyEnglish", (Conflict,), {"__doc__": "Only English."})


def test_the_type_of_a_problem_is_its_class_name_as_a_slug() -> None:
    class HTTPPeerTooSlow(Problem):
        """The peer is too slow."""

        ko = "상대가 너무 느립니다."

    assert HTTPPeerTooSlow.kind() == "http-peer-too-slow"


def test_problems_of_one_status_share_a_response_with_an_example_each() -> None:
    class FirstConflict(Conflict):
        """The first."""

        ko = "첫째."

    class SecondConflict(Conflict):
        """The second."""

        ko = "둘째."

    told = problem_responses(SecondConflict, FirstConflict)

    assert list(told) == [409]
    assert told[409]["description"] == "The first. The second."
    assert list(told[409]["content"]["application/problem+json"]["examples"]) == ["first-conflict", "second-conflict"]


def test_a_problem_carries_the_fields_it_was_given() -> None:
    rule = FieldError(field="pay.min", rule="at least 0", ko="0 이상이어야 합니다")

    document = Conflict(errors=[rule]).document("en")

    assert json.loads(json.dumps(document))["errors"] == [rule.model_dump()]
