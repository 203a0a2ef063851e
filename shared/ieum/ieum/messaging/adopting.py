"""A producer takes as said what its topics hold of it and its database does not know: the way out after a restore.

What the lost events changed stays lost in the database. But their numbers are never given out again, and so nothing
that is said from now on is taken for a repeat.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import NamedTuple
from uuid import UUID

from aiokafka import TopicPartition

from ieum.database import Database
from ieum.messaging import adopting_store, relay_store, versions_store
from ieum.messaging.clients import reader
from ieum.messaging.events import Envelope
from ieum.messaging.relay import LEASE_SECONDS
from ieum.messaging.remembering import own_events
from ieum.messaging.topics import Topic

Key = tuple[str, str]
"""Topic and aggregate id."""


class RelayAtWork(RuntimeError):
    """A relay of this service is sending: what waits cannot get other numbers now. Stop the service's processes."""


class Unsaid(NamedTuple):
    """An aggregate whose topic is at a higher version than the database that spoke of it, or at one that waits here.

    `waiting`: so many events are in the outbox under numbers that others have there. `out`: events that are in the
    outbox and in the topic, the repeats of a relay that died.
    """

    topic: str
    aggregate_id: str
    published: int
    said: int
    waiting: int = 0
    out: frozenset[UUID] = frozenset()


async def find_unsaid(database: Database, bootstrap: str, topics: Collection[Topic]) -> list[Unsaid]:
    """What the owner's records in these topics, all of them, have beyond or instead of what the database has said."""
    published: dict[Key, int] = {}

    def count(key: Key, envelope: Envelope) -> None:
        published[key] = max(published.get(key, 0), envelope.aggregate_version)

    await _hear(bootstrap, topics, count)
    said: dict[Key, int] = {}
    waiting: dict[Key, set[UUID]] = {}
    async with database.reading() as tx:
        for topic in sorted({topic for topic, _ in published}):
            versions = {one: version for (name, one), version in published.items() if name == topic}
            said |= {(topic, one): version for one, version in await versions_store.said_of(tx, topic, list(versions))}
            for one, event_id in await adopting_store.waiting_up_to(tx, topic, versions):
                waiting.setdefault((topic, one), set()).add(event_id)
    out: dict[Key, set[UUID]] = {}

    def recognise(key: Key, envelope: Envelope) -> None:
        if envelope.event_id in waiting.get(key, ()):
            out.setdefault(key, set()).add(envelope.event_id)

    if waiting:
        await _hear(bootstrap, topics, recognise)
    found = []
    for key, version in sorted(published.items()):
        mine = frozenset(out.get(key, ()))
        stuck = len(waiting.get(key, set()) - mine)
        if version > said.get(key, 0) or stuck:
            found.append(Unsaid(*key, version, said.get(key, 0), stuck, mine))
    return found


async def adopt(database: Database, unsaid: Collection[Unsaid], *, patience: float = 2 * LEASE_SECONDS) -> None:
    """Count on from what was published, also with what waits in the outbox: it was acknowledged and is to leave.

    Raises RelayAtWork when a relay still leads after `patience` seconds; one that was killed seems to for a while.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + patience
    while not await _adopted(database, unsaid):
        if clock() > deadline:
            raise RelayAtWork(RelayAtWork.__doc__)
        await asyncio.sleep(0.2)


async def _adopted(database: Database, unsaid: Collection[Unsaid]) -> bool:
    async with database.transaction() as tx:
        # Until the commit nobody else can lead, and so nothing is on its way under its old number.
        epoch = await relay_store.take_lease(tx, "adopt", LEASE_SECONDS)
        if epoch is None:
            return False
        await adopting_store.raise_said(tx, [(one.topic, one.aggregate_id, one.published) for one in unsaid])
        await adopting_store.renumber_waiting(
            tx,
            [(one.topic, one.aggregate_id, one.published) for one in unsaid],
            [event_id for one in unsaid for event_id in one.out],
        )
        await relay_store.give_lease_back(tx, epoch)
    return True


async def _hear(bootstrap: str, topics: Collection[Topic], heard: Callable[[Key, Envelope], None]) -> None:
    """Every record of the owners, from the first to the present last."""
    places = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
    async with reader(bootstrap) as consumer:
        consumer.assign(places)
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        async for place, _, envelope in own_events(consumer, topics, begins, ends):
            heard((place.topic, envelope.aggregate_id), envelope)
