"""How many hours of work a unit of pay is for; pure."""

from fractions import Fraction
from types import MappingProxyType
from typing import Final

FULL_TIME: Final = 40
"""Hours a week (근로기준법 제50조)."""

_FULL_TIME_UNITS: Final = MappingProxyType({"hour": 1, "day": 8, "month": 209, "year": 2508})
"""
Paid hours in a unit of pay for a full-time worker: 8 a day (Labour Standards Act, 근로기준법 제50조); 209 a month, that
is 40 hours and the paid weekly holiday of 8 over 365/7/12 weeks, as the yearly minimum wage notice (최저임금 고시)
turns an hour's wage into a month's; twelve such months a year.
"""
_MONTHS: Final = MappingProxyType({"month": 1, "year": 12})
_WEEKLY_HOLIDAY_FROM: Final = 15
"""Hours a week from which the weekly holiday is paid (근로기준법 제18조 제3항)."""
_WEEKS_A_MONTH: Final = Fraction(365, 7 * 12)


def paid_hours(pay_type: str, weekly_hours: int | None) -> Fraction:
    """
    The hours that one `pay_type` of pay is for. Raises KeyError for pay that is not by time.

    Those of full time where the hours of the week are not told; more than full time is overtime, which is paid apart. A
    day has eight whatever the week has: fewer hours a week may be fewer days or shorter ones.
    """
    if weekly_hours is None or weekly_hours >= FULL_TIME or pay_type not in _MONTHS:
        return Fraction(_FULL_TIME_UNITS[pay_type])
    # A fifth is added for the weekly holiday.
    holiday = Fraction(weekly_hours, 5) if weekly_hours >= _WEEKLY_HOLIDAY_FROM else 0
    return (weekly_hours + holiday) * _WEEKS_A_MONTH * _MONTHS[pay_type]
