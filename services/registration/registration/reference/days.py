"""A day in a form."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from ieum.http import BrokenRule

_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written(value: Any) -> Any:
    """A day is written: a number, of digits as well, would be taken for seconds since 1970."""
    if value is not None and not isinstance(value, date) and not (isinstance(value, str) and _ISO.fullmatch(value)):
        raise BrokenRule("a date such as 2026-09-19", "2026-09-19 형식의 날짜여야 합니다")
    return value


Day = Annotated[date, BeforeValidator(_written)]
"""A day written as 2026-09-19; `Day | None` where it may be left out."""
