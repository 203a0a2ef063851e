"""Validation errors of pydantic, said as rules in English and Korean, without the value that broke them."""

from collections.abc import Iterable, Mapping
from typing import Any

from ieum.http.problems import FieldError

_LONGEST_PATH = 200

# pydantic's error type → rule. {names} come from the error's context: bounds and choices of ours, never the input.
_RULES: dict[str, tuple[str, str]] = {
    "missing": ("required", "필수 항목입니다"),
    "extra_forbidden": ("not a known field", "알 수 없는 항목입니다"),
    "string_type": ("a text", "문자열이어야 합니다"),
    "string_too_short": ("at least {min_length} characters", "{min_length}자 이상이어야 합니다"),
    "string_too_long": ("at most {max_length} characters", "{max_length}자 이하여야 합니다"),
    "string_pattern_mismatch": ("matches {pattern}", "{pattern} 형식이어야 합니다"),
    "string_unicode": ("valid Unicode text", "올바른 유니코드 문자열이어야 합니다"),
    "too_short": ("at least {min_length} entries", "{min_length}개 이상이어야 합니다"),
    "too_long": ("at most {max_length} entries", "{max_length}개 이하여야 합니다"),
    "greater_than": ("greater than {gt}", "{gt}보다 커야 합니다"),
    "greater_than_equal": ("at least {ge}", "{ge} 이상이어야 합니다"),
    "less_than": ("less than {lt}", "{lt}보다 작아야 합니다"),
    "less_than_equal": ("at most {le}", "{le} 이하여야 합니다"),
    "multiple_of": ("a multiple of {multiple_of}", "{multiple_of}의 배수여야 합니다"),
    "int_type": ("a whole number", "정수여야 합니다"),
    "int_parsing": ("a whole number", "정수여야 합니다"),
    "int_parsing_size": ("a whole number within 64 bits", "64비트 범위의 정수여야 합니다"),
    "int_from_float": ("a whole number", "정수여야 합니다"),
    "float_type": ("a number", "숫자여야 합니다"),
    "float_parsing": ("a number", "숫자여야 합니다"),
    "finite_number": ("a finite number", "유한한 숫자여야 합니다"),
    "decimal_type": ("a decimal number", "십진수여야 합니다"),
    "decimal_parsing": ("a decimal number", "십진수여야 합니다"),
    "decimal_max_places": (
        "at most {decimal_places} decimal places",
        "소수점 이하 {decimal_places}자리까지 가능합니다",
    ),
    "decimal_max_digits": ("at most {max_digits} digits", "{max_digits}자리까지 가능합니다"),
    "bool_type": ("true or false", "true 또는 false여야 합니다"),
    "bool_parsing": ("true or false", "true 또는 false여야 합니다"),
    "literal_error": ("one of {expected}", "다음 중 하나여야 합니다: {expected}"),
    "enum": ("one of {expected}", "다음 중 하나여야 합니다: {expected}"),
    "union_tag_invalid": ("a kind among {expected_tags}", "다음 종류 중 하나여야 합니다: {expected_tags}"),
    "union_tag_not_found": ("names its kind in {discriminator}", "{discriminator} 항목으로 종류를 밝혀야 합니다"),
    "date_type": ("a date such as 2026-09-19", "2026-09-19 형식의 날짜여야 합니다"),
    "date_parsing": ("a date such as 2026-09-19 that exists", "2026-09-19 형식의 존재하는 날짜여야 합니다"),
    "date_from_datetime_parsing": (
        "a date such as 2026-09-19 that exists",
        "2026-09-19 형식의 존재하는 날짜여야 합니다",
    ),
    "date_from_datetime_inexact": ("a date without a time", "시각이 없는 날짜여야 합니다"),
    "date_past": ("in the past", "과거 날짜여야 합니다"),
    "date_future": ("in the future", "미래 날짜여야 합니다"),
    "datetime_type": ("a time such as 2026-09-19T05:00:00Z", "2026-09-19T05:00:00Z 형식의 시각이어야 합니다"),
    "datetime_parsing": ("a time such as 2026-09-19T05:00:00Z", "2026-09-19T05:00:00Z 형식의 시각이어야 합니다"),
    "datetime_from_date_parsing": (
        "a time such as 2026-09-19T05:00:00Z",
        "2026-09-19T05:00:00Z 형식의 시각이어야 합니다",
    ),
    "timezone_aware": ("a time with its zone", "시간대가 있는 시각이어야 합니다"),
    "time_type": ("a time of day such as 09:30", "09:30 형식의 시각이어야 합니다"),
    "time_parsing": ("a time of day such as 09:30", "09:30 형식의 시각이어야 합니다"),
    "uuid_type": ("a UUID", "UUID여야 합니다"),
    "uuid_parsing": ("a UUID", "UUID여야 합니다"),
    "list_type": ("a list", "목록이어야 합니다"),
    "set_type": ("a list", "목록이어야 합니다"),
    "tuple_type": ("a list", "목록이어야 합니다"),
    "dict_type": ("an object", "객체여야 합니다"),
    "model_type": ("an object", "객체여야 합니다"),
    "model_attributes_type": ("an object", "객체여야 합니다"),
    "bytes_type": ("a file", "파일이어야 합니다"),
    "url_parsing": ("a URL", "URL이어야 합니다"),
    "url_type": ("a URL", "URL이어야 합니다"),
    "none_required": ("empty", "비어 있어야 합니다"),
}
_UNKNOWN = ("valid here", "올바른 값이어야 합니다")


class BrokenRule(ValueError):
    """What a validator raises to say its rule in both languages: `BrokenRule("at least 0", "0 이상이어야 합니다")`.

    A validator of several fields names the `field` to mend; otherwise the whole of them is named.
    """

    def __init__(self, rule: str, ko: str, *, field: str | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.ko = ko
        self.field = field


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Pydantic's errors as fields and rules. At most fifty: more help nobody and fill the answer."""
    told: dict[FieldError, None] = {}
    for error in errors:
        rule, ko = _rule(error)
        told[FieldError(field=_path(_place(error)), rule=rule, ko=ko)] = None
        if len(told) == 50:
            break
    return list(told)


def _place(error: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Where the error is, down to the field that a rule of several fields names."""
    loc = tuple(error.get("loc", ()))
    raised = (error.get("ctx") or {}).get("error")
    return (*loc, raised.field) if isinstance(raised, BrokenRule) and raised.field else loc


def _path(loc: Iterable[int | str]) -> str:
    """`("body", "pay", "min")` → `pay.min`; a fault of the whole body or query is named so."""
    parts = [str(part) for part in loc]
    if parts and parts[0] in ("body", "query", "path", "header", "cookie"):
        parts = parts[1:] or parts
    return ".".join(parts)[:_LONGEST_PATH]


def _rule(error: Mapping[str, Any]) -> tuple[str, str]:
    kind = error.get("type", "")
    context = error.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        return _own_rule(context.get("error"), error.get("input"))
    # A bound that follows a validator of our own counts anything that has a length.
    if kind in ("too_long", "too_short") and isinstance(error.get("input"), str):
        kind = f"string_{kind}"
    rule, ko = _RULES.get(kind, _UNKNOWN)
    try:
        return rule.format(**context), ko.format(**_listed(context))
    except KeyError:
        return _UNKNOWN


def _listed(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The choices without pydantic's English conjunction: 'a', 'b' or 'c'."""
    expected = context.get("expected")
    if not isinstance(expected, str):
        return context
    first, _, last = expected.rpartition(" or ")
    return {**context, "expected": f"{first}, {last}" if first else last}


def _own_rule(raised: object, given: object) -> tuple[str, str]:
    """A validator's own words, unless they quote the input, as those of int() and its like do."""
    if isinstance(raised, BrokenRule):
        return raised.rule, raised.ko
    text = str(raised) if raised else ""
    if not text or len(text) > 200 or any(value in text for value in _leaves(given)):
        return _UNKNOWN
    return text, _UNKNOWN[1]


def _leaves(given: object) -> Iterable[str]:
    """Every single value in an input, as text; one character may stand in any sentence and does not count."""
    pending = [given]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            pending.extend(value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            pending.extend(value)
        elif isinstance(value, str | int | float) and len(str(value)) > 1:
            yield str(value)
