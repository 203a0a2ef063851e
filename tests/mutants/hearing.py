"""Bugs in how a consumer knows what it has heard: B8 to B10, B15 to B17."""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from ieum.database import Database, Transaction
from ieum.messaging import Reaction, store
from ieum.messaging.deciding import decide
from ieum.messaging.inbox import Inbox, _positions
from ieum.messaging.records import Incoming, Key, Mark

from .bank import Bank, Killed
from .kit import Kit, Mutant, Scenario
from .relaying import a_clock_goes_back, a_relay_freezes_and_wakes, a_relay_is_killed

ACCOUNTS = [f"a{n}" for n in range(6)]


# -- scenarios


async def several_workers_take_the_same_records(bank: Bank) -> None:
    """After a rebalance the old owners of a partition are still at it: four workers at once, slow transactions."""
    await bank.deposit(ACCOUNTS, *range(10))
    await bank.relay()
    records, bank.pause = await bank.records(), 0.002
    await asyncio.gather(*(_take(bank.inbox(), records, 6) for _ in range(4)))
    bank.pause = 0


async def _take(inbox: Inbox, records: list[Any], batch: int) -> None:
    for start in range(0, len(records), batch):
        await inbox.take(records[start : start + batch])


async def a_consumer_dies_around_its_commits(bank: Bank) -> None:
    """Its process dies before and after the first two commits of every few records, and starts again."""
    for amount in range(3):
        await bank.deposit(ACCOUNTS, amount)
        await bank.relay()
        records = await bank.records()
        for moment in range(1, 5):
            bank.ledger.dies_at = moment
            with suppress(Killed):
                await bank.hear(records, batch=4)
            bank.ledger.dies_at = None
        await bank.hear(records)


async def records_come_again(bank: Bank) -> None:
    """A relay repeats what it had sent; later the topic is read again from its beginning, twice."""
    await bank.deposit(ACCOUNTS, 1, 2, 3)
    await bank.relay()
    first = await bank.records()
    await bank.hear(first)
    await bank.say_again(first)
    await bank.hear()
    await bank.deposit(ACCOUNTS, 4)
    await bank.relay()
    await bank.hear()
    for _ in range(2):
        await _take(bank.inbox(), await bank.records(), 10)


# -- mutants: other ways to know what is new


class ByItsOwnRule(Inbox):
    """One transaction like the kit's, in which something else than the marks says what is new."""

    async def _apply(self, items: list[Incoming], attempts: int) -> None:
        consumer = self.reaction.consumer
        async with self._database.transaction() as tx:
            fresh = await self._fresh(tx, items)
            if fresh:
                await self.reaction.handler(tx, [item.event for item in fresh])
            await self._remember(tx, fresh)
            reached: dict[Key, Mark] = {}
            for item in items:
                if item.key and item.envelope:
                    reached[item.key] = Mark(
                        max(reached.get(item.key, Mark()).version, item.envelope.aggregate_version)
                    )
            await store.save_marks(tx, consumer, reached)
            await store.save_positions(tx, consumer, _positions(items))

    async def _fresh(self, tx: Transaction, items: list[Incoming]) -> list[Incoming]:
        """Everything."""
        return items

    async def _remember(self, tx: Transaction, fresh: list[Incoming]) -> None:
        """Nothing."""


class BySelectThenInsert(ByItsOwnRule):
    """Looks for the event ids, and inserts those it did not find."""

    async def _fresh(self, tx: Transaction, items: list[Incoming]) -> list[Incoming]:
        ids = [item.envelope.event_id for item in items if item.envelope]
        known = {row[0] for row in await tx.fetch("SELECT event_id FROM seen WHERE event_id = ANY ($1::uuid[])", ids)}
        return [item for item in items if item.envelope and item.envelope.event_id not in known]

    async def _remember(self, tx: Transaction, fresh: list[Incoming]) -> None:
        rows = [(item.envelope.event_id, item.envelope.aggregate_id, item.envelope.occurred_at)
                for item in fresh if item.envelope]  # fmt: skip
        await tx.executemany("INSERT INTO seen (event_id, account, occurred_at) VALUES ($1, $2, $3)", rows)


class ForgettingIds(BySelectThenInsert):
    """Knows event ids, under a lock, and keeps too few of them."""

    async def _fresh(self, tx: Transaction, items: list[Incoming]) -> list[Incoming]:
        await store.lock_partitions(tx, self.reaction.consumer, {(item.topic, item.partition) for item in items})
        return await super()._fresh(tx, items)

    async def _remember(self, tx: Transaction, fresh: list[Incoming]) -> None:
        await super()._remember(tx, fresh)
        await tx.execute("DELETE FROM seen WHERE ctid NOT IN (SELECT ctid FROM seen ORDER BY ctid DESC LIMIT 5)")


class ByOffset(ByItsOwnRule):
    """Takes what lies beyond the highest offset it has seen of the partition."""

    async def _fresh(self, tx: Transaction, items: list[Incoming]) -> list[Incoming]:
        known = await store.find_positions(tx, self.reaction.consumer)
        return [item for item in items if item.offset >= known.get((item.topic, item.partition), 0)]


class ByLastVersion(ByItsOwnRule):
    """Leaves out the version it has heard last, and no lower one."""

    async def _fresh(self, tx: Transaction, items: list[Incoming]) -> list[Incoming]:
        known = await store.find_marks(tx, self.reaction.consumer, (item.key for item in items if item.key))
        return [
            item
            for item in items
            if item.key and item.envelope and item.envelope.aggregate_version != known.get(item.key, Mark()).version
        ]


class ByClock(BySelectThenInsert):
    """Takes what happened later than the last it has heard of the account."""

    async def _fresh(self, tx: Transaction, items: list[Incoming]) -> list[Incoming]:
        rows = await tx.fetch("SELECT account, max(occurred_at) AS last FROM seen GROUP BY account")
        last = {row["account"]: row["last"] for row in rows}
        return [
            item
            for item in items
            if item.envelope
            and (item.envelope.aggregate_id not in last or item.envelope.occurred_at > last[item.envelope.aggregate_id])
        ]


class ForgettingMarks(Inbox):
    """Prunes its marks."""

    async def _apply(self, items: list[Incoming], attempts: int) -> None:
        await super()._apply(items, attempts)
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM mark WHERE consumer = $1", self.reaction.consumer)


# -- mutants: the kit's marks, in another transaction or without their lock


class MarksFirst(Inbox):
    """Marks, commits, and then makes the effects."""

    async def _apply(self, items: list[Incoming], attempts: int) -> None:
        fresh = await self._mark(items)
        async with self._database.transaction() as tx:
            if fresh:
                await self.reaction.handler(tx, [item.event for item in fresh])

    async def _mark(self, items: list[Incoming], *, only_look: bool = False) -> list[Incoming]:
        consumer = self.reaction.consumer
        async with self._database.transaction() as tx:
            await store.lock_partitions(tx, consumer, {(item.topic, item.partition) for item in items})
            plan = decide(items, await store.find_marks(tx, consumer, (item.key for item in items if item.key)), 1)
            if not only_look:
                await store.save_marks(tx, consumer, plan.marks)
                await store.save_positions(tx, consumer, _positions(items))
        return plan.fresh


class MarksLast(MarksFirst):
    """Makes the effects, commits, and then marks."""

    async def _apply(self, items: list[Incoming], attempts: int) -> None:
        fresh = await self._mark(items, only_look=True)
        async with self._database.transaction() as tx:
            if fresh:
                await self.reaction.handler(tx, [item.event for item in fresh])
        await self._mark(items)


class HandlerOnItsOwn(Inbox):
    """The handler opens a transaction of its own."""

    def __init__(self, reaction: Reaction, database: Database, **options: Any) -> None:
        async def on_its_own(tx: Transaction, events: list[Any]) -> None:
            async with database.transaction() as own:
                await reaction.handler(own, events)

        super().__init__(replace(reaction, handler=on_its_own), database, **options)


async def _no_lock(tx: Transaction, consumer: str, partitions: Iterable[tuple[str, int]]) -> None:
    """Everybody may."""


async def _marks_under_a_lock_of_the_same_statement(
    tx: Transaction, consumer: str, keys: Iterable[Key]
) -> dict[Key, Mark]:
    """It waits for the lock with the snapshot it began with."""
    wanted = set(keys)
    rows = await tx.fetch(
        """
        SELECT m.* FROM (SELECT pg_advisory_xact_lock(hashtext($1))) AS locked CROSS JOIN mark m WHERE m.consumer = $1
        """,
        consumer,
    )
    found = {(row["topic"], row["aggregate_id"]): Mark(row["version"], row["state"]) for row in rows}
    return {key: mark for key, mark in found.items() if key in wanted}


def _without_lock() -> AbstractContextManager[Any]:
    return patch.object(store, "lock_partitions", _no_lock)


def _with_a_lock_too_late() -> AbstractContextManager[Any]:
    return patch.multiple(store, lock_partitions=_no_lock, find_marks=_marks_under_a_lock_of_the_same_statement)


def _mutant(name: str, rows: str, scenario: Scenario, kit: type[Inbox] | Kit, *kinds: str) -> Mutant:
    return Mutant(name, rows, scenario, kit if isinstance(kit, Kit) else Kit(inbox=kit), frozenset(kinds))


_OVERLAP, _DEATHS, _AGAIN = (
    several_workers_take_the_same_records,
    a_consumer_dies_around_its_commits,
    records_come_again,
)
MUTANTS = [
    _mutant("the inbox selects and then inserts", "B9", _OVERLAP, BySelectThenInsert, "doubled"),
    _mutant("marks are read without the partition's lock", "B9", _OVERLAP, Kit(patched=_without_lock), "doubled"),
    _mutant("the lock is taken in the statement that reads", "B9", _OVERLAP, Kit(patched=_with_a_lock_too_late),
            "doubled"),
    _mutant("marks are committed before the effects", "B8 B10", _DEATHS, MarksFirst, "lost"),
    _mutant("marks are committed after the effects", "B8 B10", _DEATHS, MarksLast, "doubled"),
    _mutant("the handler has a transaction of its own", "B10", _DEATHS, HandlerOnItsOwn, "doubled"),
    _mutant("nothing says what was heard before", "B4 B15", _AGAIN, ByItsOwnRule, "doubled"),
    _mutant("repeats are known by their offset", "B4 B5", _AGAIN, ByOffset, "doubled"),
    _mutant("a killed relay's repeats are taken for new", "B4", a_relay_is_killed, ByItsOwnRule, "doubled"),
    _mutant("a frozen relay's stale rows are taken for new", "B5", a_relay_freezes_and_wakes, ByOffset, "doubled"),
    _mutant("only the last version is known", "B4 B15", _AGAIN, ByLastVersion, "doubled"),
    _mutant("event ids are pruned too early", "B16", _AGAIN, ForgettingIds, "doubled"),
    _mutant("marks are pruned", "B16", _AGAIN, ForgettingMarks, "doubled"),
    _mutant("the wall clock says what is new", "B17", a_clock_goes_back, ByClock, "lost"),
]  # fmt: skip
