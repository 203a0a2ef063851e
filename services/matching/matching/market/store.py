"""
All SQL of vacancies, jobseekers and wishes.

Rows are locked in one order everywhere in this service: vacancies, then jobseekers by id, then referrals, then
placements.
"""

from collections.abc import Collection, Sequence
from typing import Any

from asyncpg import Record

from ieum.database import Transaction
from matching.market.facts import Jobseeker, Vacancy

_VACANCY_COLUMNS = tuple(Vacancy.__dataclass_fields__)
_VACANCY_TYPES = {
    "openings": "integer",
    "pay_min": "bigint",
    "pay_max": "bigint",
    "hourly_pay": "bigint",
    "weekly_hours": "integer",
    "closes_on": "date",
}
JOBSEEKER_COLUMNS = tuple(Jobseeker.__dataclass_fields__)
_JOBSEEKER_LISTS = ("wished_occupations", "wished_regions", "employment_types")
_PLACES_OF_LISTS = tuple(JOBSEEKER_COLUMNS.index(column) for column in _JOBSEEKER_LISTS)
_JOBSEEKER_TYPES = {
    "started_on": "date",
    "wage_floor": "bigint",
    "weekly_hours_min": "integer",
    "weekly_hours_max": "integer",
    "career_years": "integer",
    "visible": "boolean",
    "matching_consent": "boolean",
    "stopped_on": "date",
}


def _upsert(table: str, columns: Sequence[str], types: dict[str, str], lists: Sequence[str] = ()) -> str:
    """One statement for many rows, given as one array for each column; a list travels as text, blank between items."""
    arrays = ", ".join(f"${n}::{types.get(column, 'text')}[]" for n, column in enumerate(columns, 1))
    values = ", ".join(f"string_to_array({column}, ' ')" if column in lists else column for column in columns)
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM unnest({arrays}) AS t ({', '.join(columns)}) "  # noqa: S608 -- names from this file
        f"ON CONFLICT ({columns[0]}) DO UPDATE SET {changes}"
    )


_SAVE_VACANCIES = _upsert("vacancy", _VACANCY_COLUMNS, _VACANCY_TYPES)
_SAVE_JOBSEEKERS = _upsert("jobseeker", JOBSEEKER_COLUMNS, _JOBSEEKER_TYPES, _JOBSEEKER_LISTS)
_SELECT_VACANCY = f"SELECT {', '.join(_VACANCY_COLUMNS)} FROM vacancy"  # noqa: S608 -- names from this file
SELECT_JOBSEEKER = f"SELECT {', '.join(JOBSEEKER_COLUMNS)} FROM jobseeker"  # noqa: S608 -- names from this file


async def vacancies(tx: Transaction, vacancy_ids: Collection[str]) -> dict[str, Vacancy]:
    """Those of the vacancies that are known, by id."""
    if not vacancy_ids:
        return {}
    rows = await tx.fetch(f"{_SELECT_VACANCY} WHERE vacancy_id = ANY($1)", list(vacancy_ids))
    return {row["vacancy_id"]: _vacancy(row) for row in rows}


async def find_vacancy(tx: Transaction, vacancy_id: str) -> Vacancy | None:
    """A vacancy, or None when it was never heard of."""
    return (await vacancies(tx, [vacancy_id])).get(vacancy_id)


async def jobseekers(tx: Transaction, jobseeker_ids: Collection[str]) -> dict[str, Jobseeker]:
    """Those of the jobseekers who are known, by id."""
    if not jobseeker_ids:
        return {}
    rows = await tx.fetch(f"{SELECT_JOBSEEKER} WHERE jobseeker_id = ANY($1)", list(jobseeker_ids))
    return {row["jobseeker_id"]: read_jobseeker(row) for row in rows}


async def find_jobseeker(tx: Transaction, jobseeker_id: str) -> Jobseeker | None:
    """A jobseeker, or None who was never heard of."""
    return (await jobseekers(tx, [jobseeker_id])).get(jobseeker_id)


async def jobseekers_after(tx: Transaction, jobseeker_id: str, limit: int) -> dict[str, Jobseeker]:
    """The next jobseekers behind an id, in the order of ids."""
    rows = await tx.fetch(
        f"{SELECT_JOBSEEKER} WHERE jobseeker_id > $1 ORDER BY jobseeker_id LIMIT $2", jobseeker_id, limit
    )
    return {row["jobseeker_id"]: read_jobseeker(row) for row in rows}


async def hold_jobseeker(tx: Transaction, jobseeker_id: str) -> Jobseeker | None:
    """
    A jobseeker who is not changed or stopped until the commit; None who was never heard of.

    A stop withdraws the referrals it sees; without this it could miss one in the making, which would stay for ever.
    The key's lock is enough: it meets the stronger one that handlers take on changed jobseekers, and does not meet the
    one they take to renew somebody's matches.
    """
    await tx.execute("SELECT FROM jobseeker WHERE jobseeker_id = $1 FOR KEY SHARE", jobseeker_id)
    return await find_jobseeker(tx, jobseeker_id)


async def save_vacancies(tx: Transaction, changed: Collection[Vacancy]) -> None:
    """Insert or overwrite."""
    await tx.execute(_SAVE_VACANCIES, *([getattr(v, column) for v in changed] for column in _VACANCY_COLUMNS))


async def save_jobseekers(tx: Transaction, changed: Collection[Jobseeker]) -> None:
    """
    Insert or overwrite with wishes; whoever is not matched has no wishes to be found by.

    Locks the jobseekers in id order against everybody, referrals in the making included.
    """
    ids = sorted(jobseeker.jobseeker_id for jobseeker in changed)
    await tx.execute("SELECT FROM jobseeker WHERE jobseeker_id = ANY($1) ORDER BY jobseeker_id FOR UPDATE", ids)
    columns = []
    for column in JOBSEEKER_COLUMNS:
        values = [getattr(jobseeker, column) for jobseeker in changed]
        columns.append([" ".join(items) for items in values] if column in _JOBSEEKER_LISTS else values)
    await tx.execute(_SAVE_JOBSEEKERS, *columns)
    wishes = [
        (occupation, region, jobseeker.jobseeker_id)
        for jobseeker in changed
        if jobseeker.is_matched
        for occupation in jobseeker.wished_occupations
        for region in jobseeker.wished_regions
    ]
    await tx.execute("DELETE FROM wish WHERE jobseeker_id = ANY($1)", ids)
    await tx.copy_records_to_table("wish", records=wishes, columns=("occupation_code", "region_code", "jobseeker_id"))


def _vacancy(row: Record) -> Vacancy:
    return Vacancy(*row.values())


def read_jobseeker(row: Record) -> Jobseeker:
    """The jobseeker in a row that has JOBSEEKER_COLUMNS."""
    values: list[Any] = [row[column] for column in JOBSEEKER_COLUMNS]
    for place_of_list in _PLACES_OF_LISTS:
        values[place_of_list] = tuple(values[place_of_list])
    return Jobseeker(*values)
