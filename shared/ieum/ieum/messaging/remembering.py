"""Whether a producer's database still knows what it said last.

One that was restored to an earlier state would number new events like events that are out already; consumers would
take them for repeats and leave them out, in silence. So a relay asks before it leads, and sends nothing until the
database is brought to the end of its log or somebody has decided (`adopting`) what the lost time is worth.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from ieum.database import Database
from ieum.messaging import outbox_store, versions_store
from ieum.messaging.clients import reader
from ieum.messaging.events import Envelope, UnreadableEnvelope
from ieum.messaging.failures import Unremembered
from ieum.messaging.topics import Topic
from ieum.messaging.whole_topics import chunks

Said = tuple[str, str, int]
"""(topic, aggregate id, version)."""

_RESTORED = (
    "the database stands earlier than its own topics, as if it was restored: {}: {} has version {} there, {};"
    " restore it to the end of its log, or decide with this service's command `adopt`"
)

# The newest event of more than the aggregate that spoke last is looked at.
_TAIL = 50
# How many records back: more than the repeats of a relay that died several times in a row.
_REPEATS = 20_000


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
            for one, version, event_id in await outbox_store.waiting_of(tx, name, [one for one, _ in ids]):
                if ids.get((one, version), event_id) != event_id:
                    raise Unremembered(
                        _RESTORED.format(name, one, version, "another event waits here under its number")
                    )


async def _last_events(bootstrap: str, topics: Collection[Topic]) -> dict[Said, UUID]:
    """The owner's own among the last records of every partition: which event has which number of which aggregate."""
    places = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
    if not places:
        return {}
    async with reader(bootstrap) as consumer:
        consumer.assign(places)
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        tails = {place: max(begins[place], ends[place] - _TAIL) for place in places if ends[place] > begins[place]}
        last = [found async for found in own_events(consumer, topics, tails, ends)]
        # A relay that died may have ended a partition with repeats. They bear their old times: if anything is newer
        # than all of them, it lies before.
        newest: dict[TopicPartition, int] = {}
        for place, said_at, _ in last:
            newest[place] = max(newest.get(place, 0), said_at)
        newer = await consumer.offsets_for_times({place: at + 1 for place, at in newest.items()}) if newest else {}
        before = {
            place: max(at.offset, ends[place] - _REPEATS)
            for place, at in newer.items()
            if at is not None and at.offset < tails[place]
        }
        earlier = [found async for found in own_events(consumer, topics, before, tails)]
    return {
        (place.topic, envelope.aggregate_id, envelope.aggregate_version): envelope.event_id
        for place, _, envelope in earlier + last
    }


async def own_events(
    consumer: AIOKafkaConsumer,
    topics: Collection[Topic],
    starts: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
) -> AsyncIterator[tuple[TopicPartition, int, Envelope]]:
    """The owners' records from `starts` up to `ends`: where, when in milliseconds, and what. Raises TopicSilent.

    What another has written there says nothing about this database, and must not silence its owner. Nor must a number
    that has no room for all those before it in its partition: nobody counted up to there.
    """
    sources = {topic.name: f"/{topic.owner}" for topic in topics}
    for place, offset in starts.items():
        consumer.seek(place, offset)
    async for records in chunks(consumer, {place: ends[place] for place in starts}):
        for record in records:
            try:
                envelope = Envelope.from_headers(record.headers)
            except UnreadableEnvelope:
                continue
            if envelope.source == sources[record.topic] and envelope.aggregate_version <= record.offset + 1:
                yield TopicPartition(record.topic, record.partition), record.timestamp, envelope
