"""Bugs in what happens to an event that breaks its handler, and to those behind it: B13 to B15."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from ieum.database import Database, Transaction
from ieum.messaging import Reaction, deciding, parking_store, store
from ieum.messaging.failures import Unavailable
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import Parking
from ieum.messaging.parking_store import Versions
from ieum.messaging.records import Incoming, Key, Mark, Parked
from ieum.messaging.relay import safe_producer

from .bank import Bank
from .kit import Kit, Mutant, release

ACCOUNTS = [f"a{n}" for n in range(6)]
_save_parked, _drop_version = store.save_parked, parking_store.drop_version


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

    async def _settle(self, items: list[Incoming], slow: bool = False) -> None:
        if await self._apply_patiently(items) is not None and len(items) > 1:
            middle = len(items) // 2
            await self._apply_patiently(items[:middle])
            await self._apply_patiently(items[middle:])


class TriesForEver(Inbox):
    """A batch that fails is given back and taken again."""

    async def _settle(self, items: list[Incoming], slow: bool = False) -> None:
        if problem := await self._apply_patiently(items):
            raise Unavailable("once more") from problem


# Those behind it are applied. A release then leaves it out, since the mark says that it is done with.
def _mark_that_lets_the_key_flow(version: int = 0, state: str = "flowing") -> Mark:
    return Mark(version, "flowing" if state == "held" else state)


def _parking_the_event_alone() -> AbstractContextManager[Any]:
    return patch.object(deciding, "Mark", _mark_that_lets_the_key_flow)


async def _save_only_the_bad(tx: Transaction, consumer: str, parked: Sequence[Parked]) -> None:
    await _save_parked(tx, consumer, [one for one in parked if one.state == "bad"])


def _keeping_only_the_bad() -> AbstractContextManager[Any]:
    return patch.object(store, "save_parked", _save_only_the_bad)


async def release_newest_first(bank: Bank, key: Key) -> None:
    """What is parked is applied in the order of a stack."""
    reaction = bank.reaction()

    async def backwards(tx: Transaction, events: list[Any]) -> None:
        await reaction.handler(tx, events[::-1])

    parking = Parking(bank.ledger, [replace(reaction, handler=backwards)])
    await parking.release(reaction.consumer, *key, by="operator", reason="mended")


async def forget_what_waits_behind(bank: Bank, key: Key) -> None:
    """The bad event is applied, and everything parked of its account is deleted."""
    async with bank.ledger.transaction() as tx:
        rows = await store.parked_of(tx, bank.reaction().consumer, key)
        behind = [row["aggregate_version"] for row in rows[1:]]
        await store.delete_parked(tx, bank.reaction().consumer, key, behind)
    await release(bank, key)


async def publish_it_anew(bank: Bank, key: Key) -> None:
    """What is parked goes to the topic once more, under new event ids, and is forgotten here."""
    reaction = bank.reaction()
    async with bank.ledger.transaction() as tx:
        rows = await store.parked_of(tx, reaction.consumer, key)
        producer = safe_producer(bank.bootstrap)
        await producer.start()
        for row in rows:
            headers = store.envelope_of(row)._replace(event_id=uuid4()).headers()
            await producer.send_and_wait(key[0], row["body"], partition=row["partition"], headers=headers)
        await producer.stop()
        await store.delete_parked(tx, reaction.consumer, key, [row["aggregate_version"] for row in rows])
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
    _mutant("the event is parked and not its key", "B14", Kit(patched=_parking_the_event_alone), "lost"),
    _mutant("what waits behind it is marked and not kept", "B14", Kit(patched=_keeping_only_the_bad), "lost"),
    _mutant("what is parked is released newest first", "B14", Kit(release=release_newest_first), "reordered"),
    _mutant("a release forgets what waits behind", "B14", Kit(release=forget_what_waits_behind), "lost"),
    Mutant(
        "a skip leaves out what waits behind, too", "B14", two_persons_leave_an_event_out,
        Kit(patched=_skipping_what_waits_behind), frozenset({"lost"}),
    ),
    _mutant("a replay makes new events", "B15", Kit(release=publish_it_anew), "forked"),
]  # fmt: skip
