"""What the committing peers share: the item, and the statement that dedupes, keeps and tells a whole batch at once."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

TOPIC = os.environ.get("TOPIC", "bench.item.v1")
BATCH = 2_000


class Item(BaseModel):
    """The event as the peers read it: everything is in the body."""

    event_id: UUID
    item_id: str
    version: int
    changed_at: datetime
    title: str
    occupation: str
    region: str
    openings: int
    wage: int
    night: bool = False


# One statement, and so one transaction: events by id, items as their last event says, one outbox row for each event.
KEEP_ALL = """
WITH said AS (
    SELECT * FROM unnest({0}::uuid[], {1}::text[], {2}::bigint[], {3}::text[], {4}::text[], {5}::text[], {6}::int[],
                         {7}::int[], {8}::bytea[])
        AS s (event_id, item_id, version, title, occupation, region, openings, wage, body)
), heard AS (
    INSERT INTO inbox (event_id) SELECT event_id FROM said ON CONFLICT DO NOTHING RETURNING event_id
), fresh AS (
    SELECT DISTINCT ON (event_id) said.* FROM said JOIN heard USING (event_id)
), last AS (
    SELECT DISTINCT ON (item_id) *, count(*) OVER (PARTITION BY item_id) AS applied
    FROM fresh ORDER BY item_id, version DESC
), kept AS (
    INSERT INTO item AS i (item_id, version, title, occupation, region, openings, wage, applied, disorder)
    SELECT item_id, version, title, occupation, region, openings, wage, applied, 0 FROM last
    ON CONFLICT (item_id) DO UPDATE
    SET version = excluded.version, title = excluded.title, occupation = excluded.occupation, region = excluded.region,
        openings = excluded.openings, wage = excluded.wage, applied = i.applied + excluded.applied,
        disorder = i.disorder + (excluded.version - excluded.applied <> i.version)::int
)
INSERT INTO outbox (topic, partition, aggregate_id, aggregate_version, event_id, type, body)
SELECT 'bench.kept.v1', abs(hashtext(item_id)) % 6, item_id, version, gen_random_uuid(), 'ItemKept', body
FROM fresh ORDER BY item_id, version
"""
KEEP_ALL_ASYNCPG = KEEP_ALL.format(*(f"${number}" for number in range(1, 10)))
KEEP_ALL_PSYCOPG = KEEP_ALL.replace("%", "%%").format(*["%s"] * 9)


def columns(items: Sequence[Item]) -> list[list[object]]:
    """The statement's nine arguments."""
    return [
        [item.event_id for item in items],
        [item.item_id for item in items],
        [item.version for item in items],
        [item.title for item in items],
        [item.occupation for item in items],
        [item.region for item in items],
        [item.openings for item in items],
        [item.wage for item in items],
        [told(item) for item in items],
    ]


def told(item: Item) -> bytes:
    """What the outbox row of an item says."""
    return json.dumps({"openings": item.openings, "wage": item.wage}).encode()
