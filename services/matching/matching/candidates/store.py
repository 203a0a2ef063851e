"""All SQL of candidates."""

from collections.abc import Sequence

from ieum.database import Transaction
from matching.market.facts import Jobseeker
from matching.market.store import SELECT_JOBSEEKER, read_jobseeker
from matching.recommendations.search import Wish


async def visible_wishers(tx: Transaction, wishes: Sequence[Wish]) -> list[Jobseeker]:
    """Who has any of the wishes and lets employers see it. Whoever does not consent to matching has no wishes."""
    rows = await tx.fetch(
        f"""
        {SELECT_JOBSEEKER} WHERE visible AND jobseeker_id IN (
            SELECT jobseeker_id FROM wish
            JOIN unnest($1::text[], $2::text[]) AS w (occupation_code, region_code) USING (occupation_code, region_code)
        )
        """,  # noqa: S608 -- names from market/store.py
        [wish.occupation_code for wish in wishes],
        [wish.region_code for wish in wishes],
    )
    return [read_jobseeker(row) for row in rows]
