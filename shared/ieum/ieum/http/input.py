"""What no service can store or wants to see, refused at the door of every route.

NUL and lone surrogates (PostgreSQL's text takes neither), integers beyond 64 bits, numbers that are none (NaN), and
nesting deeper than any form.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

from starlette.requests import Request

from ieum.http.problems import FieldError, Invalid, MalformedJson, UnsupportedMediaType

DEEPEST = 32
"""Levels of lists and objects a JSON body may have."""

_INT64 = range(-(2**63), 2**63)
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")

_NUL = ("without NUL characters", "NUL 문자가 없어야 합니다")
_SURROGATE = ("valid Unicode text", "올바른 유니코드 문자열이어야 합니다")
_BIG = ("a whole number within 64 bits", "64비트 범위의 정수여야 합니다")
_FINITE = ("a finite number", "유한한 숫자여야 합니다")


async def refuse_dangerous_input(request: Request) -> None:
    """A dependency of the whole application; FastAPI has read the body by then. Raises Problem subclasses."""
    _refuse_content_type(request)
    values: list[tuple[str, Any]] = [*request.query_params.multi_items(), *request.path_params.items()]
    if form := getattr(request, "_form", None):
        values += [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    faults = [
        FieldError(field=_path((name,)), rule=rule, ko=ko) for name, value in values for rule, ko in _faults(value)
    ]
    faults += [
        FieldError(field=_path(path), rule=rule, ko=ko)
        for path, rule, ko in _json_faults(getattr(request, "_json", None))
    ]
    if faults:
        raise Invalid(errors=faults[:50])


def _refuse_content_type(request: Request) -> None:
    if getattr(request, "_body", b"") and not hasattr(request, "_json"):
        raise UnsupportedMediaType("application/json")
    if getattr(request, "_form", None) is not None and not request.headers.get("content-type", "").startswith(_FORMS):
        raise UnsupportedMediaType("multipart/form-data")


def _json_faults(document: Any) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Walks without recursion: the document's depth must not become ours."""
    pending: list[tuple[tuple[str, ...], Any]] = [((), document)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict | list):
            if len(path) >= DEEPEST:
                raise MalformedJson(
                    {"en": f"Nested deeper than {DEEPEST} levels.", "ko": f"{DEEPEST}단계보다 깊게 중첩되어 있습니다."}
                )
            if isinstance(value, dict):
                for name in value:
                    for rule, ko in _faults(name):
                        yield path, rule, ko
            members: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
            pending += [((*path, str(name)), member) for name, member in members]
        else:
            for rule, ko in _faults(value):
                yield path, rule, ko


def _faults(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if "\0" in value:
            yield _NUL
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            yield _SURROGATE
    elif isinstance(value, int):
        if value not in _INT64:
            yield _BIG
    elif isinstance(value, float) and not math.isfinite(value):
        yield _FINITE


def _path(path: tuple[str, ...]) -> str:
    """A name of the client's own making may itself be what is refused, so it is cleaned."""
    text = ".".join(path)[:200] or "body"
    return text.encode("utf-8", "replace").decode().replace("\0", "?")
