"""
The least that a vacancy may pay by law; pure.

A public employment service may refuse a vacancy whose terms break the law (직업안정법 제8조 제1호), and pay below the
minimum does (최저임금법 제6조). It is refused when it comes in: it would be proposed to nobody who names a floor, while
its employer waits and the openings are counted. Exceptions (수습, 적용 제외 인가) concern persons, not vacancies.
"""

from math import floor
from typing import Final

from registration.reference.terms import PAY_TYPES
from registration.vacancies.paid_hours import FULL_TIME, paid_hours

YEAR: Final = 2026
MINIMUM_WAGE: Final = 10_320
"""The legal minimum wage of YEAR (최저임금위원회), KRW an hour."""

_FULL_TIME_CONTRACTS: Final = ("regular", "fixed_term")


def least_pay(pay_type: str, employment_type: str, weekly_hours: int | None) -> int | None:
    """
    The least a unit of pay may be, KRW; None where the hours in it are not known, so that nothing can be said.

    Overtime is left out: it makes the least higher, never lower.
    """
    if pay_type not in PAY_TYPES:
        return None
    is_part_time = weekly_hours is not None and weekly_hours < FULL_TIME
    if pay_type == "day" and is_part_time:
        return None
    if pay_type != "hour" and weekly_hours is None and employment_type not in _FULL_TIME_CONTRACTS:
        return None
    return floor(MINIMUM_WAGE * paid_hours(pay_type, weekly_hours))
