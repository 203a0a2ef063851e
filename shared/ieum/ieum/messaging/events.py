"""Events: facts in the past tense, typed by a frozen model, with a CloudEvents 1.0 envelope in Kafka headers."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self
from uuid import UUID, uuid4

from asyncpg.pgproto import pgproto
from pydantic import BaseModel, ConfigDict

CONTENT_TYPE = b"application/json"

# What the tables can hold: a version is a bigint, and an aggregate id is part of keys, which may have some 2,700 bytes,
# of which a character may take four.
_LAST_VERSION = 2**63 - 1
_MAX_ID = 500


def file_stem(kind: str) -> str:
    """How files about a type of event are called: `parcel-sent` for ParcelSent."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower()


class UnreadableEnvelope(Exception):
    """The record's headers do not name an event: it belongs to no aggregate and can only be looked at."""


class Envelope(NamedTuple):
    """Who said what about whom, and when. In Kafka these are the `ce_` headers of CloudEvents' binary mode.

    A tuple, because one is made for every record: a frozen dataclass takes five times as long.
    """

    event_id: UUID
    type: str
    source: str
    aggregate_id: str
    aggregate_version: int
    occurred_at: datetime
    traceparent: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        """Kafka headers as CloudEvents 1.0 lays them down, plus W3C trace context."""
        found = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.event_id).encode()),
            ("ce_type", self.type.encode()),
            ("ce_source", self.source.encode()),
            ("ce_time", self.occurred_at.isoformat().encode()),
            ("ce_subject", self.aggregate_id.encode()),
            ("ce_aggregateversion", b"%d" % self.aggregate_version),
            ("content-type", CONTENT_TYPE),
        ]
        if self.traceparent:
            found.append(("traceparent", self.traceparent.encode()))
        return found

    @classmethod
    def from_headers(cls, headers: Any) -> "Envelope":
        """Read Kafka headers (pairs of str and bytes, or None). Raises UnreadableEnvelope naming what is wrong.

        What no table could hold is as unreadable as what is missing: it could not even be parked as somebody's.
        """
        found = dict(headers)
        name = "ce_id"
        try:
            event_id = pgproto.UUID(found[name].decode())  # a uuid.UUID, read by C
            name = "ce_aggregateversion"
            digits = found[name]
            version = int(digits)
            if not (digits.isdigit() and 1 <= version <= _LAST_VERSION):  # int() takes 1_0 and blanks, too
                raise ValueError
            name = "ce_time"
            occurred_at = datetime.fromisoformat(found[name].decode())
            name = "ce_type"
            kind = found[name].decode()
            name = "ce_subject"
            subject = found[name].decode()
            if not 0 < len(subject) <= _MAX_ID or "\0" in subject:
                raise ValueError
            name = "ce_source"
            source = found[name].decode()
            name = "traceparent"
            trace = found[name].decode() if name in found else None
        except (KeyError, ValueError, AttributeError, TypeError) as problem:
            raise UnreadableEnvelope(f"header {name} is missing or malformed") from problem
        if occurred_at.tzinfo is None:
            raise UnreadableEnvelope("header ce_time has no time zone")
        return cls(event_id, kind, source, subject, version, occurred_at, trace)


class Event(BaseModel):
    """A fact about one aggregate. Subclass it with the topic it travels on:

        class ParcelSent(Event, topic="post.parcel.v1"):
            weight: int

    A producer's subclass is its promise; a consumer declares its own narrow view under the same class name and the
    fields it does not name are ignored. The class name is the event's type. Never put personal data in an event.
    """

    # A slot and not a private attribute of pydantic: reading those costs more than decoding the body.
    __slots__ = ("_envelope",)

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    topic: ClassVar[str] = ""
    if TYPE_CHECKING:
        _envelope: Envelope

    def __init_subclass__(cls, topic: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if topic is not None:
            cls.topic = topic

    @classmethod
    def type_name(cls) -> str:
        """The event's type on the wire."""
        return cls.__name__

    @property
    def envelope(self) -> Envelope:
        """The envelope of an event that was received. Raises AttributeError for one that was only made."""
        return self._envelope

    @property
    def event_id(self) -> UUID:
        """Unique for ever, the same in every redelivery."""
        return self.envelope.event_id

    @property
    def aggregate_id(self) -> str:
        """The thing this fact is about."""
        return self.envelope.aggregate_id

    @property
    def aggregate_version(self) -> int:
        """1 for an aggregate's first event, without gaps after."""
        return self.envelope.aggregate_version

    @property
    def occurred_at(self) -> datetime:
        """When the producer's transaction began, by its database's clock (UTC)."""
        return self.envelope.occurred_at

    def with_envelope(self, envelope: Envelope) -> Self:
        """This event as received under `envelope`. Sets it in place: only for an event nobody else holds yet."""
        object.__setattr__(self, "_envelope", envelope)
        return self

    def received(
        self,
        aggregate_id: str,
        version: int = 1,
        *,
        occurred_at: datetime | None = None,
        event_id: UUID | None = None,
        source: str = "test",
    ) -> Self:
        """A copy as a consumer would get it: for tests of handlers."""
        envelope = Envelope(
            event_id or uuid4(), self.type_name(), source, aggregate_id, version, occurred_at or datetime.now(UTC)
        )
        return self.model_copy().with_envelope(envelope)
