"""Taking up what is parked of an aggregate: by itself when a gap closes, or because an operator releases it.

Both run in a transaction that holds the partition's lock, and decide by the same rules as for what comes (`deciding`).
"""

from asyncpg import Record

from ieum.database import Transaction
from ieum.messaging import failures, outbox, parking_store, records, store
from ieum.messaging.deciding import Plan, decide
from ieum.messaging.failures import Rejected
from ieum.messaging.reactions import Reaction
from ieum.messaging.records import Incoming, Key, Mark
from ieum.telemetry import log


class VersionMissing(Exception):
    """An aggregate waits for a version that never came, so that there is nothing to apply."""


async def release(tx: Transaction, reaction: Reaction, key: Key) -> int:
    """Apply what is parked for an aggregate, all or nothing, and let it flow again. Returns how many were applied.

    What is beyond a version that never came stays. Raises what the handler raised, Rejected for a record that cannot
    be read, and VersionMissing; whoever opened the transaction undoes it.
    """
    items = await _parked_of(tx, reaction, key)
    mark = (await store.find_marks(tx, reaction.consumer, [key])).get(key, Mark())
    plan = decide(items, {key: _before(items, mark)})
    if bad := next((parked for parked in plan.parked if parked.state == "bad"), None):
        raise Rejected(bad.reason)
    if not plan.fresh:
        raise VersionMissing(f"version {mark.version + 1} is missing")
    await _handle(tx, reaction, plan.fresh)
    await _write(tx, reaction.consumer, key, plan, items)
    return len(plan.fresh)


async def close_gaps(tx: Transaction, reaction: Reaction, plan: Plan, *, patient: bool) -> Plan:
    """Take up what is parked behind the versions that a batch has brought. Returns what was done.

    One that fails now is parked as bad, like one that comes; what has filled the gap is not to blame. Raises what may
    pass by itself; where it is not `patient`, being too slow is not among that.
    """
    consumer, done = reaction.consumer, Plan()
    for key, reached in plan.filled.items():
        # What has come again while it was parked was applied by the batch.
        await store.delete_parked_up_to(tx, consumer, key, reached)
        # Whoever asked for a skip saw the aggregate as it stood before.
        await parking_store.forget_request(tx, consumer, key)
        if plan.marks[key].state != "gap":
            continue
        items = await _parked_of(tx, reaction, key)
        flowing = {key: Mark(reached)}
        again = decide(items, flowing)
        if again.fresh and (bad := await _first_that_fails(tx, reaction, again.fresh, patient)):
            again = decide([bad if item.envelope == bad.envelope else item for item in items], flowing)
        again.marks = flowing | again.marks
        await _write(tx, consumer, key, again, items)
        done.fresh += again.fresh
        done.parked += [parked for parked in again.parked if parked.state == "bad"]
    return done


def _before(items: list[Incoming], mark: Mark) -> Mark:
    """Where an aggregate stands that flows up to what is parked of it."""
    first = next((item.envelope.aggregate_version for item in items if item.envelope), mark.version + 1)
    return Mark(min(first - 1, mark.version) if mark.state == "held" else mark.version)


async def _first_that_fails(
    tx: Transaction, reaction: Reaction, items: list[Incoming], patient: bool
) -> Incoming | None:
    """Apply all at once or, where that fails, one after the other until one fails; that one, with the reason."""
    if patient and await _failure(tx, reaction, items, patient) is None:
        return None
    for item in items:
        problem = await _failure(tx, reaction, [item], patient)
        if problem is None:
            continue
        reason = failures.describe(problem)
        if not isinstance(problem, Rejected):
            log.error("event_failed", consumer=reaction.consumer, reason=reason, exc_info=problem, **item.whereabouts)
        return item.refused(reason)
    return None


async def _failure(tx: Transaction, reaction: Reaction, items: list[Incoming], patient: bool) -> Exception | None:
    """Apply items, or leave no trace of them and return why."""
    outbox.let_speak_again(tx)
    try:
        async with tx.savepoint():
            await _handle(tx, reaction, items)
    except Exception as problem:
        if failures.is_passing(problem) and (patient or not failures.is_too_slow(problem)):
            raise
        return problem
    return None


async def _handle(tx: Transaction, reaction: Reaction, items: list[Incoming]) -> None:
    if events := [item.event for item in items if item.event is not None]:
        await reaction.handler(tx, events)


async def _write(tx: Transaction, consumer: str, key: Key, plan: Plan, items: list[Incoming]) -> None:
    """Keep of what was parked what is still to be, and move the mark."""
    kept = {parked.record.envelope for parked in plan.parked}
    done = [item.envelope.aggregate_version for item in items if item.envelope and item.envelope not in kept]
    await store.delete_parked(tx, consumer, key, done)
    await store.save_parked(tx, consumer, plan.parked)
    await store.save_marks(tx, consumer, plan.marks)


async def _parked_of(tx: Transaction, reaction: Reaction, key: Key) -> list[Incoming]:
    return [_read(reaction, row) for row in await store.parked_of(tx, reaction.consumer, key)]


def _read(reaction: Reaction, row: Record) -> Incoming:
    envelope = store.envelope_of(row)
    topic = row["topic"]
    event, problem = records.decode(reaction, envelope, topic, row["body"])
    return Incoming(
        topic, row["partition"], row["offset"], envelope.headers(), row["body"], envelope,
        (topic, envelope.aggregate_id), event, problem,
    )  # fmt: skip
