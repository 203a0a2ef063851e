"""
All SQL of recommendations: vacancies, jobseekers, wishes and matches.

Rows are locked in one order everywhere in this service: vacancies, then jobseekers by id, then referrals, then
placements.
"""

from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple

from asyncpg import Record

from ieum.database import Transaction
from matching.recommendations.facts import Jobseeker, OpenOffer, Vacancy
from matching.recommendations.ranking import Held, Place, Ranking, place
from matching.recommendations.search import Ask, Wish

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
    # Tables grow by orders of magnitude within minutes: a plan made for an empty one must not be kept for a full one.
    await tx.execute(f"LOCK TABLE match_gate IN {gate.value} MODE; SET LOCAL plan_cache_mode = force_custom_plan")


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
    """A jobseeker, which of the wishes asked for are theirs (by index), and their bar."""

    jobseeker: Jobseeker
    wishes: list[int]
    bar: Place


async def who_wishes(tx: Transaction, wishes: Sequence[Wish], but: Collection[str] = ()) -> list[Wisher]:
    """Who has any of the wishes, except `but` and except those whose bar no ceiling of theirs reaches."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"j.{column}" for column in _JOBSEEKER_COLUMNS)}, j.bar_score, j.bar_vacancy_id,
            array_agg(w.n - 1) AS wishes
        FROM unnest($1::text[], $2::text[], $3::smallint[])
            WITH ORDINALITY AS w (occupation_code, region_code, ceiling, n)
        JOIN wish USING (occupation_code, region_code)
        JOIN jobseeker j USING (jobseeker_id)
        WHERE w.ceiling >= j.bar_score AND jobseeker_id <> ALL($4::text[])
        GROUP BY j.jobseeker_id
        """,  # noqa: S608 -- names from this file
        [wish.occupation_code for wish in wishes],
        [wish.region_code for wish in wishes],
        [wish.ceiling for wish in wishes],
        list(but),
    )
    return [Wisher(_jobseeker(row), row["wishes"], place(row["bar_score"], row["bar_vacancy_id"])) for row in rows]


async def open_offers(tx: Transaction, ask: Ask) -> list[OpenOffer]:
    """The open vacancies that have what is asked for. Where an offer is silent, it has it."""
    # Only what is asked for is in the statement: `OR $n IS NULL` would keep the planner from the index.
    conditions = ["status = 'open'", "occupation_code = ANY($1)", "education <= $2"]
    arguments: list[object] = [list(ask.occupations), ask.most_education]
    if ask.regions is not None:
        arguments.append(list(ask.regions))
        conditions.append(f"region_code = ANY(${len(arguments)})")
    if ask.least_pay is not None:
        arguments.append(ask.least_pay)
        conditions.append(f"(hourly_pay IS NULL OR hourly_pay >= ${len(arguments)})")
    if ask.employment_types is not None:
        arguments.append(list(ask.employment_types))
        conditions.append(f"employment_type = ANY(${len(arguments)})")
    if not ask.experience:
        conditions.append("career <> 'experienced'")
    rows = await tx.fetch(
        f"SELECT {', '.join(OpenOffer._fields)} FROM vacancy WHERE {' AND '.join(conditions)}",  # noqa: S608 -- see above
        *arguments,
    )
    return [OpenOffer._make(row.values()) for row in rows]


async def holders(tx: Transaction, vacancy_ids: Collection[str], but: Collection[str] = ()) -> set[str]:
    """Jobseekers for whom any of the vacancies is kept, except `but`."""
    rows = await tx.fetch(
        "SELECT DISTINCT jobseeker_id FROM match WHERE vacancy_id = ANY($1) AND jobseeker_id <> ALL($2::text[])",
        list(vacancy_ids),
        list(but),
    )
    return {row["jobseeker_id"] for row in rows}


class Kept(NamedTuple):
    """What is kept of a jobseeker's ranking: matches and spares by vacancy, and the bar."""

    held: dict[str, Held]
    bar: Place

    @property
    def ranking(self) -> Ranking:
        """The same as a ranking."""
        return Ranking(sorted(place(held.score, vacancy_id) for vacancy_id, held in self.held.items()), self.bar)


async def lock_kept(tx: Transaction, jobseeker_ids: Sequence[str]) -> dict[str, Kept]:
    """Lock the jobseekers in id order, then read what is kept for each as it is now."""
    rows = await tx.fetch(
        """
        SELECT jobseeker_id, bar_score, bar_vacancy_id FROM jobseeker WHERE jobseeker_id = ANY($1)
        ORDER BY jobseeker_id FOR NO KEY UPDATE
        """,
        jobseeker_ids,
    )
    kept = {row["jobseeker_id"]: Kept({}, place(row["bar_score"], row["bar_vacancy_id"])) for row in rows}
    # A statement of its own: its snapshot is taken with the locks held.
    rows = await tx.fetch(
        "SELECT jobseeker_id, vacancy_id, score, told_score FROM match WHERE jobseeker_id = ANY($1)", jobseeker_ids
    )
    for jobseeker_id, vacancy_id, score, told_score in rows:
        kept[jobseeker_id].held[vacancy_id] = Held(score, told_score)
    return kept


class KeptRow(NamedTuple):
    """A place to write; `told_score` as in `ranking.Held`."""

    jobseeker_id: str
    vacancy_id: str
    score: int
    told_score: int | None


async def save_kept(tx: Transaction, rows: Collection[KeptRow]) -> None:
    """Insert or overwrite. A match that is told (again) gets the time of now and so moves to the front of lists."""
    if not rows:
        return
    await tx.execute(
        """
        INSERT INTO match (jobseeker_id, vacancy_id, centre_code, score, told_score, proposed_at)
        SELECT jobseeker_id, vacancy_id, centre_code, score, told_score, CASE WHEN told_score IS NOT NULL THEN now() END
        FROM unnest($1::text[], $2::text[], $3::smallint[], $4::smallint[])
            AS t (jobseeker_id, vacancy_id, score, told_score)
        JOIN jobseeker USING (jobseeker_id)
        ON CONFLICT (jobseeker_id, vacancy_id) DO UPDATE SET
            score = excluded.score,
            told_score = excluded.told_score,
            proposed_at =
                CASE WHEN match.told_score = excluded.told_score THEN match.proposed_at ELSE excluded.proposed_at END
        """,
        *zip(*rows, strict=True),
    )


async def delete_kept(tx: Transaction, pairs: Collection[tuple[str, str]]) -> None:
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
    """Write what a vacancy must now reach to be kept."""
    rows = [(jobseeker_id, at.score, at.vacancy_id) for jobseeker_id, at in changed]
    if not rows:
        return
    await tx.execute(
        """
        UPDATE jobseeker j SET bar_score = t.score, bar_vacancy_id = t.vacancy_id
        FROM unnest($1::text[], $2::smallint[], $3::text[]) AS t (jobseeker_id, score, vacancy_id)
        WHERE j.jobseeker_id = t.jobseeker_id
        """,
        *zip(*rows, strict=True),
    )


def _vacancy(row: Record) -> Vacancy:
    return Vacancy(*row.values())


def _jobseeker(row: Record) -> Jobseeker:
    values: list[Any] = [row[column] for column in _JOBSEEKER_COLUMNS]
    for place_of_list in _PLACES_OF_LISTS:
        values[place_of_list] = tuple(values[place_of_list])
    return Jobseeker(*values)


_PLACES_OF_LISTS = tuple(_JOBSEEKER_COLUMNS.index(column) for column in _JOBSEEKER_LISTS)
