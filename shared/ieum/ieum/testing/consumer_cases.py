"""The standard cases that every consumer of every service must pass, applied to each reaction by discovery.

A service's tests take them with one line, and an architecture test sees that none forgets it:

    from ieum.testing.consumer_cases import *  # noqa: F403

The input is the producers' own examples in shared/contracts, so the cases also show that the contract is understood.
"""

from typing import Any

import pytest
from aiokafka import ConsumerRecord

from ieum.database import Database, Transaction, TransactionEnded
from ieum.messaging import Reaction, Topics, outbox
from ieum.messaging.failures import Backoff
from ieum.messaging.inbox import Inbox
from ieum.messaging.records import read
from ieum.testing.discovery import Example
from ieum.testing.records import record_of

__all__ = [
    "spoken_database",
    "test_a_failure_leaves_no_trace",
    "test_an_event_needs_a_transaction",
    "test_delivered_twice_takes_effect_once",
    "test_every_event_it_hears_is_applied_and_none_is_parked",
    "test_malformed_is_parked_and_neighbours_go_on",
]

Snapshot = dict[str, list[str]]
_IMPATIENT = Backoff(first=0.001, ceiling=0.002)


async def _snapshot(database: Database, *left_out: str) -> Snapshot:
    """All rows of all tables of the service, those of the kit included, without the times of the kit's own rows."""
    async with database.reading() as tx:
        names = await tx.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename !~ '^_?yoyo' ORDER BY 1"
        )
        return {
            row["tablename"]: sorted(map(str, await tx.fetch(f'SELECT * FROM "{row["tablename"]}"')))  # noqa: S608
            for row in names
            if row["tablename"] not in left_out
        }


def _records(examples: list[Example], topics: Topics) -> list["ConsumerRecord[Any, Any]"]:
    """Each example as the first event of an aggregate of its own."""
    return [
        record_of(
            example.body,
            example.aggregate_id,
            1,
            topic=example.topic,
            kind=example.type,
            partition=topics.partition(example.topic, example.aggregate_id),
        )
        for example in examples
    ]


@pytest.fixture
async def spoken_database(database: Database, service_name: str, topics: Topics) -> Database:
    """A database through which the service speaks."""
    outbox.configure(database, topics, service_name)
    return database


async def test_every_event_it_hears_is_applied_and_none_is_parked(
    reaction: Reaction, examples: list[Example], spoken_database: Database, topics: Topics
) -> None:
    await Inbox(reaction, spoken_database, backoff=_IMPATIENT).take(_records(examples, topics))

    async with spoken_database.reading() as tx:
        parked = await tx.fetch("SELECT reason FROM parked")
        marks = await tx.fetchval("SELECT count(*) FROM mark WHERE consumer = $1", reaction.consumer)
    assert [row["reason"] for row in parked] == []
    assert marks == len(examples)


async def test_delivered_twice_takes_effect_once(
    reaction: Reaction, examples: list[Example], spoken_database: Database, topics: Topics
) -> None:
    inbox, records = Inbox(reaction, spoken_database, backoff=_IMPATIENT), _records(examples, topics)
    await inbox.take(records)
    once = await _snapshot(spoken_database)

    await inbox.take(records)
    await inbox.take(list(reversed(records)))

    assert await _snapshot(spoken_database) == once


async def test_a_failure_leaves_no_trace(
    reaction: Reaction, examples: list[Example], spoken_database: Database, topics: Topics
) -> None:
    before = await _snapshot(spoken_database, "mark", "parked", "position")

    async def fail_at_the_end(tx: Transaction, events: list[Any]) -> None:
        await reaction.handler(tx, events)
        raise RuntimeError("after everything was written")

    failing = Reaction(reaction.consumer, fail_at_the_end, reaction.types, reaction.max_batch)
    await Inbox(failing, spoken_database, backoff=_IMPATIENT).take(_records(examples[:1], topics))

    assert await _snapshot(spoken_database, "mark", "parked", "position") == before
    async with spoken_database.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM parked WHERE state = 'bad'") == 1


async def test_malformed_is_parked_and_neighbours_go_on(
    reaction: Reaction, examples: list[Example], spoken_database: Database, topics: Topics
) -> None:
    first = examples[0]
    broken = record_of(b'{"half": ', "broken", 1, topic=first.topic, kind=first.type)
    strays = [
        record_of(b"\x00", "stray", 1, topic=first.topic, kind=first.type, headers=[("ce_id", b"\xff")]),
        # Readable as text and as a number, but not for PostgreSQL.
        record_of(first.body, "stray\0", 1, topic=first.topic, kind=first.type),
        record_of(first.body, "stray", 10**30, topic=first.topic, kind=first.type),
    ]

    await Inbox(reaction, spoken_database, backoff=_IMPATIENT).take([broken, *strays, *_records(examples, topics)])

    async with spoken_database.reading() as tx:
        states = await tx.fetch("SELECT state FROM parked ORDER BY state")
        flowing = await tx.fetchval(
            "SELECT count(*) FROM mark WHERE consumer = $1 AND state = 'flowing'", reaction.consumer
        )
    assert [row["state"] for row in states] == ["bad", *["unreadable"] * len(strays)]
    assert flowing == len(examples)


async def test_an_event_needs_a_transaction(
    reaction: Reaction, examples: list[Example], spoken_database: Database, topics: Topics
) -> None:
    heard = [item.event for item in read(reaction, _records(examples, topics)) if item.event is not None]
    before = await _snapshot(spoken_database)
    async with spoken_database.transaction() as tx:
        pass

    # Whatever it begins with, the transaction that has ended refuses it; a handler that gets through used another.
    with pytest.raises((TransactionEnded, outbox.OutsideTransaction)):
        await reaction.handler(tx, heard)

    assert len(heard) == len(examples)
    assert await _snapshot(spoken_database) == before
