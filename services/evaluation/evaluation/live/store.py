"""All SQL of the live stream."""

from collections.abc import Iterable
from datetime import datetime

from evaluation.live.rules import Changes
from ieum.database import Transaction


async def note_changes(tx: Transaction, centre_codes: Iterable[str]) -> None:
    """Count one more change for each centre, all in the same order, so that batches do not deadlock."""
    await tx.execute(
        """
        INSERT INTO centre_change AS c (centre_code, changes) SELECT code, 1 FROM unnest($1::text[]) AS code
        ON CONFLICT (centre_code) DO UPDATE SET changes = c.changes + 1
        """,
        sorted(set(centre_codes)),
    )


async def changes_by_centre(tx: Transaction) -> dict[str, Changes]:
    """Every centre's counter: some hundred and thirty rows, cheap enough to read four times a second."""
    rows = await tx.fetch(
        """
        SELECT centre_code, changes, c.regional_office_code
        FROM centre_change LEFT JOIN centre c USING (centre_code)
        """
    )
    return {row["centre_code"]: Changes(row["changes"], row["regional_office_code"]) for row in rows}


async def moment(tx: Transaction) -> tuple[datetime, int]:
    """When this snapshot was taken, and the sum of all counters in it: the same number means the same figures."""
    row = await tx.fetchrow(
        "SELECT transaction_timestamp() AS taken_at, coalesce(sum(changes), 0)::bigint AS revision FROM centre_change"
    )
    assert row is not None
    return row["taken_at"], row["revision"]
