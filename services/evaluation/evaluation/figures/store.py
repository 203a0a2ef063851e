"""All SQL of the figures: the ledger, the standings it corrects, and the amounts added up from it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from evaluation.figures.rules import Aggregate, Cell, Entry, Standing
from evaluation.measure import Measure
from ieum.database import Transaction


async def find_standings(tx: Transaction, aggregates: Collection[Aggregate]) -> dict[Aggregate, Standing]:
    """What these aggregates count for; one never counted is missing."""
    rows = await tx.fetch(
        """
        SELECT s.measure, s.aggregate_id, s.centre_code, s.day, s.amount
        FROM unnest($1::text[], $2::text[]) AS wanted (measure, aggregate_id)
        JOIN standing s USING (measure, aggregate_id)
        """,
        [measure for measure, _ in aggregates],
        [aggregate_id for _, aggregate_id in aggregates],
    )
    return {
        (Measure(row["measure"]), row["aggregate_id"]): Standing(row["centre_code"], row["day"], row["amount"])
        for row in rows
    }


async def save_standings(tx: Transaction, standings: Mapping[Aggregate, Standing]) -> None:
    """Remember what these aggregates count for from now on."""
    await tx.execute(
        """
        INSERT INTO standing (measure, aggregate_id, centre_code, day, amount)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::bigint[])
        ON CONFLICT (measure, aggregate_id) DO UPDATE
        SET centre_code = excluded.centre_code, day = excluded.day, amount = excluded.amount
        """,
        [measure for measure, _ in standings],
        [aggregate_id for _, aggregate_id in standings],
        [standing.centre_code for standing in standings.values()],
        [standing.day for standing in standings.values()],
        [standing.amount for standing in standings.values()],
    )


async def append_to_ledger(tx: Transaction, entries: Collection[Entry]) -> None:
    """Book the entries in their order."""
    await tx.execute(
        """
        INSERT INTO ledger
              (measure, centre_code, day, amount, event_id, topic, aggregate_id, version, type, occurred_at)
        SELECT measure, centre_code, day, amount, event_id, topic, aggregate_id, version, type, occurred_at
        FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::bigint[],
                    $9::text[], $10::timestamptz[]) WITH ORDINALITY
            AS e (measure, centre_code, day, amount, event_id, topic, aggregate_id, version, type, occurred_at, place)
        ORDER BY place
        """,
        [entry.measure for entry in entries],
        [entry.centre_code for entry in entries],
        [entry.day for entry in entries],
        [entry.amount for entry in entries],
        [entry.event_id for entry in entries],
        [entry.topic for entry in entries],
        [entry.aggregate_id for entry in entries],
        [entry.version for entry in entries],
        [entry.type for entry in entries],
        [entry.occurred_at for entry in entries],
    )


async def add_to_figures(tx: Transaction, amounts: Mapping[Cell, int]) -> None:
    """Add amounts to the days' figures.

    Batches of other partitions add to the same rows at the same time; all take them in this order, so that none
    waits for another in a circle.
    """
    cells = sorted(amounts)
    await tx.execute(
        """
        INSERT INTO daily_figure AS f (centre_code, day, measure, amount)
        SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::bigint[])
        ON CONFLICT (centre_code, day, measure) DO UPDATE SET amount = f.amount + excluded.amount
        """,
        [centre_code for centre_code, _, _ in cells],
        [day for _, day, _ in cells],
        [measure for _, _, measure in cells],
        [amounts[cell] for cell in cells],
    )


async def amounts_by_centre(
    tx: Transaction, centre_codes: Collection[str], first: date, last: date
) -> dict[str, dict[Measure, int]]:
    """Each centre's amounts over the days from first to last, both included. A centre without any is missing."""
    rows = await tx.fetch(
        """
        SELECT centre_code, measure, sum(amount)::bigint AS amount FROM daily_figure
        WHERE centre_code = ANY($1::text[]) AND day BETWEEN $2 AND $3
        GROUP BY centre_code, measure
        """,
        list(centre_codes),
        first,
        last,
    )
    found: dict[str, dict[Measure, int]] = defaultdict(dict)
    for row in rows:
        found[row["centre_code"]][Measure(row["measure"])] = row["amount"]
    return dict(found)
