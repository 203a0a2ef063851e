"""Days and instants as clients write them: ISO 8601. A number would be taken for seconds since 1970."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from ieum.http.rules import BrokenRule

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].*")


def _written_day(value: Any) -> Any:
    if value is None or isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise BrokenRule("a date such as 2026-09-19", "2026-09-19 형식의 날짜여야 합니다")


def _written_instant(value: Any) -> Any:
    if value is None or isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise _no_instant()


def in_utc(value: datetime) -> datetime:
    """The same instant in UTC. Raises BrokenRule for one before the year 1 or after 9999, which nothing can hold."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise _no_instant() from None


def _no_instant() -> BrokenRule:
    return BrokenRule(
        "a time with its zone such as 2026-09-19T05:00:00Z",
        "2026-09-19T05:00:00Z 형식의 시간대가 있는 시각이어야 합니다",
    )


Day = Annotated[date, BeforeValidator(_written_day)]
"""A day written as 2026-09-19; `Day | None` where it may be left out."""

Instant = Annotated[AwareDatetime, BeforeValidator(_written_instant), AfterValidator(in_utc)]
"""A time with its zone, written as 2026-09-19T14:00:00+09:00; read in UTC."""
