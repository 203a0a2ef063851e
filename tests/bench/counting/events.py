"""What the service hears and tells."""

from ieum.messaging import Event


class ItemChanged(Event, topic="bench.item.v1"):
    """An item was opened or changed."""

    title: str
    occupation: str
    region: str
    openings: int
    wage: int
    night: bool = False


class ItemKept(Event, topic="bench.kept.v1"):
    """An item was kept as it now is."""

    openings: int
    wage: int
