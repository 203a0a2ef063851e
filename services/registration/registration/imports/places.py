"""Where a job is, from what a file says about it: words, an address, a road code or a postal code; pure."""

import re
from functools import lru_cache
from typing import Final

from registration.imports.rows import Unreadable, tidy
from registration.reference.codes import REGIONS, current_region, find_region, is_place, region_path

_GWANGJU_DISTRICTS: Final = ("동구", "서구", "남구", "북구", "광산구")
_JOINT_PROVINCE = re.compile(r"전남광주(?:통합특별시)?\s+(\S+)")
_PLACE_NEEDED: Final = (
    "a region of the list, such as 서울 강남구, or its code",
    "지역 목록에 있는 이름(예: 서울 강남구)이나 코드여야 합니다.",
)

_POSTAL_AREAS: Final = (
    (1, 9, "11000"), (10, 20, "41000"), (21, 23, "28000"), (24, 26, "51000"), (27, 29, "43000"), (30, 30, "36110"),
    (31, 33, "44000"), (34, 35, "30000"), (36, 40, "47000"), (41, 43, "27000"), (44, 45, "31000"), (46, 49, "26000"),
    (50, 53, "48000"), (54, 56, "52000"), (57, 60, "46000"), (61, 62, "29000"), (63, 63, "50000"),
)  # fmt: skip
"""The first two digits of a postal code and the 시·도 they belong to (우정사업본부, 국가기초구역번호 2015)."""


@lru_cache(maxsize=20_000)
def _named(words: str) -> str | None:
    """The region that words begin with, or a code itself."""
    text = tidy(words).split(",")[0].strip()
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _known(text)
    joint = _JOINT_PROVINCE.match(text)
    if joint:
        # The province and the city that were joined keep their codes in the list.
        text = ("광주 " if joint[1] in _GWANGJU_DISTRICTS else "전남 ") + text[joint.start(1) :]
    found = find_region(text)
    return found if found is not None and is_place(found) else None


def _known(code: str) -> str | None:
    """The code in use today, where `code` is a place."""
    if code not in REGIONS:
        return None
    code = current_region(code)
    return code if is_place(code) else None


def _of_road_code(road_code: str) -> str | None:
    """A road code's (도로명코드) first five digits are the 시·군·구."""
    digits = road_code.strip()
    return _known(digits[:5]) if len(digits) >= 5 and digits.isdigit() else None


def _of_postal_code(postal_code: str) -> str | None:
    digits = postal_code.strip()
    if len(digits) != 5 or not (digits.isascii() and digits.isdigit()):
        return None
    area = int(digits[:2])
    return next((code for first, last, code in _POSTAL_AREAS if first <= area <= last), None)


def place(words: str | None, road_code: str | None, address: str | None, postal_code: str | None) -> str:
    """
    The most exact region that does not contradict the words a person wrote.

    The words decide; where they name a whole 시·도 only, road code and address may say which part of it. Where no
    words lead anywhere, road code, address and postal code are asked in this order. Raises Unreadable.
    """
    found = _named(words) if words else None
    if found is not None and not _is_province(found):
        return found
    others = (_of_road_code(road_code) if road_code else None, _named(address) if address else None)
    for other in others:
        if other is not None and (found is None or found in region_path(other)):
            return other
    if found is None and postal_code:
        found = _of_postal_code(postal_code)
    if found is None:
        raise Unreadable(*_PLACE_NEEDED)
    return found


@lru_cache(maxsize=1_000)
def _is_province(code: str) -> bool:
    return len(region_path(code)) == 1
