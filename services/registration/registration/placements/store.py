"""All SQL of placements as heard."""

from collections.abc import Collection, Sequence

from ieum.database import Transaction
from registration.placements.rules import Placement, Standing


async def save_placements(tx: Transaction, placements: Sequence[Placement]) -> None:
    """Keep placements, each once; of one that is kept already only the reversal is new."""
    await tx.execute(
        """
        INSERT INTO placement (placement_id, vacancy_id, jobseeker_id, hired_on, period_number, reversed_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::smallint[], $6::timestamptz[])
        ON CONFLICT (placement_id) DO UPDATE SET reversed_at = excluded.reversed_at
        """,
        [placement.placement_id for placement in placements],
        [placement.vacancy_id for placement in placements],
        [placement.jobseeker_id for placement in placements],
        [placement.hired_on for placement in placements],
        [placement.period_number for placement in placements],
        [placement.reversed_at for placement in placements],
    )


async def standing_placements(tx: Transaction, jobseeker_ids: Collection[str]) -> Standing:
    """The placements that stand of each jobseeker and registration period. Hold the jobseekers' rows before."""
    rows = await tx.fetch(
        """
        SELECT jobseeker_id, period_number, array_agg(placement_id) AS placement_ids FROM placement
        WHERE jobseeker_id = ANY($1::text[]) AND period_number IS NOT NULL AND reversed_at IS NULL
        GROUP BY jobseeker_id, period_number
        """,
        list(jobseeker_ids),
    )
    return {(row["jobseeker_id"], row["period_number"]): set(row["placement_ids"]) for row in rows}
