"""Records that no consumer can apply, sent past every service onto its topics, each as an aggregate of its own."""

import asyncio
import contextlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from ieum.messaging.events import Envelope

_CONTRACTS: Final = Path(__file__).parents[2] / "shared" / "contracts"
_MARKET: Final = ("matching.recommendations", "evaluation.figures")
_PLACEMENT: Final = ("registration.placements", "evaluation.figures", "notifications.messages")
_MESSAGES: Final = ("notifications.messages",)


@dataclass(frozen=True, slots=True)
class _Victim:
    """An event type to spoil, its example, and the consumers that must put it aside."""

    topic: str
    type: str
    example: str
    consumers: tuple[str, ...]


_VICTIMS: Final = (
    _Victim("registration.vacancy.v1", "VacancyOpened", "registration/vacancy-opened", _MARKET),
    _Victim("registration.jobseeker.v1", "JobseekerRegistered", "registration/jobseeker-registered", _MARKET),
    _Victim("matching.placement.v1", "PlacementRecorded", "matching/placement-recorded", _PLACEMENT),
    _Victim("matching.referral.v1", "ReferralMade", "matching/referral-made", _MESSAGES),
    _Victim("matching.match.v1", "MatchProposed", "matching/match-proposed", _MESSAGES),
)
_NUL: Final = "\0"

Place = tuple[str, str, int, int]
"""(consumer, topic, partition, offset) of a record that must be parked."""


@dataclass
class Spoilt:
    """What was spoilt. `owed`: where what must be parked lies; `doubtful`: aggregates sent with no clear end."""

    owed: set[Place] = field(default_factory=set)
    aggregates: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)


class Poison(Spoilt):
    """Sends poison, and knows what."""

    def __init__(self, bootstrap: str, chance: random.Random) -> None:
        super().__init__()
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
        self._chance = chance
        self.sent = 0

    async def start(self) -> None:
        """Connect."""
        await self._producer.start()

    async def stop(self) -> None:
        """Drop the connection."""
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(10):
                await self._producer.stop()

    async def send(self) -> None:
        """One poisoned aggregate: a record that cannot be applied, and at times a good one that must wait behind it."""
        victim = self._chance.choice(_VICTIMS)
        aggregate_id = str(uuid4())
        self.aggregates.add(aggregate_id)
        how = self._chance.choice((self._no_json, self._no_fields, self._breaks_handler, None))
        if how is None:
            await self._record(victim, aggregate_id, {"ce_id": b"nobody"}, b"{}")
            return
        headers = dict(_envelope(victim, aggregate_id, 1).headers())
        await self._record(victim, aggregate_id, headers, how(victim))
        # A handler may fold both into the good one, and rightly so: nothing fails then.
        if how != self._breaks_handler and self._chance.random() < 0.3:
            headers = dict(_envelope(victim, aggregate_id, 2).headers())
            await self._record(victim, aggregate_id, headers, json.dumps(_example(victim)).encode())

    async def _record(self, victim: _Victim, aggregate_id: str, headers: Mapping[str, bytes], body: bytes) -> None:
        self.sent += 1
        try:
            sent = await self._producer.send_and_wait(
                victim.topic, body, key=aggregate_id.encode(), headers=list(headers.items())
            )
        except (KafkaError, TimeoutError):
            self.doubtful.add(aggregate_id)
            return
        except asyncio.CancelledError:
            # The run's time is over, and the record may be under way.
            self.doubtful.add(aggregate_id)
            raise
        self.owed |= {(consumer, sent.topic, sent.partition, sent.offset) for consumer in victim.consumers}

    def _no_json(self, _: _Victim) -> bytes:
        return self._chance.choice((b"", b"\xff\xfe", b'{"title": ', b"[]"))

    def _no_fields(self, _: _Victim) -> bytes:
        return b'{"something": "else"}'

    def _breaks_handler(self, victim: _Victim) -> bytes:
        """Well-formed as JSON and by type; PostgreSQL takes no NUL, so the handler fails in the middle of its batch."""
        spoilt = {name: _NUL for name in ("centre_code", "vacancy_id", "jobseeker_id") if name in _example(victim)}
        return json.dumps({**_example(victim), **spoilt}).encode()


def _example(victim: _Victim) -> dict[str, object]:
    found: dict[str, object] = json.loads((_CONTRACTS / f"{victim.example}.v1.example.json").read_text())
    return found


def _envelope(victim: _Victim, aggregate_id: str, version: int) -> Envelope:
    return Envelope(uuid4(), victim.type, "/chaos", aggregate_id, version, datetime.now(UTC))
