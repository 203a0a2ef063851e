"""What a business number and an employer must be; pure."""

import re
import unicodedata
from typing import Final, NamedTuple

from ieum.lines import has_overrides, says_something
from registration.reference.resident_numbers import RULE, RULE_KO, has_resident_number

_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_LOWEST_TAX_OFFICE: Final = 101

NAME_LENGTH: Final = 200
INDUSTRY_LENGTH: Final = 200

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


def check_digit(nine: str) -> str:
    """
    The tenth digit of a business number that begins with these nine.

    The National Tax Service's check: the nine digits weighted 1 3 7 1 3 7 1 3 5, plus the tens of the ninth product,
    plus the tenth digit, are a multiple of ten.
    """
    numbers = [int(digit) for digit in nine]
    total = sum(number * weight for number, weight in zip(numbers, _WEIGHTS, strict=True)) + numbers[8] * 5 // 10
    return str(-total % 10)


def business_number(text: str) -> str | None:
    """
    The ten digits of a business registration number (사업자등록번호), with or without hyphens; None if it is not one.

    The last digit checks the others; the first three are the tax office's number, 101 and up (국세청 사업자등록번호
    체계: 세무서 3 - 사업자 구분 2 - 일련번호 4 - 검증번호 1).
    """
    digits = text.strip().replace("-", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return None
    if digits[9] != check_digit(digits[:9]) or int(digits[:3]) < _LOWEST_TAX_OFFICE:
        return None
    return digits


def written(number: str) -> str:
    """A business number as people write it: 123-45-67891."""
    return f"{number[:3]}-{number[3:5]}-{number[5:]}"


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


def broken_name(name: str, field: str = "name") -> list[Broken]:
    """What an employer's name breaks, if anything."""
    return broken_line(name, NAME_LENGTH, field)


def broken_business_number(text: str, field: str = "business_number") -> list[Broken]:
    """What a business number breaks, if anything."""
    if business_number(text) is None:
        return [
            Broken(
                field, "ten digits whose last is the check digit", "검증번호가 맞는 10자리 사업자등록번호여야 합니다."
            )
        ]
    return []
