"""A producer takes as said what its topics hold of it and its database does not know: the way out after a restore.

What the lost events changed stays lost in the database. But their numbers are never given out again, and so nothing
that is said from now on is taken for a repeat.
"""

from collections.abc import Collection
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from ieum.database import Database
from ieum.messaging import versions_store
from ieum.messaging.remembering import own_events
from ieum.messaging.topics import Topic


class Unsaid(NamedTuple):
    """An aggregate whose topic is at a higher version than the database that spoke of it."""

    topic: str
    aggregate_id: str
    published: int
    said: int


async def find_unsaid(database: Database, bootstrap: str, topics: Collection[Topic]) -> list[Unsaid]:
    """What the owner's records in these topics, all of them, have beyond what the database has said."""
    published = await _published(bootstrap, topics)
    found = []
    async with database.reading() as tx:
        for topic in sorted({topic for topic, _ in published}):
            versions = {one: version for (name, one), version in published.items() if name == topic}
            said = dict(await versions_store.said_of(tx, topic, list(versions)))
            found += [
                Unsaid(topic, one, version, said.get(one, 0))
                for one, version in sorted(versions.items())
                if version > said.get(one, 0)
            ]
    return found


async def adopt(database: Database, unsaid: Collection[Unsaid]) -> int:
    """Count on from what was published. Returns how many aggregates that was done for.

    Not for one of which something waits in the outbox: it was given a number that is out already. Whoever lets the
    database speak before it is whole must take that back first.
    """
    async with database.transaction() as tx:
        waiting = {
            (topic, one)
            for topic in {one.topic for one in unsaid}
            for one, _, _ in await versions_store.waiting_of(
                tx, topic, [one.aggregate_id for one in unsaid if one.topic == topic]
            )
        }
        free = [one for one in unsaid if (one.topic, one.aggregate_id) not in waiting]
        await versions_store.raise_said(tx, [(one.topic, one.aggregate_id, one.published) for one in free])
    return len(free)


async def _published(bootstrap: str, topics: Collection[Topic]) -> dict[tuple[str, str], int]:
    places = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    found: dict[tuple[str, str], int] = {}
    try:
        await consumer.start()
        consumer.assign(places)
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        async for place, _, envelope in own_events(consumer, topics, begins, ends):
            key = (place.topic, envelope.aggregate_id)
            found[key] = max(found.get(key, 0), envelope.aggregate_version)
    finally:
        await consumer.stop()
    return found
