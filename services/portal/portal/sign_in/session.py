"""
The session cookie: which person looks, signed so that nobody can make one up.

It is signed with a key derived from the services' key, so that a cookie is never a bearer token.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, Field

LIFETIME = timedelta(hours=8)
"""A working day; after it the person signs in again."""

OFFERED = timedelta(hours=1)
"""How long a list of people can be chosen from after it was shown."""

_SESSION, _OFFER = "ieum:portal:session", "ieum:portal:offer"


class Person(BaseModel):
    """Someone signed in: what every request to a service carries about them, and the name to greet them with.

    `is_new`: nobody yet, who tries a registration; the name only says so.
    """

    model_config = ConfigDict(frozen=True)

    person_id: str
    name: str
    role: str
    attributes: dict[str, str] = Field(default_factory=dict)
    is_new: bool = False


def seal(identity_key: str, person: Person, now: datetime) -> str:
    """The cookie's value for a person who signs in now."""
    return _signed(identity_key, person, _SESSION, now + LIFETIME)


def unseal(identity_key: str, cookie: str, now: datetime) -> Person | None:
    """The person of a cookie; None when it is not ours, damaged or over."""
    return _read(identity_key, cookie, _SESSION, now)


def offer(identity_key: str, person: Person, now: datetime) -> str:
    """A person to choose from a list, signed, so that what comes back is what was offered."""
    return _signed(identity_key, person, _OFFER, now + OFFERED)


def taken(identity_key: str, offered: str, now: datetime) -> Person | None:
    """The person of an offer; None when it was not ours or is too old."""
    return _read(identity_key, offered, _OFFER, now)


def _signed(identity_key: str, person: Person, audience: str, expires: datetime) -> str:
    claims = {"aud": audience, "exp": int(expires.timestamp()), "person": person.model_dump()}
    return jwt.encode({"alg": "HS256"}, claims, _key(identity_key))


def _read(identity_key: str, text: str, audience: str, now: datetime) -> Person | None:
    # Only headers as we write them: a library has much to stumble over in those of others.
    if not text.startswith(_HEADER):
        return None
    try:
        claims = jwt.decode(text, _key(identity_key), algorithms=["HS256"]).claims
        if claims.get("aud") != audience or claims.get("exp", 0) <= now.timestamp():
            return None
        return Person.model_validate(claims.get("person"))
    except (JoseError, ValueError):
        return None


_HEADER = jwt.encode({"alg": "HS256"}, {}, OctKey.generate_key(256)).partition(".")[0] + "."


def _key(identity_key: str) -> OctKey:
    return OctKey.import_key(hmac.digest(identity_key.encode(), b"portal session", hashlib.sha256))
