"""The outbox: the only way a service says anything. What is added here leaves after the commit, once and in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakSet

from ieum.database import Database, Transaction
from ieum.messaging import outbox_store
from ieum.messaging.events import Event
from ieum.messaging.topics import Topics
from ieum.telemetry import current_traceparent

# Kafka's default message.max.bytes is 1 MiB with headers and framing; one record over it wedges aiokafka's idempotent
# producer, so it must be refused here, where the caller can still be told.
MAX_BODY_BYTES = 900_000


class OutsideTransaction(RuntimeError):
    """An event can only be added inside an open transaction, so that it leaves if and only if the change commits."""


class EventTooLarge(ValueError):
    """The event's body is over the size that Kafka takes."""


class ForeignTopic(ValueError):
    """Only a topic's owner may write to it."""


class SpokenTwice(RuntimeError):
    """Everything a transaction says goes into one call: two may lock in other orders than two of another, and hang."""


class TwoAggregates(ValueError):
    """What is said of one id in one call goes to one topic: two aggregates with the same id would have one version."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """What a service may say through a database, and whom to wake after a commit."""

    topics: Topics
    service: str
    wake_relay: Callable[[], None]


_voices: WeakKeyDictionary[Database, _Voice] = WeakKeyDictionary()
_spoken: WeakSet[Transaction] = WeakSet()


def configure(database: Database, topics: Topics, service: str, wake_relay: Callable[[], None] = lambda: None) -> None:
    """Give a database's transactions their voice: done once by Messaging, and by the test fixtures."""
    _voices[database] = _Voice(topics, service, wake_relay)


async def add(tx: Transaction, to: str | Mapping[str, Sequence[Event]], *events: Event) -> dict[str, int]:
    """Add events to leave when `tx` commits; returns each aggregate's version after them.

    `add(tx, aggregate_id, event, …)` is for one aggregate,
    `add(tx, {aggregate_id: [event, …], …})` for many. Everything of a
    transaction goes into one call, which locks the aggregates in one order. Raises OutsideTransaction, SpokenTwice,
    EventTooLarge, ForeignTopic, TwoAggregates.
    """
    if not tx.is_open:
        raise OutsideTransaction(OutsideTransaction.__doc__)
    voice = _voices.get(tx.database)
    if voice is None:
        raise RuntimeError("no service speaks through this database: outbox.configure was not called")
    batch = {to: events} if isinstance(to, str) else to
    kinds = {type(event) for said in batch.values() for event in said}
    destinations = {kind: _destination(voice, kind) for kind in kinds}
    rows: list[outbox_store.Row] = []
    for aggregate_id, said in batch.items():
        nth: dict[str, int] = {}
        for event in said:
            topic, name = destinations[type(event)]
            body = event.__pydantic_serializer__.to_json(event)
            if len(body) > MAX_BODY_BYTES:
                raise EventTooLarge(f"{name} of {aggregate_id}: {len(body)} bytes, at most {MAX_BODY_BYTES}")
            nth[topic] = nth.get(topic, 0) + 1
            rows.append((topic, voice.topics.partition(topic, aggregate_id), aggregate_id, nth[topic], name, body))
        if len(nth) > 1:
            raise TwoAggregates(f"{aggregate_id}: {', '.join(sorted(nth))}")
    if not rows:
        return {}
    if tx in _spoken:
        raise SpokenTwice(SpokenTwice.__doc__)
    _spoken.add(tx)
    versions = await outbox_store.add(tx, rows, current_traceparent())
    tx.after_commit(voice.wake_relay)
    return versions


def let_speak_again(tx: Transaction) -> None:
    """Allow one more call of `add`: for the kit alone, which hands a handler a second batch in one transaction.

    Should it deadlock, the whole batch is applied once more.
    """
    _spoken.discard(tx)


def _destination(voice: _Voice, kind: type[Event]) -> tuple[str, str]:
    """The topic and the name of a kind of event. Raises ForeignTopic."""
    topic, name = kind.topic, kind.type_name()
    if topic not in voice.topics or voice.topics[topic].owner != voice.service:
        raise ForeignTopic(f"{name} goes to {topic}, which is not {voice.service}'s")
    return topic, name
