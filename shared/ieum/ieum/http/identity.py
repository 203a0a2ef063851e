"""Who is asking: a bearer token (JWT, HS256) that carries a person, a role and what the role needs.

```python
@router.get("/notes")
async def notes(caller: Annotated[Caller, allow("author", "editor")]) -> …
```

Services check signature, audience and expiry themselves; nobody is trusted for being inside the network.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ieum.http.problems import Forbidden, Unauthenticated

AUDIENCE = "ieum"
SERVICE_ROLE = "service"
"""The role of one service asking another; its person id is `service:<name>`."""

SHORTEST_KEY = 32
"""Bytes an HS256 key must have (RFC 7518, 3.2)."""

_CLOCK_SKEW_SECONDS = 30
_LONGEST_TOKEN = 8_000


class Caller(BaseModel):
    """The person or service behind a request."""

    model_config = ConfigDict(frozen=True)

    person_id: str = Field(min_length=1, max_length=200)
    role: str = Field(min_length=1, max_length=50)
    attributes: dict[str, str] = Field(default_factory=dict)

    def attribute(self, name: str) -> str:
        """An attribute that the role must have, such as the office of staff. Raises Forbidden when it is missing."""
        value = self.attributes.get(name)
        if not value:
            raise Forbidden
        return value


def issue(key: str, caller: Caller, lifetime: timedelta = timedelta(hours=8)) -> str:
    """A token for the caller, valid from now for `lifetime`."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "aud": AUDIENCE,
        "sub": caller.person_id,
        "role": caller.role,
        "attributes": caller.attributes,
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
    }
    return jwt.encode({"alg": "HS256"}, claims, _key(key))


def verify(key: str, token: str) -> Caller:
    """The caller a token speaks for. Raises Unauthenticated, which does not say why: that helps only who forges."""
    return verified(key, token)[0]


def verified(key: str, token: str) -> tuple[Caller, float]:
    """The caller, and until when the token speaks for them; seconds since 1970. Raises Unauthenticated."""
    if len(token) > _LONGEST_TOKEN:
        raise Unauthenticated
    rules = jwt.JWTClaimsRegistry(
        leeway=_CLOCK_SKEW_SECONDS,
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        exp={"essential": True},
    )
    try:
        claims = jwt.decode(token, _key(key), algorithms=["HS256"]).claims
        rules.validate(claims)
        caller = Caller.model_validate(
            {"person_id": claims["sub"], "role": claims.get("role"), "attributes": claims.get("attributes") or {}}
        )
        return caller, float(claims["exp"])
    except (JoseError, ValidationError, ValueError, TypeError):
        raise Unauthenticated from None


def bearer(token: str) -> Mapping[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def _key(key: str) -> OctKey:
    if len(key.encode()) < SHORTEST_KEY:
        raise ValueError(f"the identity key must have at least {SHORTEST_KEY} bytes")
    return OctKey.import_key(key)


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="Issued by the portal; see ieum.http.identity")


async def _authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    if credentials is None:
        raise Unauthenticated
    caller, until = verified(request.app.state.identity_key, credentials.credentials)
    request.state.caller, request.state.caller_until = caller, until
    return caller


def allow(*roles: str) -> Any:
    """A dependency: the caller, who must have one of these roles (any when none is named). 401 or 403 otherwise."""

    async def allowed(caller: Annotated[Caller, Depends(_authenticated)]) -> Caller:
        if roles and caller.role not in roles:
            raise Forbidden
        return caller

    return Depends(allowed)


def caller_of(request: Request) -> Caller | None:
    """The caller that `allow` found for this request; None on routes that are open to everybody."""
    found: Caller | None = getattr(request.state, "caller", None)
    return found


def seconds_left(request: Request) -> float | None:
    """How long the caller's token still holds; None on routes that are open to everybody."""
    until: float | None = getattr(request.state, "caller_until", None)
    return None if until is None else max(0.0, until - time.time())
