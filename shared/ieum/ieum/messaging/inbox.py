"""The consuming side: a batch of records becomes one committed effect, exactly once and in order per aggregate.

The marks, the position, the parked rows and the handler's own writes commit together. What comes again is left out;
a bad event is put aside together with its aggregate's later events, and everybody else goes on.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from aiokafka import ConsumerRecord

from ieum.database import Database
from ieum.messaging import failures, metrics, records, releasing, store
from ieum.messaging.deciding import Plan, decide
from ieum.messaging.failures import Backoff, Rejected, Unavailable
from ieum.messaging.reactions import Reaction
from ieum.messaging.records import Incoming, Place
from ieum.telemetry import continue_trace, log

# A bug may be a race that does not repeat; more tries than this only hold up the neighbours.
ATTEMPTS = 3
# Records decoded without a break: some half a millisecond.
_PIECE = 50


class Forgotten(Exception):
    """The database stands earlier than this process left it: it was restored, or is being rebuilt.

    Nothing of the batch was applied. `positions` says where to read on, per (topic, partition) that fell back.
    """

    def __init__(self, positions: dict[Place, int]) -> None:
        super().__init__(f"{len(positions)} partitions")
        self.positions = positions


class Inbox:
    """Applies records for one reaction. Safe to run in several processes at once, even on the same partitions."""

    def __init__(
        self,
        reaction: Reaction,
        database: Database,
        *,
        backoff: Backoff | None = None,
        patience: float = 120.0,
        continuous: bool = False,
        on_attempt: Callable[[], None] = lambda: None,
        on_handler: Callable[[], None] = lambda: None,
    ) -> None:
        """`patience`: seconds to wait for what is unavailable before giving the batch back, to be read again.

        `continuous`: each partition's records come without leaving any out, so that a database which stands before
        them must have forgotten. `on_attempt` is called before every transaction, as a sign of life, and `on_handler`
        before every call of the handler.
        """
        self.reaction = reaction
        self._database = database
        self._backoff = backoff or Backoff()
        self._patience = patience
        self._on_attempt = on_attempt
        self._on_handler = on_handler
        self._continuous = continuous
        # From where reading was asked to go on: what comes next from there is all that the topic has.
        self._asked: dict[Place, int] = {}

    def restart(self) -> None:
        """Partitions come or go: what comes next is not what was asked for."""
        self._asked.clear()

    async def read(self, batch: Sequence[ConsumerRecord]) -> list[Incoming]:
        """Decode records: processor time only, which may be spent while another batch is at the database.

        Done in one go it would leave the database waiting for that batch's next statement.
        """
        found: list[Incoming] = []
        for start in range(0, len(batch), _PIECE):
            found += records.read(self.reaction, batch[start : start + _PIECE])
            await asyncio.sleep(0)
        return found

    async def apply(self, items: list[Incoming]) -> None:
        """Apply or park every record; when this returns, all of it is committed.

        Raises Unavailable when something it needs stayed away for `patience` seconds, Forgotten when the database has
        fallen back, and whatever else keeps a record from even being parked; nothing is lost then, the same records
        may be taken again.
        """
        began = time.monotonic()
        consumer = self.reaction.consumer
        traces = {item.envelope.traceparent for item in items if item.envelope and item.envelope.traceparent}
        # A batch continues a trace only when it has just one; otherwise it would belong to many.
        with continue_trace(traces.pop() if len(traces) == 1 else None, f"{consumer} batch"):
            await self._settle(items)
        metrics.BATCH.labels(consumer).observe(len(items))
        metrics.BATCH_SECONDS.labels(consumer).observe(time.monotonic() - began)

    async def take(self, batch: Sequence[ConsumerRecord]) -> None:
        """`read` and `apply`."""
        await self.apply(await self.read(batch))

    async def _settle(self, items: list[Incoming], slow: bool = False) -> None:
        """Apply items as one transaction if that works, and otherwise as several, smaller ones.

        `slow`: they are a part of what was too slow for as long as there was patience.
        """
        problem = await self._apply_patiently(items, slow=slow)
        if problem is None:
            return
        named = set(problem.event_ids) if isinstance(problem, Rejected) else set()
        bad = [item for item in items if item.event and item.event.event_id in named]
        if bad:
            # The handler said which events it cannot take: no need to search for them.
            await self._settle_split(items, bad, failures.describe(problem))
        elif len(items) == 1:
            await self._settle_one(items[0], problem)
        else:
            metrics.RETRIED.labels(self.reaction.consumer, "bisected").inc()
            middle = len(items) // 2
            slow = failures.is_too_slow(problem)
            await self._settle(items[:middle], slow)
            await self._settle(items[middle:], slow)

    async def _settle_split(self, items: list[Incoming], bad: list[Incoming], reason: str) -> None:
        marked = {id(item) for item in bad}
        refused = [item.refused(reason) if id(item) in marked else item for item in items]
        await self._settle(refused)

    async def _settle_one(self, item: Incoming, problem: Exception) -> None:
        """Try a single failing event again, unless it was rejected, and then park it."""
        attempts = 1
        while not isinstance(problem, Rejected) and attempts < ATTEMPTS:
            await asyncio.sleep(self._backoff.pause(attempts))
            metrics.RETRIED.labels(self.reaction.consumer, "failed").inc()
            again = await self._apply_patiently([item], attempts + 1, failures.is_too_slow(problem))
            if again is None:
                return
            problem, attempts = again, attempts + 1
        reason = failures.describe(problem)
        if not isinstance(problem, Rejected):
            log.error(
                "event_failed", consumer=self.reaction.consumer, reason=reason, exc_info=problem, **item.whereabouts
            )
        if (unparked := await self._apply_patiently([item.refused(reason)], attempts)) is not None:
            raise unparked

    async def _apply_patiently(self, items: list[Incoming], attempts: int = 1, slow: bool = False) -> Exception | None:
        """Apply items in one transaction, waiting while something is away. Returns the handler's own failure.

        What is too slow is waited for, too, unless it was before (`slow`), and then is the handler's own failure.
        """
        deadline = time.monotonic() + self._patience
        attempt = 0
        while True:
            self._on_attempt()
            try:
                await self._apply(items, attempts)
            except Forgotten:
                raise
            except Exception as problem:
                late = time.monotonic() > deadline
                if not failures.is_passing(problem) or (failures.is_too_slow(problem) and (slow or late)):
                    return problem
                attempt += 1
                metrics.RETRIED.labels(self.reaction.consumer, "unavailable").inc()
                log.warning(
                    "batch_waits", consumer=self.reaction.consumer, reason=failures.describe(problem), attempt=attempt
                )
                if late:
                    raise Unavailable(f"{self.reaction.consumer}: {failures.describe(problem)}") from problem
                await asyncio.sleep(self._backoff.pause(attempt))
            else:
                return None

    async def _apply(self, items: list[Incoming], attempts: int) -> None:
        """One transaction: lock, read marks, decide, handle, move marks and positions."""
        consumer = self.reaction.consumer
        first = first_offsets(items)
        async with self._database.transaction() as tx:
            await store.lock_partitions(tx, consumer, first)
            if self._continuous:
                self._insist_on_all(await store.find_positions(tx, consumer), first)
            known = await store.find_marks(tx, consumer, (item.key for item in items if item.key))
            plan = decide(items, known, attempts)
            events = [item.event for item in plan.fresh if item.event is not None]
            self._on_handler()
            if events:
                await self.reaction.handler(tx, events)
            await store.save_parked(tx, consumer, plan.parked)
            await store.save_marks(tx, consumer, plan.marks)
            await store.save_positions(tx, consumer, _positions(items))
            closed = Plan()
            if plan.filled:
                # A second attempt is for one record alone, which is not to wait for ever for what is parked behind it.
                closed = await releasing.close_gaps(tx, self.reaction, plan, patient=attempts == 1)
        for place in first:
            self._asked.pop(place, None)
        metrics.APPLIED.labels(consumer).inc(len(plan.fresh) + len(closed.fresh))
        metrics.REPEATED.labels(consumer).inc(plan.repeated)
        for parked in plan.parked + closed.parked:
            metrics.PARKED.labels(consumer, parked.state).inc()
            log.warning(
                "event_parked", consumer=consumer, state=parked.state, reason=parked.reason,
                **parked.record.whereabouts,
            )  # fmt: skip

    def _insist_on_all(self, stand: Mapping[Place, int], first: Mapping[Place, int]) -> None:
        """Raise Forgotten where the database stands before these records.

        A database that stands later is well: another member was faster, and the marks leave out what is repeated.
        When reading went on from where the database stands and still begins later, the topic's beginning was deleted.
        """
        at = {place: stand.get(place, 0) for place in first}
        fallen = {
            place: at[place] for place in first if at[place] < first[place] and self._asked.get(place) != at[place]
        }
        if fallen:
            self._asked |= fallen
            raise Forgotten(fallen)


def first_offsets(items: list[Incoming]) -> dict[Place, int]:
    """Where each partition's records begin."""
    found: dict[Place, int] = {}
    for item in items:
        place = (item.topic, item.partition)
        found[place] = min(found.get(place, item.offset), item.offset)
    return found


def _positions(items: list[Incoming]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for item in items:
        place = (item.topic, item.partition)
        found[place] = max(found.get(place, 0), item.offset + 1)
    return found
