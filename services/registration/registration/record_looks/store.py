"""All SQL of the record looks."""

from collections.abc import AsyncIterator
from dataclasses import astuple, fields
from datetime import datetime
from uuid import UUID

import asyncpg

from ieum.database import Transaction
from registration.record_looks.rules import EMPTY, ChainedLook, Ends, Look, chain, ends

_LOOK = ", ".join(field.name for field in fields(Look))
_ENDS = ", ".join(field.name for field in fields(Ends))


async def add_look(tx: Transaction, look: Look, key: bytes) -> ChainedLook:
    """Append a look. Others wait until `tx` ends, so it should end soon: the chain has one order."""
    found = await _lock_ends(tx, key)
    chained = chain(look, found.last_no + 1, found.last_mac, key)
    await tx.execute(
        f"INSERT INTO record_look (look_no, {_LOOK}, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",  # noqa: S608
        chained.look_no,
        *astuple(look),
        chained.mac,
    )
    await _save_ends(tx, ends(found.erased_no, found.erased_mac, chained.look_no, chained.mac, key))
    return chained


async def erase_looks(tx: Transaction, before: datetime, key: bytes, limit: int = 10_000) -> int:
    """
    Erase the oldest looks that are older than `before`, `limit` at most; returns how many.

    Only from the beginning of the chain: a look stays while an older one must.
    """
    found = await _lock_ends(tx, key)
    row = await tx.fetchrow(
        """
        SELECT look_no, mac FROM record_look
        WHERE look_no <= $2 AND look_no < coalesce(
            (SELECT min(look_no) FROM record_look WHERE looked_at >= $1 AND look_no <= $2 + 1), $2 + 1)
        ORDER BY look_no DESC LIMIT 1
        """,
        before,
        found.erased_no + limit,
    )
    if row is None:
        return 0
    await tx.execute("DELETE FROM record_look WHERE look_no <= $1", row["look_no"])
    await _save_ends(tx, ends(row["look_no"], row["mac"], found.last_no, found.last_mac, key))
    return int(row["look_no"] - found.erased_no)


async def find_ends(tx: Transaction) -> Ends | None:
    """The ends of the chain; None before the first look."""
    row = await tx.fetchrow(f"SELECT {_ENDS} FROM record_look_chain")  # noqa: S608 -- own columns
    return Ends(**row) if row else None


async def all_looks(tx: Transaction) -> AsyncIterator[ChainedLook]:
    """Every look by number, a thousand at a time."""
    last = 0
    while rows := await tx.fetch(
        f"SELECT look_no, {_LOOK}, mac FROM record_look WHERE look_no > $1 ORDER BY look_no LIMIT 1000",  # noqa: S608
        last,
    ):
        for row in rows:
            yield _chained(row)
        last = rows[-1]["look_no"]


async def list_looks_at(tx: Transaction, person_id: UUID, before: int | None, limit: int) -> list[ChainedLook]:
    """Looks at one person's record, newest first, those before look number `before`."""
    rows = await tx.fetch(
        f"""
        SELECT look_no, {_LOOK}, mac FROM record_look
        WHERE person_id = $1 AND ($2::bigint IS NULL OR look_no < $2) ORDER BY look_no DESC LIMIT $3
        """,  # noqa: S608 -- own columns
        str(person_id),
        before,
        limit,
    )
    return [_chained(row) for row in rows]


async def _lock_ends(tx: Transaction, key: bytes) -> Ends:
    first = ends(0, EMPTY, 0, EMPTY, key)
    await tx.execute(
        f"INSERT INTO record_look_chain ({_ENDS}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",  # noqa: S608
        *astuple(first),
    )
    row = await tx.fetchrow(f"SELECT {_ENDS} FROM record_look_chain FOR UPDATE")  # noqa: S608 -- own columns
    return Ends(**row) if row else first


async def _save_ends(tx: Transaction, found: Ends) -> None:
    await tx.execute(
        "UPDATE record_look_chain SET erased_no = $1, erased_mac = $2, last_no = $3, last_mac = $4, mac = $5",
        *astuple(found),
    )


def _chained(row: asyncpg.Record) -> ChainedLook:
    return ChainedLook(row["look_no"], Look(**{field.name: row[field.name] for field in fields(Look)}), row["mac"])
