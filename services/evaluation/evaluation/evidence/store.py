"""All SQL of the drill-down."""

from collections.abc import Collection
from datetime import date

import asyncpg

from evaluation.measure import Measure
from ieum.database import Transaction


async def entries_behind(
    tx: Transaction,
    measures: Collection[Measure],
    centre_codes: Collection[str],
    first: date,
    last: date,
    *,
    after: tuple[date, int] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Ledger rows of these measures, centres and days, newest day first, at most `limit` after the row `after`.

    Each measure is read along its own index up to the limit and the few rows are merged: one scan over both measures
    of a rate would sort the whole period for every page.
    """
    return await tx.fetch(
        """
        SELECT e.* FROM unnest($1::text[]) AS wanted (measure) CROSS JOIN LATERAL (
            SELECT ledger_id, measure, centre_code, day, amount,
                   event_id, topic, aggregate_id, version, type, occurred_at
            FROM ledger l
            WHERE l.measure = wanted.measure AND l.centre_code = ANY($2::text[]) AND l.day BETWEEN $3 AND $4
              AND ($5::date IS NULL OR (l.day, l.ledger_id) < ($5, $6::bigint))
            ORDER BY l.day DESC, l.ledger_id DESC LIMIT $7
        ) e
        ORDER BY e.day DESC, e.ledger_id DESC LIMIT $7
        """,
        list(measures),
        list(centre_codes),
        first,
        last,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
