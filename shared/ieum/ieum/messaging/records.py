"""From Kafka records to events: what can be read is typed, what cannot carries the reason why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from ieum.messaging import failures
from ieum.messaging.events import Envelope, Event, UnreadableEnvelope
from ieum.messaging.reactions import Reaction

Key = tuple[str, str]
"""An aggregate: topic and aggregate id."""
Place = tuple[str, int]
"""A partition: topic and number."""


class Incoming(NamedTuple):
    """One record as this consumer sees it.

    `event` is None when the type does not concern the consumer (only the mark moves) or when `problem` says what is
    wrong. `key` says whom it is about; it and `envelope` are None when the record belongs to no aggregate.
    """

    topic: str
    partition: int
    offset: int
    headers: Any
    body: bytes | None
    envelope: Envelope | None
    key: Key | None
    event: Event | None
    problem: str | None = None

    @property
    def whereabouts(self) -> dict[str, object]:
        """What may be logged: where it is and whom it is about, never what it says."""
        found: dict[str, object] = {"topic": self.topic, "partition": self.partition, "offset": self.offset}
        if (said := self.envelope) is not None:
            found |= {
                "event_id": str(said.event_id), "type": said.type, "aggregate_id": said.aggregate_id,
                "version": said.aggregate_version,
            }  # fmt: skip
        return found

    def refused(self, reason: str) -> Self:
        """The same record as one that cannot be applied."""
        return self._replace(event=None, problem=reason)


class Mark(NamedTuple):
    """How far an aggregate has been heard, and whether it flows."""

    version: int = 0
    state: str = "flowing"


@dataclass(frozen=True, slots=True)
class Parked:
    """A record to be put aside, and why."""

    record: Incoming
    state: str
    reason: str
    attempts: int = 0


def invalid(problem: ValidationError) -> str:
    """Which fields break which rules, without the values, which may be personal data."""
    found = problem.errors(include_url=False, include_context=False, include_input=False)
    shown = "; ".join(f"{'.'.join(map(str, error['loc'])) or 'body'}: {error['msg']}" for error in found[:5])
    return f"invalid: {shown}" + (f"; and {len(found) - 5} more" if len(found) > 5 else "")


def decode(reaction: Reaction, envelope: Envelope, topic: str, body: bytes | None) -> tuple[Event | None, str | None]:
    """The event in the consumer's view, or why it cannot be read; (None, None) for a type it does not listen to."""
    view = reaction.types.get((topic, envelope.type))
    if view is None:
        return None, None
    try:
        return view.model_validate_json(body or b"").with_envelope(envelope), None
    except ValidationError as problem:
        return None, invalid(problem)
    except Exception as problem:  # noqa: BLE001 -- a fault in a view's own validator must not hold up the neighbours
        return None, f"unreadable: {failures.describe(problem)}"


def read(reaction: Reaction, records: Iterable[ConsumerRecord]) -> list[Incoming]:
    """All records in their order; never raises for what a producer can send."""
    found = []
    for record in records:
        envelope: Envelope | None = None
        key: Key | None = None
        event: Event | None = None
        wrong: str | None
        try:
            envelope = Envelope.from_headers(record.headers)
            key = (record.topic, envelope.aggregate_id)
            event, wrong = decode(reaction, envelope, record.topic, record.value)
        except UnreadableEnvelope as problem:
            wrong = str(problem)
        found.append(
            Incoming(
                record.topic, record.partition, record.offset, record.headers, record.value, envelope, key, event, wrong
            )
        )
    return found
