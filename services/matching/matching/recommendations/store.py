"""
All SQL of recommendations: vacancies, jobseekers, wishes and matches.

Rows are locked in one order everywhere in this service: vacancies, then jobseekers by id, then referrals, then
placements.
"""

from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from asyncpg import Record

from ieum.database import Transaction
from matching.recommendations.facts import Jobseeker, Vacancy
from matching.recommendations.ranking import Held, Place, place
from matching.recommendations.search import Wish

_VACANCY_COLUMNS = tuple(Vacancy.__dataclass_fields__)
_VACANCY_TYPES = {
    "openings": "integer",
    "pay_min": "bigint",
    "pay_max": "bigint",
    "hourly_pay": "bigint",
    "weekly_hours": "integer",
    "closes_on": "date",
}
_JOBSEEKER_COLUMNS = tuple(Jobseeker.__dataclass_fields__)
_JOBSEEKER_LISTS = ("wished_occupations", "wished_regions", "employment_types")
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
_SAVE_JOBSEEKERS = _upsert("jobseeker", _JOBSEEKER_COLUMNS, _JOBSEEKER_TYPES, _JOBSEEKER_LISTS)
_SELECT_VACANCY = f"SELECT {', '.join(_VACANCY_COLUMNS)} FROM vacancy"  # noqa: S608 -- names from this file
_SELECT_JOBSEEKER = f"SELECT {', '.join(_JOBSEEKER_COLUMNS)} FROM jobseeker"  # noqa: S608 -- names from this file


class Gate(Enum):
    """Who else may change matches while a transaction does: PostgreSQL's table lock modes as they stand."""

    ARRIVALS = "ROW EXCLUSIVE"
    """Vacancies that were not open before: beside others of the kind only."""
    JOBSEEKERS = "SHARE"
    """Jobseekers only: beside others of the kind only."""
    ALONE = "SHARE ROW EXCLUSIVE"
    """Anything else: beside nobody."""


async def pass_gate(tx: Transaction, gate: Gate) -> None:
    """
    Wait until nobody is at work on matches whom this work must not overlap; the gate is passed until the commit.

    Without it a vacancy and a jobseeker handled at the same time would not see each other, and their pair would be
    missed for ever. Why each mode is enough:

    * A vacancy never runs beside a jobseeker (ROW EXCLUSIVE and SHARE exclude each other), so whichever passes second
      sees the other's committed row: PostgreSQL takes a new snapshot for each statement after this one.
    * Jobseekers beside jobseekers: each writes the matches of its own only and reads vacancies nobody changes.
    * Arrivals beside arrivals: bars only rise, so a bar read early leaves nobody out, and whoever is to change a
      jobseeker's ten locks the jobseeker first and then reads the ten anew. No arrival needs to see another's vacancy,
      since each offers its own.
    * A vacancy that changes or leaves may lower a bar and makes others look for the next best, so it runs alone.
    """
    await tx.execute(f"LOCK TABLE match_gate IN {gate.value} MODE")
    # Tables grow by orders of magnitude within minutes: a plan made for an empty one must not be kept for a full one.
    await tx.execute("SET LOCAL plan_cache_mode = force_custom_plan")


async def vacancies(tx: Transaction, vacancy_ids: Collection[str]) -> dict[str, Vacancy]:
    """Those of the vacancies that are known, by id."""
    rows = await tx.fetch(f"{_SELECT_VACANCY} WHERE vacancy_id = ANY($1)", list(vacancy_ids))
    return {row["vacancy_id"]: _vacancy(row) for row in rows}


async def find_vacancy(tx: Transaction, vacancy_id: str) -> Vacancy | None:
    """A vacancy, or None when it was never heard of."""
    return (await vacancies(tx, [vacancy_id])).get(vacancy_id)


async def jobseekers(tx: Transaction, jobseeker_ids: Collection[str]) -> dict[str, Jobseeker]:
    """Those of the jobseekers who are known, by id."""
    rows = await tx.fetch(f"{_SELECT_JOBSEEKER} WHERE jobseeker_id = ANY($1)", list(jobseeker_ids))
    return {row["jobseeker_id"]: _jobseeker(row) for row in rows}


async def find_jobseeker(tx: Transaction, jobseeker_id: str) -> Jobseeker | None:
    """A jobseeker, or None who was never heard of."""
    return (await jobseekers(tx, [jobseeker_id])).get(jobseeker_id)


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
    for column in _JOBSEEKER_COLUMNS:
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
    await tx.execute(
        """
        UPDATE match m SET centre_code = j.centre_code FROM jobseeker j
        WHERE j.jobseeker_id = ANY($1) AND m.jobseeker_id = j.jobseeker_id AND m.centre_code <> j.centre_code
        """,
        ids,
    )


class Wisher(NamedTuple):
    """A jobseeker who has the `n`-th of the wishes asked for, and what a vacancy must reach to be among their ten."""

    n: int
    jobseeker_id: str
    bar: Place


async def who_wishes(tx: Transaction, wishes: Sequence[Wish], but: Collection[str] = ()) -> list[Wisher]:
    """Who has which of the wishes, except `but` and except those whose bar the wish's ceiling does not reach."""
    rows = await tx.fetch(
        """
        SELECT w.n - 1 AS n, jobseeker_id, j.bar_score, j.bar_vacancy_id
        FROM unnest($1::text[], $2::text[], $3::smallint[])
            WITH ORDINALITY AS w (occupation_code, region_code, ceiling, n)
        JOIN wish USING (occupation_code, region_code)
        JOIN jobseeker j USING (jobseeker_id)
        WHERE w.ceiling >= j.bar_score AND jobseeker_id <> ALL($4::text[])
        """,
        [wish.occupation_code for wish in wishes],
        [wish.region_code for wish in wishes],
        [wish.ceiling for wish in wishes],
        list(but),
    )
    return [Wisher(n, jobseeker_id, place(score, vacancy_id)) for n, jobseeker_id, score, vacancy_id in rows]


async def open_vacancies(
    tx: Transaction, occupations: Collection[str], regions: Collection[str] | None
) -> list[Vacancy]:
    """The open vacancies of any of the occupations in any of the regions (None: everywhere)."""
    where = "status = 'open' AND occupation_code = ANY($1)"
    if regions is None:
        rows = await tx.fetch(f"{_SELECT_VACANCY} WHERE {where}", list(occupations))
    else:
        rows = await tx.fetch(
            f"{_SELECT_VACANCY} WHERE {where} AND region_code = ANY($2)", list(occupations), list(regions)
        )
    return [_vacancy(row) for row in rows]


async def holders(tx: Transaction, vacancy_ids: Collection[str], but: Collection[str] = ()) -> set[str]:
    """Jobseekers who hold a match with any of the vacancies, except `but`."""
    rows = await tx.fetch(
        "SELECT DISTINCT jobseeker_id FROM match WHERE vacancy_id = ANY($1) AND jobseeker_id <> ALL($2::text[])",
        list(vacancy_ids),
        list(but),
    )
    return {row["jobseeker_id"] for row in rows}


async def lock_matches(tx: Transaction, jobseeker_ids: Collection[str]) -> dict[str, dict[str, Held]]:
    """Lock the jobseekers in id order, then read what each holds as it is now, by jobseeker and vacancy."""
    await tx.execute(
        "SELECT FROM jobseeker WHERE jobseeker_id = ANY($1) ORDER BY jobseeker_id FOR NO KEY UPDATE",
        list(jobseeker_ids),
    )
    held: dict[str, dict[str, Held]] = {jobseeker_id: {} for jobseeker_id in jobseeker_ids}
    # A statement of its own: its snapshot is taken with the locks held.
    rows = await tx.fetch(
        "SELECT jobseeker_id, vacancy_id, score, told_score FROM match WHERE jobseeker_id = ANY($1)",
        list(jobseeker_ids),
    )
    for row in rows:
        held[row["jobseeker_id"]][row["vacancy_id"]] = Held(row["score"], row["told_score"])
    return held


class MatchRow(NamedTuple):
    """A match to write; `told_score` is the score it is or was last told with."""

    jobseeker_id: str
    vacancy_id: str
    match_id: str
    centre_code: str
    score: int
    told_score: int


async def save_matches(tx: Transaction, rows: Collection[MatchRow]) -> None:
    """Insert or overwrite. A match that is told again has another told score, and moves to the front of lists."""
    if not rows:
        return
    await tx.execute(
        """
        INSERT INTO match (jobseeker_id, vacancy_id, match_id, centre_code, score, told_score, proposed_at)
        SELECT t.*, now()
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::smallint[]) AS t
        ON CONFLICT (jobseeker_id, vacancy_id) DO UPDATE SET
            score = excluded.score,
            told_score = excluded.told_score,
            proposed_at =
                CASE WHEN match.told_score = excluded.told_score THEN match.proposed_at ELSE excluded.proposed_at END
        """,
        *zip(*rows, strict=True),
    )


async def delete_matches(tx: Transaction, pairs: Collection[tuple[str, str]]) -> None:
    """Delete by (jobseeker, vacancy)."""
    if not pairs:
        return
    await tx.execute(
        """
        DELETE FROM match m USING unnest($1::text[], $2::text[]) AS t (jobseeker_id, vacancy_id)
        WHERE m.jobseeker_id = t.jobseeker_id AND m.vacancy_id = t.vacancy_id
        """,
        *zip(*pairs, strict=True),
    )


async def save_bars(tx: Transaction, changed: Iterable[tuple[str, Place]]) -> None:
    """Write what a vacancy must now reach; rows that say so already are left alone."""
    rows = [(jobseeker_id, at.score, at.vacancy_id) for jobseeker_id, at in changed]
    if not rows:
        return
    await tx.execute(
        """
        UPDATE jobseeker j SET bar_score = t.score, bar_vacancy_id = t.vacancy_id
        FROM unnest($1::text[], $2::smallint[], $3::text[]) AS t (jobseeker_id, score, vacancy_id)
        WHERE j.jobseeker_id = t.jobseeker_id AND (j.bar_score, j.bar_vacancy_id) <> (t.score, t.vacancy_id)
        """,
        *zip(*rows, strict=True),
    )


def _vacancy(row: Record) -> Vacancy:
    return Vacancy(*row.values())


def _jobseeker(row: Record) -> Jobseeker:
    values = dict(row)
    for column in _JOBSEEKER_LISTS:
        values[column] = tuple(values[column])
    return Jobseeker(**values)
