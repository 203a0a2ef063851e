"""What cannot be stored or must not be parsed is refused at the door of every route."""

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from ieum.http import Name, Text
from ieum.http.input import DEEPEST

SignIn = Callable[..., dict[str, str]]


def _nested(levels: int) -> str:
    return '{"title": "one", "stars": ' + "[" * levels + "]" * levels + "}"


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ('{"title": "a\\u0000b"}', "title", "without NUL characters"),
        ('{"title": "a\\ud800b"}', "title", "valid Unicode text"),
        ('{"title": "a", "stars": {"at_least": "\\u0000"}}', "stars.at_least", "without NUL characters"),
        (f'{{"title": "a", "count": {2**63}}}', "count", "a whole number within 64 bits"),
        ('{"title": "a", "count": NaN}', "count", "a finite number"),
        ('{"title": "a", "count": -Infinity}', "count", "a finite number"),
        ('{"title": "a", "x\\u0000y": 1}', "body", "without NUL characters"),
    ],
)
async def test_a_value_that_cannot_be_stored_is_refused_by_name(
    offline: httpx.AsyncClient, sign_in: SignIn, body: str, field: str, rule: str
) -> None:
    answer = await offline.post("/notes", content=body, headers={**sign_in(), "Content-Type": "application/json"})

    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [(field, rule)]


async def test_a_lone_surrogate_in_raw_bytes_is_refused(offline: httpx.AsyncClient, sign_in: SignIn) -> None:
    body = b'{"title": "\xed\xa0\x80"}'

    answer = await offline.post("/notes", content=body, headers={**sign_in(), "Content-Type": "application/json"})

    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/notes?cursor=%00", "/count?last_event_id=1%00"])
async def test_nul_in_the_query_is_refused(offline: httpx.AsyncClient, sign_in: SignIn, path: str) -> None:
    answer = await offline.get(path, headers=sign_in())

    assert answer.status_code == 422


@pytest.mark.parametrize("levels", [DEEPEST, 500, 20_000])
async def test_deep_nesting_is_malformed(offline: httpx.AsyncClient, sign_in: SignIn, levels: int) -> None:
    answer = await offline.post(
        "/notes", content=_nested(levels), headers={**sign_in(), "Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert answer.json()["type"].startswith("urn:ieum:problem:malformed")


async def test_nesting_within_the_limit_is_left_to_the_rules(offline: httpx.AsyncClient, sign_in: SignIn) -> None:
    answer = await offline.post(
        "/notes", content=_nested(DEEPEST - 1), headers={**sign_in(), "Content-Type": "application/json"}
    )

    assert answer.status_code == 422


async def test_a_number_of_ten_thousand_digits_is_malformed(offline: httpx.AsyncClient, sign_in: SignIn) -> None:
    body = '{"title": "a", "count": ' + "9" * 10_000 + "}"

    answer = await offline.post("/notes", content=body, headers={**sign_in(), "Content-Type": "application/json"})

    assert answer.status_code == 400


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_the_limit_is_answered_413_as_a_problem(
    offline: httpx.AsyncClient, sign_in: SignIn, announced: bool
) -> None:
    body = json.dumps({"title": "x" * 1_100_000}).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    answer = await offline.post(
        "/notes", content=body if announced else chunks(), headers={**sign_in(), "Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:ieum:problem:body-too-large")


async def test_a_route_may_raise_its_own_body_limit(offline: httpx.AsyncClient) -> None:
    within = await offline.post("/files", files={"file": b"x" * 2_000_000})
    streamed = await offline.post("/raw", content=b"x" * 2_000_000)
    beyond = await offline.post("/files", files={"file": b"x" * 5_000_000})

    assert within.json() == streamed.json() == {"bytes": 2_000_000}
    assert (beyond.status_code, beyond.json()["status"]) == (413, 413)


def test_text_is_composed_and_trimmed() -> None:
    decomposed = "  \u1112\u1161\u11ab\u1100\u1173\u11af "

    assert TypeAdapter(Text).validate_python(decomposed) == "한글"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Name, "  "),
        (Name, "x" * 201),
        (Text, "a\nb"),
        (Text, "a\x1b[2J"),
        (Text, "a\x00"),
        *((kind, f"a{control}b") for kind in (Name, Text) for control in "\u202a\u202d\u202e\u2066\u2069"),
        *((Name, blank) for blank in ("\u200b", "\u200f\u200e", "★!?", "\u3164", "\u115f\u1160", "\u2800")),
    ],
)
def test_text_outside_its_rules_is_refused(kind: type, value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize("text", ["\u200f\u05e9\u05dc\u05d5\u05dd", "(주)가나 ★", "3", "👩\u200d💻 개발자"])
def test_text_of_every_script_is_a_name(text: str) -> None:
    assert TypeAdapter(Name).validate_python(text) == text
