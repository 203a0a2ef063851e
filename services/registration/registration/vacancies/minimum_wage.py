"""
The least that a vacancy may pay by law; pure.

A public employment service may refuse a vacancy whose terms break the law (직업안정법 제8조 제1호), and pay below the
minimum does (최저임금법 제6조). It is refused when it comes in: it would be proposed to nobody who names a floor, while
its employer waits and the openings are counted. Exceptions (수습, 적용 제외 인가) concern persons, not vacancies.
"""

from types import MappingProxyType
from typing import Final

YEAR: Final = 2026
MINIMUM_WAGE: Final = 10_320
"""The legal minimum wage of YEAR (최저임금위원회), KRW an hour."""

HOURS_PER_UNIT: Final = MappingProxyType({"hour": 1, "day": 8, "month": 209, "year": 2508})
"""
Paid hours in a unit of pay for a full-time worker: 8 a day (Labour Standards Act, 근로기준법 제50조); 209 a month, that
is 40 hours and the paid weekly holiday of 8 over 365/7/12 weeks, as the yearly minimum wage notice (최저임금 고시)
turns an hour's wage into a month's; twelve such months a year.
"""

_FULL_TIME: Final = 40
_WEEKLY_HOLIDAY_FROM: Final = 15
"""Hours a week from which the weekly holiday is paid (근로기준법 제18조 제3항)."""
_MONTHS: Final = MappingProxyType({"month": 1, "year": 12})
_FULL_TIME_CONTRACTS: Final = ("regular", "fixed_term")


def least_pay(pay_type: str, employment_type: str, weekly_hours: int | None) -> int | None:
    """
    The least a unit of pay may be, KRW; None where the hours in it are not known, so that nothing can be said.

    Overtime is left out: it makes the least higher, never lower.
    """
    if pay_type not in HOURS_PER_UNIT:
        return None
    full_time = MINIMUM_WAGE * HOURS_PER_UNIT[pay_type]
    if pay_type == "hour":
        return full_time
    if weekly_hours is None:
        return full_time if employment_type in _FULL_TIME_CONTRACTS else None
    if weekly_hours >= _FULL_TIME:
        return full_time
    if pay_type not in _MONTHS:
        # Fewer hours a week may be fewer days or shorter ones.
        return None
    # A fifth is added for the weekly holiday; a month has 365/7/12 weeks.
    fifths = 6 if weekly_hours >= _WEEKLY_HOLIDAY_FROM else 5
    return MINIMUM_WAGE * weekly_hours * fifths * 365 * _MONTHS[pay_type] // (5 * 7 * 12)
