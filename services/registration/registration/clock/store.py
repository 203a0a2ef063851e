"""The database's clock: those of the processes may differ."""

from datetime import date, datetime
from typing import NamedTuple

from ieum.database import Transaction


class Clock(NamedTuple):
    """An instant, and the day on which it is in Korea."""

    instant: datetime
    day: date


async def clock(tx: Transaction) -> Clock:
    """The instant `tx` began, as the events have it."""
    # VALUES always gives a row.
    (row,) = await tx.fetch("VALUES (now(), (now() AT TIME ZONE 'Asia/Seoul')::date)")
    return Clock(*row)


async def instant(tx: Transaction) -> datetime:
    """This instant by the database's clock, which moves on while `tx` is open."""
    now: datetime = await tx.fetchval("SELECT clock_timestamp()")
    return now
