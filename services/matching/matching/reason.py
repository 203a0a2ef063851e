"""How a reason is written: a word from an event's list, or a sentence of one's own, and no resident number in it."""

import re
from calendar import monthrange
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from ieum.http import BrokenRule, Filled

# The same rule stands in registration's `text/resident_numbers.py`, on purpose: services share no word of the
# domain, and each answers for what it takes in.
# Six digits of a birth date, then 1 to 4 for citizens or 5 to 8 for foreigners, then six. Not within a longer number.
# The last digit is no check digit since October 2020, so it decides nothing.
_NUMBER: Final = re.compile(r"(?<![0-9])([0-9]{2})([0-9]{2})([0-9]{2})[- ]?([1-8])[0-9]{6}(?![0-9])")


def _without_resident_number(text: str) -> str:
    if any(map(_is_number, _NUMBER.finditer(text))):
        raise BrokenRule("without a resident registration number", "주민등록번호나 외국인등록번호를 적을 수 없습니다.")
    return text


def _is_number(found: re.Match[str]) -> bool:
    """Whether the first six digits are a day of the century that the seventh tells."""
    year, month, day, kind = map(int, found.groups())
    century = 1900 if kind in (1, 2, 5, 6) else 2000
    return 1 <= month <= 12 and 1 <= day <= monthrange(century + year, month)[1]


Reason = Annotated[Filled, Field(max_length=500), AfterValidator(_without_resident_number)]
