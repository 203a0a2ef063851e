"""Making what a consumer derived from its topics again, from the first record, while everything runs on.

`begin` empties the tables and makes the consumer forget; running processes notice that and read again. Two phases:
`hearing` until everything is heard that had been heard before, then `catching_up` where the reaction has something to
make good. The service finishes a rebuild by itself; whoever began it may only watch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from aiokafka import TopicPartition

from ieum.database import Database, Transaction
from ieum.messaging import rebuilding_store as rebuilds
from ieum.messaging import store
from ieum.messaging.clients import reader
from ieum.messaging.reactions import Derived, Reaction
from ieum.messaging.rebuilding_store import Rebuild
from ieum.messaging.records import Place
from ieum.messaging.state_hash import StateHash, TableState
from ieum.messaging.topics import Topics
from ieum.telemetry import log

Phase = Literal["hearing", "catching_up"]


class HistoryCutShort(Exception):
    """A topic does not hold everything any more that this consumer has heard, so it could not be made again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is: records heard again, of how many; and how many newer ones were applied since."""

    rebuild: Rebuild
    heard: int
    total: int
    newer: int

    @property
    def is_finished(self) -> bool:
        """Whether the service has nothing left to do."""
        return self.rebuild.finished_at is not None


async def phase(tx: Transaction, consumer: str) -> Phase | None:
    """What the consumer is doing: None in daily life.

    For handlers. It holds until the commit, because phases change only while no batch of the consumer is at work.
    """
    return cast(Phase | None, await rebuilds.open_phase(tx, consumer))


async def stop_batches(tx: Transaction, consumer: str) -> None:
    """Wait for the batches at work and let no other begin until the commit. Only while rebuilding."""
    rebuild = await rebuilds.open_rebuild(tx, consumer)
    if rebuild is not None:
        await store.lock_partitions(tx, consumer, rebuild.targets)


async def finish(tx: Transaction, consumer: str) -> None:
    """End a rebuild: from the commit on the handler is in daily life. After `stop_batches` in the same transaction."""
    await rebuilds.mark_finished(tx, consumer)
    log.info("rebuild_finished", consumer=consumer)


async def check_history(bootstrap: str, reaction: Reaction, topics: Topics, positions: Mapping[Place, int]) -> None:
    """Raise HistoryCutShort unless the topics hold every record this consumer has ever heard."""
    places = [TopicPartition(*place) for place in _places(reaction, topics)]
    async with reader(bootstrap) as consumer:
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    short = {place.topic for place in places if begins[place] > 0 or ends[place] < positions.get(tuple(place), 0)}
    short |= {name for name in reaction.topics if topics[name].retention_ms != -1}
    if short:
        raise HistoryCutShort(f"{HistoryCutShort.__doc__} {', '.join(sorted(short))}")


async def begin(database: Database, reaction: Reaction, topics: Topics) -> tuple[Rebuild, bool]:
    """Empty what the consumer derived and let it hear everything again; one transaction.

    Returns the rebuild and True; or the one that is at work already, untouched, and False.
    """
    consumer = reaction.consumer
    async with database.transaction() as tx:
        await rebuilds.be_patient(tx)
        # With no batch at work, tables, marks and positions belong together.
        await store.lock_partitions(tx, consumer, _places(reaction, topics))
        if (at_work := await rebuilds.open_rebuild(tx, consumer)) is not None:
            return at_work, False
        positions = await store.find_positions(tx, consumer)
        before = await _states(tx, reaction.derived)
        await rebuilds.forget(tx, consumer, [derived.table for derived in reaction.derived if derived.emptied])
        targets = dict.fromkeys(_places(reaction, topics), 0) | positions
        rebuild = await rebuilds.save_rebuild(tx, consumer, targets, before)
    log.warning("rebuild_began", consumer=consumer, records=sum(targets.values()))
    return rebuild, True


async def look(database: Database, consumer: str, started_at: datetime) -> Progress:
    """How far a rebuild is."""
    async with database.reading() as tx:
        return await _look(tx, consumer, started_at)


async def _look(tx: Transaction, consumer: str, started_at: datetime) -> Progress:
    return _progress(await rebuilds.rebuild_of(tx, consumer, started_at), await store.find_positions(tx, consumer))


async def compare(
    database: Database, reaction: Reaction, started_at: datetime
) -> tuple[Progress, dict[str, TableState]]:
    """How far a rebuild is, and the tables' states at that instant."""
    async with database.reading() as tx:
        await rebuilds.be_patient(tx)
        rebuild = await rebuilds.rebuild_of(tx, reaction.consumer, started_at)
        positions = await store.find_positions(tx, reaction.consumer)
        return _progress(rebuild, positions), await _states(tx, reaction.derived)


async def advance(database: Database, reaction: Reaction) -> Progress | None:
    """Take an open rebuild a step further where it can go; returns how far it is, None where none is open.

    Any process of the service may do this at any time. Raises what `catch_up` raises.
    """
    consumer = reaction.consumer
    async with database.reading() as tx:
        rebuild = await rebuilds.open_rebuild(tx, consumer)
        if rebuild is None:
            return None
        progress = _progress(rebuild, await store.find_positions(tx, consumer))
    if progress.heard < progress.total:
        return progress
    if rebuild.reached_at is None:
        async with database.transaction() as tx:
            await stop_batches(tx, consumer)
            # Before the lock another process may have finished this rebuild, and somebody begun the next.
            at_work = await rebuilds.open_rebuild(tx, consumer)
            if at_work != rebuild:
                return await _look(tx, consumer, rebuild.started_at)
            await rebuilds.mark_reached(tx, consumer)
            if reaction.catch_up is None:
                await finish(tx, consumer)
        log.info("rebuild_reached", consumer=consumer, newer=progress.newer)
    if reaction.catch_up is not None:
        await _catch_up(database, reaction)
    return await look(database, consumer, rebuild.started_at)


async def _catch_up(database: Database, reaction: Reaction) -> None:
    """Let one process at a time catch up."""
    async with database.connection() as connection:
        if not await store.try_session_lock(connection, f"{reaction.consumer} catches up"):
            return
        try:
            async with database.reading() as tx:
                if await phase(tx, reaction.consumer) != "catching_up":
                    return
            assert reaction.catch_up is not None
            await reaction.catch_up(database)
        finally:
            await store.release_session_lock(connection, f"{reaction.consumer} catches up")


async def _states(tx: Transaction, tables: Sequence[Derived]) -> dict[str, TableState]:
    found = {}
    for derived in tables:
        total = StateHash()
        async for row in rebuilds.rows_of(tx, derived):
            total.add(row)
        found[derived.table] = total.state
    return found


def _progress(rebuild: Rebuild, positions: Mapping[Place, int]) -> Progress:
    heard = sum(min(positions.get(place, 0), target) for place, target in rebuild.targets.items())
    newer = sum(max(0, offset - rebuild.targets.get(place, 0)) for place, offset in positions.items())
    return Progress(rebuild, heard, sum(rebuild.targets.values()), newer)


def _places(reaction: Reaction, topics: Topics) -> list[Place]:
    return [(name, number) for name in reaction.topics for number in range(topics[name].partitions)]
