"""How JSON-LD writes a value: alone or in a list, bare or as an object; pure."""

from typing import Any, Final

from registration.imports.rows import Unreadable

_TOO_LARGE: Final = 10**18


def is_posting(value: Any) -> bool:
    """Whether an object is a job; a graph also holds organisations, pages and lists of links."""
    kind = value.get("@type") if isinstance(value, dict) else None
    return any(str(one).rsplit("/", 1)[-1] == "JobPosting" for one in (kind if isinstance(kind, list) else [kind]))


def first_of(value: Any) -> Any:
    """The value, or the first of a list: JSON-LD lets one value and a list of values stand for each other."""
    return value[0] if isinstance(value, list) and value else None if isinstance(value, list) else value


def text_of(value: Any) -> str | None:
    """What a value says, as text. Raises Unreadable where it is none."""
    value = first_of(value)
    if isinstance(value, dict):
        value = value.get("@value", value.get("value", value.get("name")))
    if value is None or isinstance(value, str):
        return value
    # Larger numbers are exact in hardly any program: what has so many digits has to be written as text.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _TOO_LARGE:
        return str(value)
    raise Unreadable("text", "문자열이어야 합니다.")
