"""Bugs in what happens to an event that breaks its handler, and to those behind it: B13 to B15."""

from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import asyncpg

from ieum.database import Database, Transaction
from ieum.messaging import Reaction, inbox, parking_store, store
from ieum.messaging.failures import Unavailable
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import Parking
from ieum.messaging.parking_store import Versions
from ieum.messaging.records import Incoming
from ieum.messaging.relay import safe_producer
from ieum.messaging.store import Key, Mark

from .bank import Bank
from .kit import Kit, Mutant, release

ACCOUNTS = [f"a{n}" for n in range(6)]
_parked_of, _save_marks = store.parked_of, store.save_marks
_drop_version = parking_store.drop_version


async def an_event_breaks_its_handler(bank: Bank) -> None:
    """One account's second event cannot be booked. It is mended and released; everybody goes on before and after."""
    await bank.deposit(ACCOUNTS, 1)
    await bank.deposit(["a3"], 13)
    await bank.deposit(ACCOUNTS, 2, 3)
    bank.poison = {13}
    for amount in (4, 5):
        await bank.relay()
        await bank.hear()
        await bank.deposit(ACCOUNTS, amount)
    bank.poison = set()
    for key in await bank.stuck():
        with suppress(LookupError):
            await bank.kit.release(bank, key)
    await bank.relay()
    await bank.hear()


async def two_persons_leave_an_event_out(bank: Bank) -> None:
    """One account's second event cannot be booked and is given up for good; what waits behind it is released."""
    await bank.deposit(ACCOUNTS, 1)
    await bank.deposit(["a3"], 13)
    await bank.deposit(ACCOUNTS, 2, 3)
    bank.poison = {13}
    await bank.relay()
    await bank.hear()
    bank.poison = set()
    parking = Parking(bank.ledger, [reaction := bank.reaction()])
    for key in await bank.stuck():
        for person in ("kim", "lee"):
            await parking.skip(reaction.consumer, *key, by=person, reason="cannot be mended")
        with suppress(LookupError):
            await bank.kit.release(bank, key)


class Swallows(Inbox):
    """An exception is logged, and the batch is done."""

    def __init__(self, reaction: Reaction, database: Database, **options: Any) -> None:
        async def handler(tx: Transaction, events: list[Any]) -> None:
            with suppress(RuntimeError):
                async with tx.savepoint():
                    await reaction.handler(tx, events)

        super().__init__(replace(reaction, handler=handler), database, **options)


class DropsTheBadHalf(Inbox):
    """A batch that fails is split, and the half that fails again is left."""

    async def _settle(self, items: list[Incoming]) -> None:
        if await self._apply_patiently(items) is not None and len(items) > 1:
            middle = len(items) // 2
            await self._apply_patiently(items[:middle])
            await self._apply_patiently(items[middle:])


class TriesForEver(Inbox):
    """A batch that fails is given back and taken again."""

    async def _settle(self, items: list[Incoming]) -> None:
        if problem := await self._apply_patiently(items):
            raise Unavailable("once more") from problem


def _mark_that_lets_the_key_flow(version: int = 0, state: str = "flowing") -> Mark:
    return Mark(version, "flowing" if state == "held" else state)


def _parking_the_event_alone() -> AbstractContextManager[Any]:
    return patch.object(inbox, "Mark", _mark_that_lets_the_key_flow)


async def _save_no_mark_of_what_is_parked(tx: Transaction, consumer: str, marks: dict[Key, Mark]) -> None:
    await _save_marks(tx, consumer, {key: mark for key, mark in marks.items() if mark.state != "held"})


def _parking_without_a_mark() -> AbstractContextManager[Any]:
    return patch.object(store, "save_marks", _save_no_mark_of_what_is_parked)


async def _newest_first(tx: Transaction, consumer: str, key: Key) -> list[asyncpg.Record]:
    return (await _parked_of(tx, consumer, key))[::-1]


def _releasing_newest_first() -> AbstractContextManager[Any]:
    return patch.object(store, "parked_of", _newest_first)


async def forget_what_waits_behind(bank: Bank, key: Key) -> None:
    """The bad event is applied, and everything parked of its account is deleted."""
    async with bank.ledger.transaction() as tx:
        rows = await store.parked_of(tx, bank.reaction().consumer, key)
        await store.delete_parked(tx, [row["id"] for row in rows[1:]])
    await release(bank, key)


async def publish_it_anew(bank: Bank, key: Key) -> None:
    """What is parked goes to the topic once more, under new event ids, and is forgotten here."""
    async with bank.ledger.transaction() as tx:
        rows = await store.parked_of(tx, bank.reaction().consumer, key)
        producer = safe_producer(bank.bootstrap)
        await producer.start()
        for row in rows:
            headers = store.envelope_of(row)._replace(event_id=uuid4()).headers()
            await producer.send_and_wait(key[0], row["body"], partition=row["partition"], headers=headers)
        await producer.stop()
        await store.delete_parked(tx, [row["id"] for row in rows])
        await tx.execute("UPDATE mark SET version = $2, state = 'flowing' WHERE aggregate_id = $1", key[1],
                         rows[0]["aggregate_version"] - 1)  # fmt: skip


async def _drop_all(tx: Transaction, consumer: str, key: Key, version: int) -> Versions:
    await tx.execute("DELETE FROM parked WHERE consumer = $1 AND topic = $2 AND aggregate_id = $3", consumer, *key)
    return await _drop_version(tx, consumer, key, version)


def _skipping_what_waits_behind() -> AbstractContextManager[Any]:
    return patch.object(parking_store, "drop_version", _drop_all)


def _mutant(name: str, rows: str, kit: Kit, *kinds: str) -> Mutant:
    return Mutant(name, rows, an_event_breaks_its_handler, kit, frozenset(kinds))


MUTANTS = [
    _mutant("a failure is swallowed and acknowledged", "B13", Kit(inbox=Swallows), "lost"),
    _mutant("a batch that fails loses its bad half", "B13", Kit(inbox=DropsTheBadHalf), "late"),
    _mutant("a batch that fails is tried for ever", "B13", Kit(inbox=TriesForEver), "late"),
    _mutant("the event is parked and not its key", "B14", Kit(patched=_parking_the_event_alone), "reordered"),
    _mutant("what is parked is not marked", "B14", Kit(patched=_parking_without_a_mark), "late"),
    _mutant("what is parked is released newest first", "B14", Kit(patched=_releasing_newest_first), "reordered"),
    _mutant("a release forgets what waits behind", "B14", Kit(release=forget_what_waits_behind), "lost"),
    Mutant(
        "a skip leaves out what waits behind, too", "B14", two_persons_leave_an_event_out,
        Kit(patched=_skipping_what_waits_behind), frozenset({"lost"}),
    ),
    _mutant("a replay makes new events", "B15", Kit(release=publish_it_anew), "forked"),
]  # fmt: skip
