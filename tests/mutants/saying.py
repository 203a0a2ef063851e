"""Bugs in how a command changes its state and says so: numbers drawn too early, and two things that should be one."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

from ieum.messaging import outbox
from ieum.messaging.events import Envelope
from ieum.messaging.relay import safe_producer

from .bank import Bank, Killed
from .kit import Deposit, Kit, Mutant

ACCOUNTS = ["a0", "a1", "a2"]


# -- scenarios


async def many_write_to_the_same_accounts(bank: Bank) -> None:
    """Eight clients at once, three accounts, transactions that overlap."""
    bank.pause = 0.003
    await asyncio.gather(*(bank.deposit(ACCOUNTS, *range(client * 10, client * 10 + 5)) for client in range(8)))
    bank.pause = 0
    await bank.relay()
    await bank.hear()


async def commands_die_between_their_steps(bank: Bank) -> None:
    """The process dies after each step of a command in turn; then everything is well again."""
    for step in range(1, 5):
        for account in (*ACCOUNTS, f"once-{step}"):
            bank.dies_at_step = step
            with suppress(Killed):
                await bank.deposit([account], step)
            bank.dies_at_step = None
    await bank.deposit(ACCOUNTS, 9)
    await bank.relay()
    await bank.hear()


# -- mutants


async def draws_its_place_before_the_lock(bank: Bank, account: str, amount: int) -> None:
    """The outbox id is drawn first, and the account is locked when everybody else may have drawn a later one."""
    async with bank.teller.transaction() as tx:
        place = await tx.fetchval("SELECT nextval(pg_get_serial_sequence('outbox', 'id'))")
        await bank.step()
        version = (await bank.deposit_in(tx, account, amount))[account]
        await tx.execute(
            """
            WITH moved AS (DELETE FROM outbox WHERE aggregate_id = $1 AND aggregate_version = $2 RETURNING *)
            INSERT INTO outbox (id, topic, partition, aggregate_id, aggregate_version, event_id, type, body)
            OVERRIDING SYSTEM VALUE
            SELECT $3, topic, partition, aggregate_id, aggregate_version, event_id, type, body FROM moved
            """,
            account,
            version,
            place,
        )


async def numbers_without_a_lock(bank: Bank, account: str, amount: int) -> None:
    """The next version is what a look at the table says."""
    async with bank.teller.transaction() as tx:
        version = 1 + int(
            await tx.fetchval("SELECT coalesce(max(version), 0) FROM stream WHERE aggregate_id = $1", account)
        )
        await bank.step()
        await _write(tx, bank, account, amount, version)


async def numbers_in_a_transaction_of_its_own(bank: Bank, account: str, amount: int) -> None:
    """The version is drawn and committed before the command; a command that dies leaves a hole."""
    async with bank.teller.transaction() as tx:
        version = await tx.fetchval(
            """
            INSERT INTO stream AS s (topic, aggregate_id, version) VALUES ($1, $2, 1)
            ON CONFLICT (topic, aggregate_id) DO UPDATE SET version = s.version + 1 RETURNING version
            """,
            bank.topic,
            account,
        )
    await bank.step()
    async with bank.teller.transaction() as tx:
        await _write(tx, bank, account, amount, version)
        await bank.step()
    await bank.step()


async def _write(tx: Any, bank: Bank, account: str, amount: int, version: int) -> None:
    await tx.execute(
        """
        INSERT INTO stream (topic, aggregate_id, version) VALUES ($1, $2, $3)
        ON CONFLICT (topic, aggregate_id) DO UPDATE SET version = excluded.version
        """,
        bank.topic,
        account,
        version,
    )
    await tx.execute("INSERT INTO deposit (account, amount) VALUES ($1, $2)", account, amount)
    await tx.execute(
        """
        INSERT INTO outbox (topic, partition, aggregate_id, aggregate_version, event_id, type, body)
        VALUES ($1, $2, $3, $4, $5, 'Deposited', $6)
        """,
        bank.topic,
        bank.topics.partition(bank.topic, account),
        account,
        version,
        uuid4(),
        bank.Deposited(amount=amount).model_dump_json().encode(),
    )


async def says_it_after_the_commit(bank: Bank, account: str, amount: int) -> None:
    """The state is committed, and then the event is said."""
    async with bank.teller.transaction() as tx:
        await tx.execute("INSERT INTO deposit (account, amount) VALUES ($1, $2)", account, amount)
    await bank.step()
    async with bank.teller.transaction() as tx:
        await outbox.add(tx, account, bank.Deposited(amount=amount))
        await bank.step()
    await bank.step()


async def says_it_in_a_transaction_before(bank: Bank, account: str, amount: int) -> None:
    """The event is said, and then the state is committed."""
    async with bank.teller.transaction() as tx:
        await outbox.add(tx, account, bank.Deposited(amount=amount))
    await bank.step()
    async with bank.teller.transaction() as tx:
        await tx.execute("INSERT INTO deposit (account, amount) VALUES ($1, $2)", account, amount)
        await bank.step()
    await bank.step()


async def publishes_before_the_commit(bank: Bank, account: str, amount: int) -> None:
    """The event goes straight to the broker, while the transaction may still roll back."""
    producer = safe_producer(bank.bootstrap)
    await producer.start()
    try:
        async with bank.teller.transaction() as tx:
            version = (await bank.deposit_in(tx, account, amount))[account]
            row = await tx.fetchrow(
                "DELETE FROM outbox WHERE aggregate_id = $1 AND aggregate_version = $2 RETURNING *", account, version
            )
            assert row is not None
            envelope = Envelope(row["event_id"], "Deposited", "/teller", account, version, row["occurred_at"])
            await producer.send_and_wait(
                bank.topic, row["body"], partition=row["partition"], headers=envelope.headers()
            )
            await bank.step()
        await bank.step()
    finally:
        await producer.stop()


def _mutant(name: str, rows: str, scenario: Any, deposit: Deposit, *kinds: str) -> Mutant:
    return Mutant(name, rows, scenario, Kit(deposit=deposit), frozenset(kinds))


_OVERLAP, _DEATHS = many_write_to_the_same_accounts, commands_die_between_their_steps
MUTANTS = [
    _mutant("the outbox id is drawn before the lock", "B2", _OVERLAP, draws_its_place_before_the_lock, "reordered"),
    _mutant("the version is looked up without a lock", "B2", _OVERLAP, numbers_without_a_lock, "forked"),
    _mutant("the version is committed on its own", "B1", _DEATHS, numbers_in_a_transaction_of_its_own, "lost"),
    _mutant("the event is said after the commit", "B1", _DEATHS, says_it_after_the_commit, "lost"),
    _mutant("the event is said in a transaction before", "B1", _DEATHS, says_it_in_a_transaction_before, "invented"),
    _mutant("the event is published before the commit", "B1", _DEATHS, publishes_before_the_commit, "invented"),
]
