"""What an operator can do about parked aggregates: look, preview a release, release, skip with a second person.

Everything runs in the service whose events they are, because only its handlers can apply them.
"""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from ieum.database import Database, Transaction
from ieum.messaging import failures, parking_store, releasing, store, unreadable_store
from ieum.messaging.reactions import Reaction
from ieum.messaging.records import Key, Mark
from ieum.messaging.releasing import VersionMissing
from ieum.telemetry import log

T = TypeVar("T")

MOST_MISSING = 10_000
"""Versions of one aggregate that may be given up at once."""


class NotParked(LookupError):
    """Nothing is parked for this aggregate."""


class SecondPersonNeeded(Exception):
    """A skip is for good: another person than the one who asked for it must agree."""


class AnotherIsFirst(Exception):
    """Another version of the aggregate is parked first by now than the one that was meant."""


class ImplausibleVersion(Exception):
    """So many versions cannot be missing: whoever wrote this record invented its number. It holds nobody up."""


@dataclass(frozen=True, slots=True)
class StuckKey:
    """An aggregate that does not flow for a consumer."""

    consumer: str
    topic: str
    aggregate_id: str
    state: str
    reason: str
    since: datetime
    events: int


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """A record without a usable envelope, and where it lies in Kafka. It holds nobody up."""

    consumer: str
    topic: str
    partition: int
    offset: int
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """One parked record. Events hold no personal data, so the body may be shown to an operator."""

    version: int
    type: str
    event_id: str
    state: str
    reason: str
    attempts: int
    parked_at: datetime
    body: Any


@dataclass(frozen=True, slots=True)
class SkipRequest:
    """What the second person must know before agreeing to a skip."""

    asked_by: str
    asked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a release did, or would do: events applied, events said because of it, or why it cannot be."""

    applied: int
    said: list[str]
    problem: str | None = None


class _Preview(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Parking:
    """The parked aggregates of one service."""

    def __init__(self, database: Database, reactions: list[Reaction]) -> None:
        self._database = database
        self._reactions = {reaction.consumer: reaction for reaction in reactions}

    async def stuck(
        self, *, consumer: str | None = None, after: int = 0, limit: int = 50
    ) -> list[tuple[int, StuckKey]]:
        """Aggregates that do not flow, oldest first, each with a place to go on from."""
        async with self._database.reading() as tx:
            rows = await parking_store.stuck_keys(tx, consumer, after, limit)
        return [(row["place"], _shaped(StuckKey, row)) for row in rows]

    async def count_unreadable(self) -> int:
        """Records that nobody could read, counted up to 10,000."""
        async with self._database.reading() as tx:
            return await unreadable_store.count_unreadable(tx)

    async def unreadable(self, *, after: int = 0, limit: int = 50) -> list[tuple[int, UnreadableRecord]]:
        """Records that nobody could read, oldest first, each with a place to go on from."""
        async with self._database.reading() as tx:
            rows = await unreadable_store.unreadable_records(tx, after, limit)
        return [(row["place"], _shaped(UnreadableRecord, row)) for row in rows]

    async def events(
        self, consumer: str, topic: str, aggregate_id: str
    ) -> tuple[list[ParkedEvent], SkipRequest | None]:
        """What is parked for an aggregate, in order, and the skip of the first that one person asked for.

        Raises NotParked.
        """
        async with self._database.reading() as tx:
            rows = await parking_store.parked_events(tx, consumer, topic, aggregate_id)
            if not rows:
                raise NotParked(NotParked.__doc__)
            first: int = rows[0]["aggregate_version"]
            asked = await parking_store.open_skip(tx, consumer, (topic, aggregate_id), first)
        return [_shown(row) for row in rows], SkipRequest(**asked) if asked else None

    async def release(
        self, consumer: str, topic: str, aggregate_id: str, *, by: str, reason: str, preview: bool = False
    ) -> Outcome:
        """Apply what is parked, in order, and let the aggregate flow; all or nothing. Raises NotParked.

        With `preview` everything is done and then undone, and the outcome says what would have happened. Where there is
        nothing to apply because versions are missing, that is the problem and nothing is decided.
        """
        reaction, key = self._reaction(consumer), (topic, aggregate_id)
        try:
            async with self._database.transaction() as tx:
                version, _ = await self._first_parked(tx, consumer, key)
                said_before = await parking_store.last_outbox_id(tx)
                applied = await releasing.release(tx, reaction, key)
                outcome = Outcome(applied, await parking_store.said_since(tx, said_before))
                if preview:
                    raise _Preview(outcome)
                await parking_store.save_decision(tx, consumer, key, version, "replay", reason, by)
        except _Preview as undone:
            return undone.outcome
        except NotParked:
            raise
        except VersionMissing as missing:
            return Outcome(0, [], str(missing))
        except Exception as problem:
            if failures.is_passing(problem):
                raise
            return Outcome(0, [], failures.describe(problem))
        log.info("parked_released", consumer=consumer, aggregate_id=aggregate_id, applied=outcome.applied, by=by)
        return outcome

    async def skip(
        self, consumer: str, topic: str, aggregate_id: str, *, by: str, reason: str, meant: int | None = None
    ) -> bool:
        """Leave out the first parked event of an aggregate for good, once two persons want it.

        Where versions are missing before it, it is those that are given up. A release then applies the rest.
        The first call asks, the second, by another person, does it and returns True. `meant` is the version that was
        looked at, if known. Raises NotParked, SecondPersonNeeded when the same person asks again, AnotherIsFirst and
        ImplausibleVersion.
        """
        key = (topic, aggregate_id)
        async with self._database.transaction() as tx:
            version, missing = await self._first_parked(tx, consumer, key)
            if meant not in (None, version):
                raise AnotherIsFirst(AnotherIsFirst.__doc__)
            if missing > MOST_MISSING:
                raise ImplausibleVersion(ImplausibleVersion.__doc__)
            asked = await parking_store.open_skip(tx, consumer, key, version)
            if asked is None:
                await parking_store.ask_skip(tx, consumer, key, version, reason, by)
                return False
            if asked["asked_by"] == by:
                raise SecondPersonNeeded(SecondPersonNeeded.__doc__)
            if missing:
                left_out = await parking_store.give_up_on_missing(tx, consumer, key, version)
            else:
                left_out = await parking_store.drop_version(tx, consumer, key, version)
            await parking_store.confirm_skip(tx, consumer, key, by, left_out)
        log.warning("parked_skipped", consumer=consumer, aggregate_id=aggregate_id, version=version, by=by)
        return True

    def _reaction(self, consumer: str) -> Reaction:
        if consumer not in self._reactions:
            raise NotParked(NotParked.__doc__)
        return self._reactions[consumer]

    async def _first_parked(self, tx: Transaction, consumer: str, key: Key) -> tuple[int, int]:
        """The first version that is parked, and how many are missing before it. Raises NotParked."""
        self._reaction(consumer)
        await store.lock_parked(tx, consumer, key)
        rows = await store.parked_of(tx, consumer, key)
        if not rows:
            raise NotParked(NotParked.__doc__)
        mark = (await store.find_marks(tx, consumer, [key])).get(key, Mark())
        first: int = rows[0]["aggregate_version"]
        return first, max(0, first - mark.version - 1)


def _shaped(kind: type[T], row: Any) -> T:
    """A row as what it is shown as."""
    return kind(**{one.name: row[one.name] for one in fields(kind)})  # type: ignore[arg-type]


def _shown(row: Any) -> ParkedEvent:
    headers = json.loads(row["headers"])
    body = row["body"] or b""
    try:
        shown = json.loads(body)
        json.dumps(shown, ensure_ascii=False).encode()  # a lone surrogate can be read, and sent to nobody
    except (ValueError, RecursionError):
        shown = body[:2_000].decode(errors="replace")
    return ParkedEvent(
        row["aggregate_version"], headers.get("ce_type", "?"), headers.get("ce_id", "?"), row["state"], row["reason"],
        row["attempts"], row["parked_at"], shown,
    )  # fmt: skip
