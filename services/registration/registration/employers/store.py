"""All SQL of employers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from ieum.database import Transaction
from registration.employers.employer import Employer, NewEmployer

_COLUMNS = """
    employer_id, version, business_number, name, region_code, centre_code, industry, source, registered_at
"""


def _employer(row: asyncpg.Record) -> Employer:
    return Employer(*row)


async def save_new_employers(tx: Transaction, employers: Sequence[NewEmployer], registered_by: str) -> list[Employer]:
    """
    Insert those whose business number and id are not taken and return them; a concurrent insert is waited for.

    The rows go in by id, so that two transactions that bring the same employers cannot wait for each other in a ring.
    """
    rows = await tx.fetch(
        f"""
        INSERT INTO employer
            (employer_id, business_number, name, region_code, centre_code, industry, source, registered_by)
        SELECT e.*, $8 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            AS e (employer_id, business_number, name, region_code, centre_code, industry, source)
        ORDER BY e.business_number, e.employer_id
        ON CONFLICT DO NOTHING
        RETURNING {_COLUMNS}
        """,  # noqa: S608 -- a constant of this module
        *(list(column) for column in zip(*employers, strict=True)),
        registered_by,
    )
    return [_employer(row) for row in rows]


async def employers_by_number(tx: Transaction, numbers: Sequence[str]) -> dict[str, Employer]:
    """Those that have one of these business numbers."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM employer WHERE business_number = ANY($1::text[])",  # noqa: S608
        list(numbers),
    )
    return {row["business_number"]: _employer(row) for row in rows}


async def employers_by_id(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Employer]:
    """Those that have one of these ids."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM employer WHERE employer_id = ANY($1::uuid[])",  # noqa: S608
        list(ids),
    )
    return {row["employer_id"]: _employer(row) for row in rows}


async def find_employer(tx: Transaction, employer_id: UUID) -> Employer | None:
    """One employer, or None."""
    return (await employers_by_id(tx, [employer_id])).get(employer_id)


async def newest_employers(
    tx: Transaction,
    *,
    centre_code: str | None = None,
    business_number: str | None = None,
    words: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Employer]:
    """Newest first; `words` stand somewhere in the name."""
    asked: list[Any] = [limit]
    conditions = ["true"]
    for condition, value in (
        ("centre_code = ${}", centre_code),
        ("business_number = ${}", business_number),
        ("position(lower(${}) IN lower(name)) > 0", words),
    ):
        if value is not None:
            asked.append(value)
            conditions.append(condition.format(len(asked)))
    if after is not None:
        conditions.append(f"(registered_at, employer_id) < (${len(asked) + 1}, ${len(asked) + 2})")
        asked += after
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM employer WHERE {" AND ".join(conditions)}
        ORDER BY registered_at DESC, employer_id DESC LIMIT $1
        """,  # noqa: S608 -- constants of this module
        *asked,
    )
    return [_employer(row) for row in rows]
