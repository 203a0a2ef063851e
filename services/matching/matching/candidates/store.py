"""All SQL of candidates."""

from collections.abc import Collection, Sequence
from datetime import datetime

from ieum.database import Transaction
from matching.market.facts import Jobseeker
from matching.market.store import SELECT_JOBSEEKER, read_jobseeker
from matching.recommendations.search import Wish


async def visible_wishers(tx: Transaction, wishes: Sequence[Wish]) -> list[Jobseeker]:
    """Who has any of the wishes and lets employers see it. Whoever does not consent to matching has no wishes."""
    return await _wishers(tx, wishes, "visible")


async def wishers_of_centre(tx: Transaction, wishes: Sequence[Wish], centre_code: str) -> list[Jobseeker]:
    """Who of a centre has any of the wishes, seen by employers or not."""
    return await _wishers(tx, wishes, "centre_code = $3", centre_code)


async def _wishers(tx: Transaction, wishes: Sequence[Wish], condition: str, *values: str) -> list[Jobseeker]:
    rows = await tx.fetch(
        f"""
        {SELECT_JOBSEEKER} WHERE {condition} AND jobseeker_id IN (
            SELECT jobseeker_id FROM wish
            JOIN unnest($1::text[], $2::text[]) AS w (occupation_code, region_code) USING (occupation_code, region_code)
        )
        """,  # noqa: S608 -- names from market/store.py, conditions from this file
        [wish.occupation_code for wish in wishes],
        [wish.region_code for wish in wishes],
        *values,
    )
    return [read_jobseeker(row) for row in rows]


async def proposals_of(tx: Transaction, vacancy_id: str, jobseeker_ids: Collection[str]) -> dict[str, datetime]:
    """When the vacancy was proposed to those of the jobseekers among whose ten it is."""
    rows = await tx.fetch(
        """
        SELECT jobseeker_id, proposed_at FROM match
        WHERE vacancy_id = $1 AND jobseeker_id = ANY($2) AND told_score IS NOT NULL
        """,
        vacancy_id,
        list(jobseeker_ids),
    )
    return {row["jobseeker_id"]: row["proposed_at"] for row in rows}
