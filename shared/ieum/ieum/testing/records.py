"""Kafka records made by hand, as a broker would hand them to a consumer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from aiokafka import ConsumerRecord

from ieum.messaging import Envelope, Event

_offsets = count(1)


def record_of(
    event: Event | bytes,
    aggregate_id: str,
    version: int,
    *,
    topic: str | None = None,
    kind: str | None = None,
    event_id: UUID | None = None,
    partition: int = 0,
    offset: int | None = None,
    headers: Sequence[tuple[str, bytes | None]] | None = None,
) -> "ConsumerRecord[Any, Any]":
    """A record that carries `event`; bytes in its place make a malformed body (then `topic` and `kind` are needed)."""
    if isinstance(event, Event):
        topic, kind, body = event.topic, event.type_name(), event.model_dump_json().encode()
    else:
        body = event
    if topic is None or kind is None:
        raise ValueError("a raw body needs topic and kind")
    envelope = Envelope(event_id or uuid4(), kind, "/test", aggregate_id, version, datetime.now(UTC))
    return ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=next(_offsets) if offset is None else offset,
        timestamp=int(envelope.occurred_at.timestamp() * 1000),
        timestamp_type=0,
        key=aggregate_id.encode(),
        value=body,
        checksum=None,
        serialized_key_size=len(aggregate_id),
        serialized_value_size=len(body),
        headers=tuple(headers if headers is not None else envelope.headers()),
    )
