"""What the operator's pages need of each service's operations."""

from datetime import datetime
from typing import Any

from portal.services import View

LATE_SECONDS = 3.0
"""A relay sends within milliseconds; another takes over from a killed one within three seconds."""


class ConsumerState(View):
    """How one consumer of a service is doing."""

    consumer: str
    lag: int
    parked_keys: int
    last_problem: str | None = None


class Messaging(View):
    """How a service hears and tells events."""

    outbox_rows: int
    outbox_oldest_seconds: float
    consumers: list[ConsumerState]
    unreadable: int = 0

    @property
    def is_late(self) -> bool:
        """Whether what the service says waits longer than it does while Kafka takes it."""
        return self.outbox_oldest_seconds > LATE_SECONDS

    @property
    def lag(self) -> int:
        """Events not yet heard, over all consumers."""
        return sum(consumer.lag for consumer in self.consumers)

    @property
    def last_problems(self) -> list[str]:
        """What consumers last could not do, by consumer."""
        return [f"{one.consumer}: {one.last_problem}" for one in self.consumers if one.last_problem]

    @property
    def parked(self) -> int:
        """Aggregates that wait for an operator."""
        return sum(consumer.parked_keys for consumer in self.consumers)


class StuckKey(View):
    """An aggregate whose events wait for an operator."""

    consumer: str
    topic: str
    aggregate_id: str
    state: str
    reason: str
    since: datetime
    events: int


class UnreadableRecord(View):
    """A record that belongs to no aggregate, and where it lies in Kafka."""

    consumer: str
    topic: str
    partition: int
    offset: int
    reason: str
    since: datetime


class ParkedEvent(View):
    """One event that waits."""

    version: int
    type: str
    state: str
    reason: str
    attempts: int
    parked_at: datetime
    body: Any


class SkipRequest(View):
    """A skip of the first event that one person asked for."""

    asked_by: str
    asked_at: datetime
    reason: str


class Parked(View):
    """What waits for one aggregate, and the skip that waits for a second person."""

    items: list[ParkedEvent]
    skip_asked: SkipRequest | None = None


class Outcome(View):
    """What a release did, or would do."""

    applied: int
    said: list[str]
    problem: str | None = None
    preview: bool = False


class Skipped(View):
    """Whether a skip was done, or waits for a second person."""

    skipped: bool
