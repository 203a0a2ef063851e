"""Whether a producer's database still knows what it said last.

One that was restored to an earlier state would number new events like events that are out already; consumers would
take them for repeats and leave them out, in silence. So a relay asks before it leads, and sends nothing until the
database is brought to the end of its log or somebody has decided what the lost time is worth.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from ieum.database import Database
from ieum.messaging import versions_store
from ieum.messaging.events import Envelope, UnreadableEnvelope
from ieum.messaging.failures import Unremembered
from ieum.messaging.topics import Topic

Said = tuple[str, str, int]
"""(topic, aggregate id, version)."""

_RESTORED = "the database stands earlier than its own topics, it was restored: {}: {} has version {} there, {}"

# A relay that died may have ended a partition with repeats of older events: so more than the very last are looked at.
_TAIL = 50


async def assert_remembered(database: Database, bootstrap: str, topics: Iterable[Topic]) -> None:
    """Raise Unremembered when one of these topics ends with an event that the database has not said."""
    published = await _last_events(bootstrap, list(topics))
    # Read after the topics: what is said meanwhile can only be more.
    async with database.reading() as tx:
        for name in {topic for topic, _, _ in published}:
            ids = {(one, version): event_id for (topic, one, version), event_id in published.items() if topic == name}
            said = dict(await versions_store.said_of(tx, name, [one for one, _ in ids]))
            for one, version in ids:
                if version > said.get(one, 0):
                    raise Unremembered(_RESTORED.format(name, one, version, f"it is at {said.get(one, 0)} here"))
            # New commands may have filled the numbers up again, before anybody asked.
            for one, version, event_id in await versions_store.waiting_of(tx, name, [one for one, _ in ids]):
                if ids.get((one, version), event_id) != event_id:
                    raise Unremembered(
                        _RESTORED.format(name, one, version, "another event waits here under its number")
                    )


async def _last_events(bootstrap: str, topics: Collection[Topic]) -> dict[Said, UUID]:
    """The owner's own among the last records of every partition: which event has which number of which aggregate."""
    places = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
    if not places:
        return {}
    sources = {topic.name: f"/{topic.owner}" for topic in topics}
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    found: dict[Said, UUID] = {}
    try:
        # Inside, since a start that fails leaves connections behind, and while Kafka is away it fails again and again.
        await consumer.start()
        consumer.assign(places)
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        left = [place for place in places if ends[place] > begins[place]]
        for place in left:
            consumer.seek(place, max(begins[place], ends[place] - _TAIL))
        while left:
            batches = await consumer.getmany(*left, timeout_ms=500)
            for record in (record for records in batches.values() for record in records):
                try:
                    envelope = Envelope.from_headers(record.headers)
                except UnreadableEnvelope:
                    continue
                # What another has written there says nothing about this database, and must not silence its owner.
                if envelope.source != sources[record.topic]:
                    continue
                found[record.topic, envelope.aggregate_id, envelope.aggregate_version] = envelope.event_id
            left = [place for place in left if await consumer.position(place) < ends[place]]
    finally:
        await consumer.stop()
    return found
