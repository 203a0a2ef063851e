"""All SQL of placements. For the order of locks see market/store.py."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from ieum.database import Transaction
from matching.placements.placement import Placement

_NAMES = tuple(Placement.__dataclass_fields__)
_COLUMNS = ", ".join(_NAMES)


async def clock(tx: Transaction) -> tuple[date, datetime]:
    """The day it is in Korea and the instant, by the database's clock."""
    row = await tx.fetchrow("SELECT (now() AT TIME ZONE 'Asia/Seoul')::date AS day, now() AS instant")
    assert row is not None
    return row["day"], row["instant"]


async def count_taken(tx: Transaction, vacancy_id: str) -> int:
    """
    How many placements of a vacancy stand, with the vacancy locked until the commit.

    Two hires at once would otherwise both see the last opening free.
    """
    await tx.execute("SELECT FROM vacancy WHERE vacancy_id = $1 FOR NO KEY UPDATE", vacancy_id)
    taken: int = await tx.fetchval(
        "SELECT count(*) FROM placement WHERE vacancy_id = $1 AND reversed_at IS NULL", vacancy_id
    )
    return taken


async def insert_placement(tx: Transaction, placement: Placement) -> bool:
    """Keep a new placement; False when one stands already for the registration period or the referral."""
    values = ", ".join(f"${n}" for n in range(1, len(_NAMES) + 1))
    tag = await tx.execute(
        f"INSERT INTO placement ({_COLUMNS}) VALUES ({values}) ON CONFLICT DO NOTHING",  # noqa: S608 -- names from the class
        *(getattr(placement, name) for name in _NAMES),
    )
    return tag == "INSERT 0 1"


async def find_placement(tx: Transaction, placement_id: str) -> Placement | None:
    """A placement, or None."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM placement WHERE placement_id = $1", placement_id)  # noqa: S608
    return None if row is None else Placement(*row.values())


async def reverse_placement(tx: Transaction, placement_id: str, reversed_by: str, reason: str) -> Placement | None:
    """The placement, now reversed; None when it does not stand any more."""
    row = await tx.fetchrow(
        f"""
        UPDATE placement SET version = version + 1, reversed_at = now(), reversed_by = $2, reason = $3
        WHERE placement_id = $1 AND reversed_at IS NULL
        RETURNING {_COLUMNS}
        """,  # noqa: S608
        placement_id,
        reversed_by,
        reason,
    )
    return None if row is None else Placement(*row.values())


async def placements(
    tx: Transaction, filters: dict[str, str], after: tuple[datetime, str] | None, limit: int
) -> list[Placement]:
    """The newest placements with these values in `jobseeker_id` or `centre_code`, reversed ones included."""
    # Only what is asked for is in the statement, so that it gets the plan of the index that fits.
    conditions = [
        f"{column} = ${n}" for n, column in enumerate(filters, 1) if column in ("jobseeker_id", "centre_code")
    ]
    arguments: list[object] = list(filters.values())
    if after is not None:
        conditions.append(f"(recorded_at, placement_id) < (${len(arguments) + 1}, ${len(arguments) + 2})")
        arguments += after
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM placement {where} ORDER BY recorded_at DESC, placement_id DESC LIMIT {int(limit)}",  # noqa: S608
        *arguments,
    )
    return [Placement(*row.values()) for row in rows]


class Outcome(NamedTuple):
    """The placement that came of a referral; `reversed_at` is None while it stands."""

    placement_id: str
    reversed_at: datetime | None


async def outcomes(tx: Transaction, referral_ids: Collection[str]) -> dict[str, Outcome]:
    """What came of each referral that led to a placement; a settled referral leads to no second one."""
    rows = await tx.fetch(
        "SELECT referral_id, placement_id, reversed_at FROM placement WHERE referral_id = ANY($1)", list(referral_ids)
    )
    return {row["referral_id"]: Outcome(row["placement_id"], row["reversed_at"]) for row in rows}
