"""A token speaks for its caller only while it is whole, signed by us, meant for us, and not expired."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from ieum.http import Caller, Forbidden, Unauthenticated
from ieum.http.identity import bearer, issue, verify

KEY = "a-key-for-tests-of-32-bytes-or-more"
CALLER = Caller(person_id="p-1", role="author", attributes={"office": "11110"})
SignIn = Callable[..., dict[str, str]]


def _token(alg: str = "HS256", key: str = KEY, **changes: Any) -> str:
    claims = {"aud": "ieum", "sub": "p-1", "role": "author", "attributes": {}, "exp": 4_000_000_000, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg}, kept, OctKey.import_key(key), algorithms=[alg])


def test_a_token_brings_back_its_caller() -> None:
    assert verify(KEY, issue(KEY, CALLER)) == CALLER


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(issue(KEY, CALLER, timedelta(seconds=-60)), id="expired"),
        pytest.param(issue("another-key-of-at-least-32-bytes!!", CALLER), id="another key"),
        pytest.param(_token(aud="elsewhere"), id="another audience"),
        pytest.param(_token(aud=None), id="no audience"),
        pytest.param(_token(exp=None), id="no expiry"),
        pytest.param(_token(sub=None), id="nobody"),
        pytest.param(_token(role=None), id="no role"),
        pytest.param(_token(attributes={"office": 1}), id="attributes that are no text"),
        pytest.param(_token(alg="HS512"), id="another algorithm"),
        pytest.param("eyJhbGciOiJub25lIn0.eyJzdWIiOiJwLTEifQ.", id="unsigned"),
        pytest.param(issue(KEY, CALLER)[:-2], id="cut"),
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="no token"),
        pytest.param("é" * 50, id="not ascii"),
        pytest.param("x" * 100_000, id="endless"),
    ],
)
def test_any_other_token_speaks_for_nobody(token: str) -> None:
    with pytest.raises(Unauthenticated):
        verify(KEY, token)


def test_a_key_that_can_be_guessed_is_not_used() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        issue("short", CALLER)


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({}, 401, "unauthenticated"),
        ({"Authorization": "Basic eDp5"}, 401, "unauthenticated"),
        ({"Authorization": "Bearer nonsense"}, 401, "unauthenticated"),
        (dict(bearer(issue(KEY, Caller(person_id="p-1", role="reader")))), 403, "forbidden"),
    ],
)
async def test_a_route_for_authors_refuses_everybody_else(
    offline: httpx.AsyncClient, headers: dict[str, str], status: int, kind: str
) -> None:
    answer = await offline.post("/notes", json={"title": "one"}, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:ieum:problem:{kind}")
    assert (status == 401) == ("www-authenticate" in answer.headers)


def test_an_attribute_the_caller_lacks_is_forbidden_ground() -> None:
    assert CALLER.attribute("office") == "11110"
    with pytest.raises(Forbidden):
        CALLER.attribute("employer")
