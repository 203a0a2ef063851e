"""HTTP for services: one application factory, problems in two languages, and writes that can be repeated safely.

| Need | Name |
|---|---|
| an application | `create_app` (services use `ieum.service.Service`, which calls it) |
| say what went wrong | `Problem` and its kinds, `FieldError`, `BrokenRule`, `problem_responses` |
| who is asking | `Caller`, `allow`, `ieum.http.identity` |
| change and read | `Write`, `Read`, `IfMatch`, `check_version`, `etag` |
| lists | `Paging`, `Page` |
| live | `EventStream`, `frame`, `LastEventId`, `LastEventNumber` |
| text in | `Text`, `Name`, `Filled`, `LongText` |
| days in | `Day`, `Instant` |
| ask another service | `Peer`, `as_service` |
"""

from ieum.http.app import BODY_LIMIT, create_app
from ieum.http.client import NotSendable, Peer, PeerUnavailable, as_service
from ieum.http.conditions import IfMatch, check_version, etag
from ieum.http.days import Day, Instant
from ieum.http.identity import Caller, allow
from ieum.http.language import Language, preferred_language
from ieum.http.paging import Page, PageRequest, Paging
from ieum.http.problems import (
    Conflict,
    DatabaseUnavailable,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    StaleVersion,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    problem_response,
    problem_responses,
)
from ieum.http.rules import BrokenRule, field_errors
from ieum.http.sse import EventStream, LastEventId, LastEventNumber, frame
from ieum.http.text import Filled, LongText, Name, Text, normalise
from ieum.http.writing import IdempotencyKeyReused, Read, Write

__all__ = [
    "BODY_LIMIT",
    "BrokenRule",
    "Caller",
    "Conflict",
    "DatabaseUnavailable",
    "Day",
    "EventStream",
    "FieldError",
    "Filled",
    "Forbidden",
    "IdempotencyKeyReused",
    "IfMatch",
    "Instant",
    "Invalid",
    "Language",
    "LastEventId",
    "LastEventNumber",
    "LongText",
    "Name",
    "NotFound",
    "NotSendable",
    "Page",
    "PageRequest",
    "Paging",
    "Peer",
    "PeerUnavailable",
    "Problem",
    "Read",
    "StaleVersion",
    "Text",
    "Unauthenticated",
    "Unavailable",
    "UnsupportedMediaType",
    "Write",
    "allow",
    "as_service",
    "check_version",
    "create_app",
    "etag",
    "field_errors",
    "frame",
    "normalise",
    "preferred_language",
    "problem_response",
    "problem_responses",
]
