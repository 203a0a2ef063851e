"""Bugs of the relay, and what must happen for them to show: B1 to B5."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import asyncpg
import psutil

from ieum.messaging import relay as relay_module
from ieum.messaging.relay import Relay
from ieum.testing import eventually

from .bank import Bank
from .kit import Kit, Mutant
from .process import relaying_in_a_process
from .producers import refusing, watched

ACCOUNTS = [f"a{n}" for n in range(10)]


# -- scenarios


async def _drawn_late(bank: Bank) -> Callable[[], Awaitable[None]]:
    """A transaction that has drawn its outbox id; it commits when what is returned is called."""
    drawn, may_commit = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        async with bank.teller.transaction() as tx:
            await bank.deposit_in(tx, "late", 1)
            drawn.set()
            await may_commit.wait()

    transaction = asyncio.create_task(late())
    await drawn.wait()

    async def commit() -> None:
        may_commit.set()
        await transaction

    return commit


async def a_transaction_commits_late(bank: Bank) -> None:
    """A transaction draws its outbox ids first and commits last, while the relay is sending later ones."""
    await bank.deposit(ACCOUNTS, 1)
    commit = await _drawn_late(bank)
    await bank.deposit(ACCOUNTS, 2, 3)

    async with bank.relaying(make_producer=watched(commit)):
        await bank.sent()
        await bank.deposit([*ACCOUNTS, "late"], 4)
        await bank.sent()
    await bank.hear()


async def an_account_goes_on_behind_a_backlog(bank: Bank) -> None:
    """As before, while the relay works off a backlog; the account's next event is drawn at the backlog's end."""
    commit = await _drawn_late(bank)
    await bank.deposit(ACCOUNTS, 1, 2, 3)

    gone_on = False

    async def commit_and_go_on() -> None:
        nonlocal gone_on
        if not gone_on:
            gone_on = True
            await commit()
            await bank.deposit(["late"], 2)

    with patch.object(relay_module, "BATCH", 7):
        async with bank.relaying(make_producer=watched(commit_and_go_on)):
            await bank.sent()
    await bank.hear()


async def two_relays_are_at_work(bank: Bank) -> None:
    """Two processes of the service relay at once, in small batches; the first to send is held up on its way."""
    await bank.deposit(ACCOUNTS[:3], *range(15))
    overtaken, begun = asyncio.Event(), False

    async def hold_up_the_first() -> None:
        nonlocal begun
        if begun:
            overtaken.set()
            return
        begun = True
        with suppress(TimeoutError):
            await asyncio.wait_for(overtaken.wait(), 1)
            await asyncio.sleep(0.1)

    producer = watched(hold_up_the_first)
    with patch.object(relay_module, "BATCH", 7):
        async with bank.relaying(make_producer=producer), bank.relaying(make_producer=producer):
            await bank.deposit(ACCOUNTS[:3], *range(15, 25))
            await bank.sent()
    await bank.hear()


async def the_broker_does_not_acknowledge(bank: Bank) -> None:
    """The broker takes a batch and never acknowledges it; then it is well again."""
    await bank.deposit(ACCOUNTS, 1, 2)
    async with bank.relaying(make_producer=refusing(2)):
        await bank.sent()
        await bank.deposit(ACCOUNTS, 3)
        await bank.sent()
    await bank.hear()


async def a_clock_goes_back(bank: Bank) -> None:
    """The database's clock is put back by two hours between an account's events."""
    await bank.deposit(ACCOUNTS, 1)
    await bank.relay()
    await bank.hear()
    await bank.deposit(ACCOUNTS, 2, 3)
    async with bank.teller.transaction() as tx:
        await tx.execute("UPDATE outbox SET occurred_at = occurred_at - interval '2 hours' WHERE aggregate_version = 3")
    await bank.relay()
    await bank.hear()
    await bank.deposit(ACCOUNTS, 4)
    await bank.relay()
    await bank.hear()


async def a_relay_is_killed(bank: Bank) -> None:
    """A process is killed between an acknowledgement and the deletion, with more still to send."""
    await bank.deposit(ACCOUNTS, 1, 2)
    async with relaying_in_a_process(bank, "killed after a batch") as process:
        await process.wait()
    await bank.deposit(ACCOUNTS, 3)
    await bank.relay()
    await bank.hear()


async def a_relay_freezes_and_wakes(bank: Bank) -> None:
    """A process stops between reading and sending, another takes over, and the first goes on where it was."""
    await bank.deposit(ACCOUNTS, 1, 2)
    async with relaying_in_a_process(bank, "frozen before a batch") as process:
        await eventually(
            "it is frozen", lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED, within=30
        )
        await bank.relay()
        await bank.hear()
        sent = len(await bank.records())
        process.send_signal(signal.SIGCONT)
        await eventually("it has sent its stale rows", lambda: _more(bank, sent + len(ACCOUNTS)), within=30)
        await bank.deposit(ACCOUNTS, 3)
        await bank.relay()
    await bank.hear()


async def _more(bank: Bank, records: int) -> bool:
    return len(await bank.records()) >= records


# -- mutants


class ByCursor(Relay):
    """Reads what has a higher id than the last it read."""

    last = 0

    async def _read(self, without: Sequence[int] = ()) -> list[asyncpg.Record]:
        rows = [row for row in await super()._read(without) if row["id"] > self.last]
        self.last = max([self.last, *(row["id"] for row in rows)])
        return rows


class ReadsAheadByCursor(Relay):
    """Reads on behind the highest id that is on its way."""

    async def _read(self, without: Sequence[int] = ()) -> list[asyncpg.Record]:
        return [row for row in await super()._read(without) if not without or row["id"] > max(without)]


class SkipLockedWorkers(Relay):
    """Any number send at once, each what the others have not locked."""

    async def run(self) -> None:
        try:
            while True:
                if not await self._send_some():
                    await asyncio.sleep(self._poll)
        finally:
            await self._discard_producer()

    async def _send_some(self) -> bool:
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                "SELECT * FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED", relay_module.BATCH
            )
            if rows:
                await self._send(rows)
                await tx.execute("DELETE FROM outbox WHERE id = ANY ($1::bigint[])", [row["id"] for row in rows])
        return bool(rows)


class DeletesByRange(Relay):
    """Deletes everything up to the highest id it has sent."""

    async def _delete(self, epoch: int, ids: list[int]) -> None:
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM outbox WHERE id <= $1", max(ids))


class DeletesFirst(Relay):
    """Deletes rows and then sends them."""

    async def _send(self, rows: list[asyncpg.Record]) -> None:
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM outbox WHERE id = ANY ($1::bigint[])", [row["id"] for row in rows])
        await super()._send(rows)

    async def _delete(self, epoch: int, ids: list[int]) -> None:
        """Done already."""


class WaitsForNoAcknowledgement(Relay):
    """Hands rows to the producer and looks away."""

    underway: frozenset[asyncio.Task[None]] = frozenset()

    async def _send(self, rows: list[asyncpg.Record]) -> None:
        self.underway |= {asyncio.create_task(super()._send(rows))}
        await asyncio.sleep(0)

    async def _discard_producer(self) -> None:
        await asyncio.gather(*self.underway, return_exceptions=True)
        await super()._discard_producer()


class SwallowsFailures(Relay):
    """Takes a failure to send for a success, so that it need not stop."""

    async def _send(self, rows: list[asyncpg.Record]) -> None:
        try:
            await super()._send(rows)
        except Exception:  # noqa: BLE001 -- that is the bug
            return


class ByClock(Relay):
    """Sends in the order of the wall clock."""

    async def _read(self, without: Sequence[int] = ()) -> list[asyncpg.Record]:
        return sorted(await super()._read(without), key=lambda row: row["occurred_at"])

    async def _send(self, rows: list[asyncpg.Record]) -> None:
        for row in rows:
            await super()._send([row])


class WithoutLease(Relay):
    """Leads whenever it runs, and deletes whatever number of rows it finds."""

    async def _take_lease(self) -> int | None:
        return 0

    async def _extend(self, epoch: int) -> None:
        """There is none."""

    async def _give_back(self, epoch: int) -> None:
        """There is none."""

    async def _delete(self, epoch: int, ids: list[int]) -> None:
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM outbox WHERE id = ANY ($1::bigint[])", ids)


def _mutant(name: str, rows: str, scenario: Any, relay: type[Relay], *kinds: str, harmless: str = "") -> Mutant:
    patience = 3 if relay is ByCursor else 30
    return Mutant(name, rows, scenario, Kit(relay=relay, patience=patience), frozenset(kinds), harmless)


MUTANTS = [
    _mutant("the relay reads by a cursor", "B1", a_transaction_commits_late, ByCursor, "lost", "late"),
    _mutant(
        "the relay reads ahead by a cursor", "B1", an_account_goes_on_behind_a_backlog, ReadsAheadByCursor, "reordered"
    ),
    _mutant("the relay deletes by a range of ids", "B1", a_transaction_commits_late, DeletesByRange, "lost"),
    _mutant("relays share the outbox with SKIP LOCKED", "B3", two_relays_are_at_work, SkipLockedWorkers, "reordered"),
    _mutant("the relay deletes before it sends", "B4", the_broker_does_not_acknowledge, DeletesFirst, "lost"),
    _mutant("the relay deletes first, and dies", "B4", a_relay_is_killed, DeletesFirst, "lost"),
    _mutant(
        "the relay waits for no acknowledgement", "B4", the_broker_does_not_acknowledge, WaitsForNoAcknowledgement,
        "lost",
    ),
    _mutant("the relay swallows a failure to send", "B4", the_broker_does_not_acknowledge, SwallowsFailures, "lost"),
    _mutant("the relay sends in the order of the clock", "B17", a_clock_goes_back, ByClock, "reordered"),
    _mutant(
        "two relays lead without a lease", "B2", two_relays_are_at_work, WithoutLease,
        harmless="each sends rows that exist in their order, so it only repeats; the lease saves the work",
    ),
]  # fmt: skip
