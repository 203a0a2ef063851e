"""What a schema.org MonetaryAmount means; pure."""

from types import MappingProxyType
from typing import Any, Final

from registration.imports import words
from registration.imports.json_ld_values import first_of, text_of
from registration.imports.rows import Unreadable, tidy
from registration.vacancies.rules import MOST_PAY

NO_PAY: Final[tuple[str, int | None, int | None]] = ("month", None, None)
_UNITS: Final = MappingProxyType({"HOUR": "hour", "DAY": "day", "MONTH": "month", "YEAR": "year"})


def won(value: Any) -> int | None:
    """An amount in KRW; None for nothing and for 0. Raises Unreadable."""
    value = first_of(value)
    if value is None or isinstance(value, str):
        return words.optional_won(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("an amount in won", "원 단위의 금액이어야 합니다.")
    if not 0 <= value <= MOST_PAY:
        raise Unreadable(f"from 0 to {MOST_PAY} won", f"0원 이상 {MOST_PAY}원 이하여야 합니다.")
    return round(value) or None


def pay(value: Any) -> tuple[str, int | None, int | None]:
    """(pay type, least, most) of a MonetaryAmount in KRW; nothing stated is no fault."""
    salary = first_of(value)
    if salary is None or salary == "":
        return "month", None, None
    if isinstance(salary, str):
        kind, least, most = words.pay_text(salary)
        if kind is None and (least or most):
            raise Unreadable("needs a unit: HOUR, DAY, MONTH or YEAR", "단위(HOUR, DAY, MONTH, YEAR)가 있어야 합니다.")
        return kind or "month", least, most
    if not isinstance(salary, dict):
        raise Unreadable("a MonetaryAmount", "MonetaryAmount여야 합니다.")
    currency = tidy(text_of(salary.get("currency")) or text_of(salary.get("salaryCurrency"))).upper()
    if currency not in ("", "KRW"):
        raise Unreadable("in KRW", "원화(KRW)여야 합니다.")
    quantity = first_of(salary.get("value"))
    if not isinstance(quantity, dict):
        quantity = {**salary, "value": quantity}
    least, most = won(quantity.get("minValue", quantity.get("value"))), won(quantity.get("maxValue"))
    unit = tidy(text_of(quantity.get("unitText")) or text_of(salary.get("unitText"))).upper()
    if unit in _UNITS:
        return _UNITS[unit], least, most
    if least is None and most is None:
        return "month", None, None
    raise Unreadable("unitText HOUR, DAY, MONTH or YEAR", "unitText는 HOUR, DAY, MONTH, YEAR 중 하나여야 합니다.")
