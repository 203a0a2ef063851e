"""What a business number and an employer must be; pure."""

import re
import unicodedata
from typing import Final

from registration.reference.codes import is_place
from registration.text.lines import Broken, broken_by_number, broken_line

_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_LOWEST_TAX_OFFICE: Final = 101

_NOT_THE_NAME: Final = re.compile(r"주식회사|유한회사|\((?:주|유)\)|\W|_")

NAME_LENGTH: Final = 200
INDUSTRY_LENGTH: Final = 200


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


def same_company(one: str, other: str) -> bool:
    """Whether two spellings name one company: its legal form, spaces and marks aside."""
    said, meant = (_NOT_THE_NAME.sub("", unicodedata.normalize("NFKC", name)).casefold() for name in (one, other))
    return said == meant


def written(number: str) -> str:
    """A business number as people write it: 123-45-67891."""
    return f"{number[:3]}-{number[3:5]}-{number[5:]}"


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


def broken_employer(business_number: str, name: str, region_code: str, industry: str) -> list[Broken]:
    """Every rule that an employer breaks who is to be registered, in the order of the form; empty: all is well."""
    broken = [*broken_business_number(business_number), *broken_name(name)]
    if not is_place(region_code):
        broken.append(Broken("region_code", "a current region code", "현재 쓰이는 지역 코드여야 합니다."))
    if len(industry) > INDUSTRY_LENGTH:
        broken.append(
            Broken("industry", f"at most {INDUSTRY_LENGTH} characters", f"{INDUSTRY_LENGTH}자 이하여야 합니다.")
        )
    return [*broken, *broken_by_number(industry, "industry")]
