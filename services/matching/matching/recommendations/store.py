"""All SQL of recommendations: the gate, who wishes what, what is kept. For the order of locks see market/store.py."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

from ieum.database import Transaction
from matching.market.facts import Jobseeker, OpenOffer
from matching.market.store import JOBSEEKER_COLUMNS, read_jobseeker
from matching.recommendations.ranking import Held, Place, Ranking, place
from matching.recommendations.search import Ask, Wish


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


class Wisher(NamedTuple):
    """A jobseeker, which of the wishes asked for are theirs (by index), and their bar."""

    jobseeker: Jobseeker
    wishes: list[int]
    bar: Place


async def who_wishes(tx: Transaction, wishes: Sequence[Wish], but: Collection[str] = ()) -> list[Wisher]:
    """Who has any of the wishes, except `but` and except those whose bar no ceiling of theirs reaches."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"j.{column}" for column in JOBSEEKER_COLUMNS)}, j.bar_score, j.bar_vacancy_id,
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
    return [Wisher(read_jobseeker(row), row["wishes"], place(row["bar_score"], row["bar_vacancy_id"])) for row in rows]


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


async def ended_vacancies(tx: Transaction, jobseeker_ids: Collection[str]) -> set[str]:
    """Vacancies kept for these jobseekers that are not open any more."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT vacancy_id FROM match JOIN vacancy USING (vacancy_id)
        WHERE jobseeker_id = ANY($1) AND status <> 'open'
        """,
        list(jobseeker_ids),
    )
    return {row["vacancy_id"] for row in rows}


async def move_matches(tx: Transaction, jobseeker_ids: Collection[str]) -> None:
    """Let matches follow their jobseekers to the centres they are now registered at."""
    await tx.execute(
        """
        UPDATE match m SET centre_code = j.centre_code FROM jobseeker j
        WHERE j.jobseeker_id = ANY($1) AND m.jobseeker_id = j.jobseeker_id AND m.centre_code <> j.centre_code
        """,
        list(jobseeker_ids),
    )


class MatchRow(NamedTuple):
    """A match as it is kept; rank 1 is the jobseeker's best."""

    jobseeker_id: str
    vacancy_id: str
    rank: int
    proposed_at: datetime


async def matches_of(tx: Transaction, jobseeker_id: str) -> list[MatchRow]:
    """A jobseeker's matches, the best first."""
    rows = await tx.fetch(
        """
        SELECT jobseeker_id, vacancy_id, proposed_at FROM match WHERE jobseeker_id = $1 AND told_score IS NOT NULL
        ORDER BY score DESC, vacancy_id
        """,
        jobseeker_id,
    )
    return [MatchRow(row["jobseeker_id"], row["vacancy_id"], n, row["proposed_at"]) for n, row in enumerate(rows, 1)]


async def matches_of_centre(
    tx: Transaction, centre_code: str, since: datetime | None, after: tuple[datetime, str, str] | None, limit: int
) -> list[MatchRow]:
    """The matches of a centre's jobseekers proposed at or after `since`, the newest first, behind `after`."""
    # Stepping by proposed_at alone keeps to the index; those of one instant are sorted out behind it.
    rows = await tx.fetch(
        """
        SELECT jobseeker_id, vacancy_id, proposed_at, (
            SELECT count(*) FROM match b WHERE b.jobseeker_id = m.jobseeker_id AND b.told_score IS NOT NULL
                AND (b.score > m.score OR (b.score = m.score AND b.vacancy_id <= m.vacancy_id))
        ) AS rank
        FROM match m
        WHERE centre_code = $1 AND told_score IS NOT NULL
            AND proposed_at >= $2 AND proposed_at <= $3
            AND (proposed_at < $3 OR (jobseeker_id, vacancy_id) > ($4, $5))
        ORDER BY proposed_at DESC, jobseeker_id, vacancy_id
        LIMIT $6
        """,
        centre_code,
        since or _LONG_AGO,
        *(after or (_LONG_AHEAD, "", "")),
        limit,
    )
    return [MatchRow(row["jobseeker_id"], row["vacancy_id"], row["rank"], row["proposed_at"]) for row in rows]


async def rule_in_force(tx: Transaction) -> int:
    """The version of the rule that kept scores were made by."""
    version: int = await tx.fetchval("SELECT version FROM rule_in_force")
    return version


async def put_rule_in_force(tx: Transaction, version: int) -> None:
    """All kept scores are by this version now."""
    await tx.execute("UPDATE rule_in_force SET version = $1", version)


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_LONG_AHEAD = datetime(9999, 12, 31, tzinfo=UTC)
