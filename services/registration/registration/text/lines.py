"""What a line of text must be that somebody wrote, and how a broken rule is told; pure."""

import re
import unicodedata
from typing import NamedTuple

from ieum.lines import has_overrides, says_something
from registration.text.resident_numbers import RULE, RULE_KO, has_resident_number

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


class Broken(NamedTuple):
    """A rule that a submitted field breaks, in English and Korean."""

    field: str
    rule: str
    ko: str


def plain(text: str) -> str:
    """One line of text: NFC, without control characters, white space folded. PostgreSQL takes no NUL, a page no tab."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text) and "  " not in text:
        return text.strip()
    return " ".join(_UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", text)).split())


def broken_mark(text: str, longest: int, field: str) -> list[Broken]:
    """What a mark of a source's own breaks, if anything: it may be any number, also one that looks like a person's."""
    if not text:
        return [Broken(field, "must not be empty", "비어 있을 수 없습니다.")]
    if len(text) > longest:
        return [Broken(field, f"at most {longest} characters", f"{longest}자 이하여야 합니다.")]
    if has_overrides(text):
        ko = "글자 방향을 바꾸는 제어 문자가 없어야 합니다."
        return [Broken(field, "without overrides of the reading direction", ko)]
    if not says_something(text):
        return [Broken(field, "a letter or a number in it", "글자나 숫자가 있어야 합니다.")]
    return []


def broken_line(text: str, longest: int, field: str) -> list[Broken]:
    """What a line breaks that somebody wrote, for others to recognise something by, if anything."""
    return broken_mark(text, longest, field) or broken_by_number(text, field)


def broken_by_number(text: str, field: str) -> list[Broken]:
    """Whether somebody's resident number stands in a text that may be empty."""
    return [Broken(field, RULE, RULE_KO)] if has_resident_number(text) else []
