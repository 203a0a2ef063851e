"""Offsets are told to Kafka for tools that show lag: a courtesy that no batch waits for longer than a moment."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition

from ieum.database import Database
from ieum.messaging import consumers
from ieum.messaging.consumers import Consumer
from ieum.testing import eventually, record_of

from .conftest import TOPIC, Deposited, Ledger, bookings


class KafkaIsAway:
    """What aiokafka's client does then: it tries a commit again, without end."""

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition(TOPIC, 0)}

    async def commit(self, _: object) -> None:
        await asyncio.Event().wait()


async def test_a_commit_that_gets_no_answer_does_not_keep_the_batch_in_hand(
    bank: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "COMMIT_SECONDS", 0.05)
    consumer = Consumer(ledger.reaction, bank)
    consumer._subscriber = SimpleNamespace(consumer=KafkaIsAway())  # type: ignore[assignment]

    await consumer._take([record_of(Deposited(amount=5), "a", 1, offset=0)])

    await eventually("the batch to be put down", lambda: consumer._idle.is_set())
    assert await bookings(bank) == [("a", 1, 5)]
