"""Resident and foreigners' numbers (주민등록번호, 외국인등록번호) in what people type: none is held; pure."""

import re
from calendar import monthrange
from typing import Final

RULE: Final = "without a resident registration number"
RULE_KO: Final = "주민등록번호나 외국인등록번호를 적을 수 없습니다."

# Six digits of a birth date, then 1 to 4 for citizens or 5 to 8 for foreigners, then six. Not within a longer number.
# The last digit is no check digit since October 2020, so it decides nothing.
_NUMBER: Final = re.compile(r"(?<![0-9])([0-9]{2})([0-9]{2})([0-9]{2})[- ]?([1-8])[0-9]{6}(?![0-9])")
_COVERED: Final = "******-*******"


def has_resident_number(text: str) -> bool:
    """Whether somebody's number stands in the text (Personal Information Protection Act, 개인정보 보호법 제24조의2)."""
    return any(map(_is_number, _NUMBER.finditer(text)))


def without_resident_numbers(text: str) -> str:
    """The same text with every such number covered."""
    return _NUMBER.sub(lambda found: _COVERED if _is_number(found) else found[0], text)


def _is_number(found: re.Match[str]) -> bool:
    """Whether the first six digits are a day of the century that the seventh tells."""
    year, month, day, kind = map(int, found.groups())
    century = 1900 if kind in (1, 2, 5, 6) else 2000
    return 1 <= month <= 12 and 1 <= day <= monthrange(century + year, month)[1]
