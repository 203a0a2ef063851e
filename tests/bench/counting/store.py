"""All SQL of the small service."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ieum.database import Transaction

from .events import ItemChanged

_KEEP = """
INSERT INTO item AS i (item_id, version, title, occupation, region, openings, wage, applied, disorder)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[]
)
ON CONFLICT (item_id) DO UPDATE
SET version = excluded.version, title = excluded.title, occupation = excluded.occupation, region = excluded.region,
    openings = excluded.openings, wage = excluded.wage, applied = i.applied + excluded.applied,
    disorder = i.disorder + excluded.disorder + (excluded.version - excluded.applied <> i.version)::int
"""


async def keep(tx: Transaction, items: Mapping[str, Sequence[ItemChanged]]) -> None:
    """Keep each item as its last event says."""
    last = [events[-1] for events in items.values()]
    await tx.execute(
        _KEEP,
        list(items),
        [event.aggregate_version for event in last],
        [event.title for event in last],
        [event.occupation for event in last],
        [event.region for event in last],
        [event.openings for event in last],
        [event.wage for event in last],
        [len(events) for events in items.values()],
        [_disorder(events) for events in items.values()],
    )


def _disorder(events: Sequence[ItemChanged]) -> int:
    """How many events of one item do not follow on the one before, within these."""
    if len(events) == 1:
        return 0
    return sum(after.aggregate_version != before.aggregate_version + 1 for before, after in pairwise(events))
