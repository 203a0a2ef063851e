"""What no service can store or wants to see, refused at the door of every route.

NUL and lone surrogates (PostgreSQL's text takes neither), integers beyond 64 bits, numbers that are none (NaN), and
nesting deeper than any form.
"""

import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from starlette.requests import Request

from ieum.http.language import Language
from ieum.http.problems import FieldError, Invalid, MalformedJson, UnsupportedMediaType

DEEPEST = 32
"""Levels of lists and objects a JSON body may have."""

_MOST_FAULTS = 50
_TOO_DEEP: dict[Language, str] = {
    "en": f"Nested deeper than {DEEPEST} levels.",
    "ko": f"{DEEPEST}단계보다 깊게 중첩되어 있습니다.",
}
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
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
        FieldError(field=_path((name,)), rule=fault[0], ko=fault[1])
        for name, value in values
        if (fault := fault_of(value) or fault_of(name))
    ]
    document = getattr(request, "_json", None)
    if not _is_clean(document):
        broken = islice(_json_faults(document), _MOST_FAULTS)
        faults += [FieldError(field=_path(path), rule=rule, ko=ko) for path, rule, ko in broken]
    if faults:
        raise Invalid(errors=faults[:_MOST_FAULTS])


def _refuse_content_type(request: Request) -> None:
    if getattr(request, "_body", b"") and not hasattr(request, "_json"):
        raise UnsupportedMediaType("application/json")
    if getattr(request, "_form", None) is not None and not request.headers.get("content-type", "").startswith(_FORMS):
        raise UnsupportedMediaType("multipart/form-data")


def _is_clean(document: Any) -> bool:
    """Whether every value and name may pass. Level by level: the document's depth must not become ours.

    Almost every body is clean, and a body may hold half a million values, so this pass keeps no paths.
    """
    level, depth = [document], 0
    while level:
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict | list):
                if depth >= DEEPEST:
                    raise MalformedJson(_TOO_DEEP)
                below += value
                if isinstance(value, dict):
                    below += value.values()
            elif fault_of(value):
                return False
        level, depth = below, depth + 1
    return True


def _json_faults(document: Any) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Path, rule and its Korean wording of every value that may not pass, of a document not nested too deeply."""
    pending: list[tuple[tuple[str, ...], Any]] = [((), document)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [(path, name) for name in value]
            pending += [((*path, name), member) for name, member in value.items()]
        elif isinstance(value, list):
            pending += [((*path, str(place)), member) for place, member in enumerate(value)]
        elif fault := fault_of(value):
            yield path, *fault


def fault_of(value: Any) -> tuple[str, str] | None:
    """The rule that a single value breaks, in English and Korean; None for one that can be stored."""
    if isinstance(value, str):
        if "\0" in value:
            return _NUL
        return None if value.isascii() or not _LONE_SURROGATE.search(value) else _SURROGATE
    if isinstance(value, int):
        return None if _LOWEST <= value <= _HIGHEST else _BIG
    if isinstance(value, float):
        return None if math.isfinite(value) else _FINITE
    return None


def _path(path: tuple[str, ...]) -> str:
    """A name of the client's own making may itself be what is refused, so it is cleaned."""
    text = ".".join(path)[:200] or "body"
    return text.encode("utf-8", "replace").decode().replace("\0", "?")
