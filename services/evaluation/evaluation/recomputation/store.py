"""All SQL of the recomputation: the database's figures at one moment, and exactly which events they were made from."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from evaluation.figures.rules import Cell
from evaluation.measure import Measure
from ieum.database import Transaction
from ieum.messaging.parking_store import EventKey, left_out
from ieum.messaging.store import find_positions


@dataclass(frozen=True, slots=True)
class Cut:
    """The events that the database's figures are made from: all before `positions`, without those set aside.

    The kit moves the positions in the transaction that books the effects, so the cut is exact.
    """

    taken_at: datetime
    positions: dict[tuple[str, int], int]
    """(topic, partition) → offset of the first event not taken."""
    set_aside: set[EventKey]
    """Not counted: parked, waiting behind a parked one, or skipped by two persons, also if they never came."""


async def read_cut(tx: Transaction, consumer: str) -> Cut:
    """How far the consumer has come in this snapshot."""
    taken_at = await tx.fetchval("SELECT transaction_timestamp()")
    return Cut(taken_at, await find_positions(tx, consumer), await left_out(tx, consumer))


async def read_figures(tx: Transaction) -> Counter[Cell]:
    """The rolled-up figures, as they are shown."""
    rows = await tx.fetch("SELECT centre_code, day, measure, amount FROM daily_figure")
    return _cells(rows)


async def read_ledger(tx: Transaction) -> Counter[Cell]:
    """The ledger added up anew."""
    rows = await tx.fetch(
        """
        SELECT centre_code, day, measure, sum(amount)::bigint AS amount FROM ledger GROUP BY centre_code, day, measure
        """
    )
    return _cells(rows)


def _cells(rows: list[asyncpg.Record]) -> Counter[Cell]:
    return Counter({(row["centre_code"], row["day"], Measure(row["measure"])): row["amount"] for row in rows})
