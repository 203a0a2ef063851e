"""Whether everything that was heard took effect once and in order, by looking at the tables alone."""

from .items import VERSIONS, Filled
from .servers import Servers

_ITEMS = """
SELECT count(*) AS items, coalesce(sum(applied), 0)::bigint AS applied, coalesce(sum(disorder), 0)::bigint AS disorder,
       count(*) FILTER (WHERE applied > version) AS doubled, count(*) FILTER (WHERE applied < version) AS skipped,
       coalesce(sum(version), 0)::bigint AS versions
FROM item
"""

# Rows of an aggregate in the order in which a relay would send them. A relay at work has sent the first of them.
_OUTBOX = """
SELECT count(*) AS told, count(DISTINCT (aggregate_id, aggregate_version)) AS different,
       count(*) FILTER (WHERE aggregate_version <= before) AS moved
FROM (
    SELECT aggregate_id, aggregate_version,
           lag(aggregate_version) OVER (PARTITION BY aggregate_id ORDER BY id) AS before
    FROM outbox
) AS rows
"""


async def applied(servers: Servers) -> int:
    """How many events have taken effect."""
    found: int = await servers.sql.fetchval("SELECT coalesce(sum(applied), 0)::bigint FROM item")
    return found


async def fault(servers: Servers, filled: Filled | None) -> str | None:
    """What was lost, doubled or moved; with `filled`, everything in the topic must be there. None: nothing."""
    items = await servers.sql.fetchrow(_ITEMS)
    outbox = await servers.sql.fetchrow(_OUTBOX)
    relayed = await servers.sql.fetchval("SELECT coalesce(bool_or(holder <> 'elsewhere'), false) FROM relay_lease")
    assert items is not None
    assert outbox is not None
    found = {
        "applied twice": items["doubled"],
        "skipped": items["skipped"],
        "out of order": items["disorder"] + outbox["moved"],
        "told twice": outbox["told"] - outbox["different"],
        "not told": 0 if relayed else items["applied"] - outbox["told"],
    }
    if filled:
        found["lost"] = filled.events - items["applied"]
        found["items missing"] = filled.items - items["items"]
        found["not at the last version"] = (
            (filled.items - len(filled.last)) * VERSIONS + len(filled.last) - (items["versions"])
        )
    wrong = [f"{number} {what}" for what, number in found.items() if number]
    return ", ".join(wrong) or None
