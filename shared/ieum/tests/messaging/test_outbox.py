"""The outbox says nothing outside a transaction and numbers an aggregate's events without gaps."""

import asyncio

import asyncpg
import pytest

from ieum.database import Database
from ieum.messaging import Event, EventTooLarge, OutsideTransaction, Topic, Topics, outbox
from ieum.messaging.outbox import ForeignTopic

from .conftest import TOPIC, TOPICS, Deposited, Renamed


class Opened(Event, topic="bank.branch.v1"):
    """Something else than an account."""


async def rows(database: Database) -> list[asyncpg.Record]:
    async with database.reading() as tx:
        return await tx.fetch("SELECT aggregate_id, aggregate_version, type, partition FROM outbox ORDER BY id")


async def test_an_event_needs_a_transaction(bank: Database) -> None:
    async with bank.transaction() as tx:
        pass

    with pytest.raises(OutsideTransaction):
        await outbox.add(tx, "a", Deposited(amount=1))


async def test_what_is_rolled_back_is_never_said(bank: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with bank.transaction() as tx:
            await outbox.add(tx, "a", Deposited(amount=1))
            raise ZeroDivisionError

    assert await rows(bank) == []


async def test_versions_of_an_aggregate_are_gapless_and_in_the_order_said(bank: Database) -> None:
    async with bank.transaction() as tx:
        first = await outbox.add(tx, {"b": [Deposited(amount=1), Renamed(name="x")], "a": [Deposited(amount=2)]})
    async with bank.transaction() as tx:
        second = await outbox.add(tx, "b", Deposited(amount=3))

    found = [(row["aggregate_id"], row["aggregate_version"], row["type"]) for row in await rows(bank)]
    assert first == {"a": 1, "b": 2}
    assert second == {"b": 3}
    assert found == [("b", 1, "Deposited"), ("b", 2, "Renamed"), ("a", 1, "Deposited"), ("b", 3, "Deposited")]


async def test_many_writers_of_one_aggregate_leave_ids_in_the_order_of_versions(bank: Database) -> None:
    async def write(amount: int) -> None:
        for _ in range(20):
            async with bank.transaction() as tx:
                await outbox.add(tx, {"a": [Deposited(amount=amount)], f"own-{amount}": [Deposited(amount=amount)]})

    await asyncio.gather(*(write(n) for n in range(8)))

    versions = [row["aggregate_version"] for row in await rows(bank) if row["aggregate_id"] == "a"]
    assert versions == list(range(1, 161))


async def test_writers_that_touch_the_same_aggregates_in_other_orders_do_not_deadlock(bank: Database) -> None:
    async def write(names: list[str]) -> None:
        for _ in range(20):
            async with bank.transaction() as tx:
                await outbox.add(tx, {name: [Deposited(amount=1)] for name in names})

    names = [f"a{n}" for n in range(10)]
    await asyncio.gather(*(write(names if n % 2 else names[::-1]) for n in range(6)))

    assert len(await rows(bank)) == 6 * 20 * 10


async def test_a_transaction_that_speaks_in_two_calls_could_deadlock_and_is_refused(bank: Database) -> None:
    with pytest.raises(outbox.SpokenTwice):
        async with bank.transaction() as tx:
            await outbox.add(tx, {})
            await outbox.add(tx, "b", Deposited(amount=1))
            await outbox.add(tx, "a", Deposited(amount=1))

    assert await rows(bank) == []


async def test_what_is_said_of_one_id_belongs_to_one_aggregate(bank: Database) -> None:
    outbox.configure(bank, Topics([*TOPICS.values(), Topic(Opened.topic, "bank", "branch", 3)]), "bank")

    with pytest.raises(outbox.TwoAggregates):
        async with bank.transaction() as tx:
            await outbox.add(tx, "a", Deposited(amount=1), Opened())

    assert await rows(bank) == []


async def test_an_event_that_kafka_would_refuse_is_refused_before(bank: Database) -> None:
    async with bank.transaction() as tx:
        with pytest.raises(EventTooLarge):
            await outbox.add(tx, "a", Renamed(name="x" * 1_000_000))


async def test_only_the_owner_writes_to_a_topic(bank: Database) -> None:
    outbox.configure(bank, Topics([Topic(TOPIC, owner="other", key="account", partitions=3)]), "bank")

    async with bank.transaction() as tx:
        with pytest.raises(ForeignTopic):
            await outbox.add(tx, "a", Deposited(amount=1))


async def test_the_relay_is_woken_after_the_commit_and_not_before(bank: Database) -> None:
    woken: list[str] = []
    outbox.configure(bank, Topics([Topic(TOPIC, "bank", "account", 3)]), "bank", lambda: woken.append("now"))

    async with bank.transaction() as tx:
        await outbox.add(tx, {"a": [Deposited(amount=1)], "b": [Deposited(amount=1)]})
        before = list(woken)

    assert before == []
    assert woken == ["now"]
