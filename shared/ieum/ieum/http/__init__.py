"""HTTP for services: one application factory, problems in two languages, and writes that can be repeated safely.

| Need | Name |
|---|---|
| an application | `create_app` (services use `ieum.service.Service`, which calls it) |
| say what went wrong | `Problem` and its kinds, `FieldError`, `BrokenRule`, `problem_responses` |
| who is asking | `Caller`, `allow`, `ieum.http.identity` |
| change and read | `Write`, `Read`, `IfMatch`, `check_version`, `etag` |
| lists | `Paging`, `Page` |
| live | `EventStream`, `frame`, `LastEventNumber` |
| text in | `Text`, `Name`, `Filled` |
| days in | `Day`, `Instant` |
| ask another service | `Peer`, `as_service` |
"""

from ieum.http.app import create_app
from ieum.http.client import Peer, PeerUnavailable, as_service
from ieum.http.conditions import IfMatch, check_version, etag
from ieum.http.days import Day, Instant
from ieum.http.identity import Caller, allow
from ieum.http.language import Language, preferred_language
from ieum.http.paging import Page, Paging
from ieum.http.problems import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    StaleVersion,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    problem_responses,
)
from ieum.http.rules import BrokenRule, field_errors
from ieum.http.sse import EventStream, LastEventNumber, frame
from ieum.http.text import Filled, Name, Text
from ieum.http.writing import Read, Write

__all__ = [
    "BrokenRule",
    "Caller",
    "Conflict",
    "Day",
    "EventStream",
    "FieldError",
    "Filled",
    "Forbidden",
    "IfMatch",
    "Instant",
    "Invalid",
    "Language",
    "LastEventNumber",
    "Name",
    "NotFound",
    "Page",
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
    "preferred_language",
    "problem_responses",
]
