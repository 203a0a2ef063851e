"""All SQL of vacancies."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from ieum.database import Transaction
from registration.clock.store import clock
from registration.vacancies.rules import Terms
from registration.vacancies.vacancy import NewState, NewVacancy, Vacancy

_TERMS = ", ".join(Terms._fields)
_COLUMNS = f"""
    v.vacancy_id, v.employer_id, e.name AS employer_name, v.version, v.centre_code,
    {", ".join(f"v.{name}" for name in Terms._fields)},
    v.status, v.status_reason, v.source, v.source_reference, v.source_url, v.source_modified_at, v.source_digest,
    v.posted_on,
    v.announced_at IS NOT NULL AS is_announced, v.registered_at, v.changed_at
"""
_TERM_TYPES = (
    "text[]", "text[]", "text[]", "int[]", "text[]", "bigint[]", "bigint[]", "text[]", "int[]", "text[]", "text[]",
    "date[]",
)  # fmt: skip
_FIRST_TERM = 5
_AFTER_TERMS = _FIRST_TERM + len(Terms._fields)


def _vacancy(row: asyncpg.Record) -> Vacancy:
    values: tuple[Any, ...] = tuple(row)
    terms = Terms._make(values[_FIRST_TERM:_AFTER_TERMS])
    return Vacancy._make((*values[:_FIRST_TERM], terms, *values[_AFTER_TERMS:]))


def _unnested(types: Iterable[str]) -> str:
    return ", ".join(f"${place}::{kind}" for place, kind in enumerate(types, 1))


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


class Collided(Exception):
    """Another transaction brought one of the same vacancies at the same moment; all is to be tried again."""


_NEW_COLUMNS = (
    *("vacancy_id", "employer_id", "centre_code", *Terms._fields, "status", "source", "source_reference"),
    *("source_url", "source_modified_at", "source_digest", "posted_on", "announced_at", "registered_by"),
)


async def save_new_vacancies(tx: Transaction, vacancies: Sequence[NewVacancy], registered_by: str) -> None:
    """
    Insert vacancies whose ids nobody has, in order of id, as every lock here is taken. Raises Collided; the transaction
    is then lost.

    By COPY: nothing else that an import writes is so much data, and the elements of arrays cost several times as much.
    """
    if not vacancies:
        return
    instant, day = await clock(tx)
    rows = [
        (
            *(one.vacancy_id, one.employer_id, one.centre_code, *one.terms, one.status, one.source),
            *(one.source_reference, one.source_url, one.source_modified_at, one.source_digest),
            *(one.posted_on or day, instant if one.status == "open" else None, registered_by),
        )
        for one in sorted(vacancies, key=lambda one: one.vacancy_id)
    ]
    try:
        await tx.copy_records_to_table("vacancy", records=rows, columns=_NEW_COLUMNS)
    except asyncpg.UniqueViolationError:
        raise Collided from None


_STATE_TYPES = (
    *("uuid[]", "uuid[]", "text[]", *_TERM_TYPES),
    *("text[]", "text[]", "text[]", "timestamptz[]", "bytea[]", "date[]", "bool[]"),
)
_UPDATE = f"""
    UPDATE vacancy v
    SET employer_id = n.employer_id, centre_code = n.centre_code,
        {", ".join(f"{name} = n.{name}" for name in Terms._fields)},
        status = n.status, status_reason = n.status_reason, source_url = n.source_url,
        source_modified_at = n.source_modified_at, source_digest = n.source_digest, posted_on = n.posted_on,
        announced_at = CASE WHEN n.is_announced THEN coalesce(v.announced_at, now()) END,
        version = v.version + 1, changed_at = now()
    FROM unnest({_unnested(_STATE_TYPES)})
        AS n (vacancy_id, employer_id, centre_code, {_TERMS}, status, status_reason, source_url, source_modified_at,
              source_digest, posted_on, is_announced)
    WHERE v.vacancy_id = n.vacancy_id
"""  # noqa: S608 -- constants of this module


async def save_vacancies(tx: Transaction, states: Sequence[NewState]) -> None:
    """Write the new states of vacancies that this transaction has locked."""
    if states:
        rows = [(one.vacancy_id, one.employer_id, one.centre_code, *one.terms, *one[4:]) for one in states]
        await tx.execute(_UPDATE, *_columns(rows))


async def save_source_times(tx: Transaction, times: Mapping[UUID, datetime]) -> None:
    """Remember how new the source's word is where it said nothing new: an older file must not undo it later."""
    if times:
        await tx.execute(
            """
            UPDATE vacancy v SET source_modified_at = n.modified_at
            FROM unnest($1::uuid[], $2::timestamptz[]) AS n (vacancy_id, modified_at)
            WHERE v.vacancy_id = n.vacancy_id
            """,
            list(times),
            list(times.values()),
        )


async def lock_vacancies(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Vacancy]:
    """Lock and read those that exist, in order of id, so that two batches cannot wait for each other in a ring."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM vacancy v JOIN employer e USING (employer_id)
        WHERE v.vacancy_id = ANY($1::uuid[]) ORDER BY v.vacancy_id FOR UPDATE OF v
        """,  # noqa: S608 -- a constant of this module
        list(ids),
    )
    return {row["vacancy_id"]: _vacancy(row) for row in rows}


async def lock_vacancies_past_their_day(tx: Transaction, limit: int) -> list[Vacancy]:
    """
    Lock open and paused vacancies whose closing day is over in Korea, by the database's clock.

    What others hold is skipped: another replica's batch, or a change that may set a later day.
    """
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM vacancy v JOIN employer e USING (employer_id)
        WHERE v.status IN ('open', 'paused') AND v.closes_on < (now() AT TIME ZONE 'Asia/Seoul')::date
        ORDER BY v.vacancy_id LIMIT $1 FOR UPDATE OF v SKIP LOCKED
        """,  # noqa: S608 -- a constant of this module
        limit,
    )
    return [_vacancy(row) for row in rows]


async def count_hires(tx: Transaction, vacancy_ids: Collection[str]) -> dict[str, int]:
    """How many placements of each vacancy stand; none counts as absent. Hold the vacancies' rows before."""
    rows = await tx.fetch(
        """
        SELECT vacancy_id, count(*) AS hires FROM placement
        WHERE vacancy_id = ANY($1::text[]) AND reversed_at IS NULL GROUP BY vacancy_id
        """,
        list(vacancy_ids),
    )
    return {row["vacancy_id"]: row["hires"] for row in rows}


async def find_vacancy(tx: Transaction, vacancy_id: UUID) -> Vacancy | None:
    """One vacancy, or None."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM vacancy v JOIN employer e USING (employer_id) WHERE v.vacancy_id = $1",  # noqa: S608
        vacancy_id,
    )
    return _vacancy(row) if row else None


async def newest_vacancies(
    tx: Transaction,
    *,
    status: str | None = None,
    employer_id: UUID | None = None,
    centre_code: str | None = None,
    words: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Vacancy]:
    """Newest first; `words` stand somewhere in the title or the employer's name."""
    asked: list[Any] = [limit]
    conditions = ["true"]
    # Only what is asked for stands in the query, so that each kind of list gets the plan that fits it.
    for condition, value in (
        ("v.status = ${}", status),
        ("v.employer_id = ${}", employer_id),
        ("v.centre_code = ${}", centre_code),
        ("position(lower(${0}) IN lower(v.title || ' ' || e.name)) > 0", words),
    ):
        if value is not None:
            asked.append(value)
            conditions.append(condition.format(len(asked)))
    if after is not None:
        conditions.append(f"(v.registered_at, v.vacancy_id) < (${len(asked) + 1}, ${len(asked) + 2})")
        asked += after
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM vacancy v JOIN employer e USING (employer_id)
        WHERE {" AND ".join(conditions)}
        ORDER BY v.registered_at DESC, v.vacancy_id DESC LIMIT $1
        """,  # noqa: S608 -- constants of this module
        *asked,
    )
    return [_vacancy(row) for row in rows]
