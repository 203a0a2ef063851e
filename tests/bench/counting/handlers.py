"""What the service does about an item: keep it, and tell that it is kept."""

from ieum.database import Transaction
from ieum.messaging import Reactions, outbox

from . import store
from .events import ItemChanged, ItemKept

reactions = Reactions()


@reactions.consume("bench.items")
async def keep_items(tx: Transaction, events: list[ItemChanged]) -> None:
    """Keep items, and tell of every event."""
    items: dict[str, list[ItemChanged]] = {}
    for event in events:
        items.setdefault(event.aggregate_id, []).append(event)
    await store.keep(tx, items)
    kept = {
        item_id: [ItemKept(openings=event.openings, wage=event.wage) for event in said]
        for item_id, said in items.items()
    }
    await outbox.add(tx, kept)
