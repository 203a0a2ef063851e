"""A batch takes effect exactly once and in order per aggregate, whatever comes twice, late, broken or not at all."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from ieum.database import Database, Transaction
from ieum.messaging import outbox
from ieum.messaging.failures import Backoff, Rejected, Unavailable
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import Parking
from ieum.testing import record_of

from .conftest import TOPIC, TOPICS, Deposited, Ledger, Renamed, bookings


@pytest.fixture
def inbox(bank: Database, ledger: Ledger) -> Inbox:
    return Inbox(ledger.reaction, bank, backoff=Backoff(first=0.001, ceiling=0.002))


async def parked(database: Database) -> list[tuple[str, int, str]]:
    async with database.reading() as tx:
        found = await tx.fetch(
            "SELECT aggregate_id, aggregate_version, state FROM parked ORDER BY aggregate_id, aggregate_version"
        )
    return [tuple(row) for row in found]


async def test_delivered_twice_takes_effect_once(inbox: Inbox, bank: Database) -> None:
    batch = [record_of(Deposited(amount=n), "a", n) for n in (1, 2)]

    await inbox.take(batch)
    await inbox.take(batch)
    await inbox.take(batch + batch)

    assert await bookings(bank) == [("a", 1, 1), ("a", 2, 2)]


async def test_overlapping_workers_on_one_partition_take_effect_once(inbox: Inbox, bank: Database) -> None:
    batches = [[record_of(Deposited(amount=v), f"a{k}", v) for k in range(10)] for v in range(1, 21)]

    async def worker() -> None:
        for batch in batches:
            await inbox.take(batch)

    await asyncio.gather(*(worker() for _ in range(4)))

    found = await bookings(bank)
    assert len(found) == len(set(found)) == 200
    assert [version for account, version, _ in found if account == "a3"] == list(range(1, 21))


async def test_a_failing_batch_leaves_no_trace_and_a_passing_bug_is_tried_again(
    inbox: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.failures_left = 2

    await inbox.take([record_of(Deposited(amount=1), "a", 1)])

    assert await bookings(bank) == [("a", 1, 1)]
    assert await parked(bank) == []


async def test_malformed_is_parked_and_neighbours_go_on(inbox: Inbox, bank: Database) -> None:
    broken = record_of(b'{"amount": "many"}', "a", 2, topic=TOPIC, kind="Deposited")
    batch = [
        record_of(Deposited(amount=1), "a", 1),
        broken,
        record_of(Deposited(amount=3), "a", 3),
        record_of(Deposited(amount=1), "b", 1),
    ]

    await inbox.take(batch)

    assert await bookings(bank) == [("a", 1, 1), ("b", 1, 1)]
    assert await parked(bank) == [("a", 2, "bad"), ("a", 3, "waiting")]


@pytest.mark.parametrize(
    "headers", [[], [("ce_id", b"\xff\xfe")], [("ce_id", b"not-a-uuid"), ("ce_type", b"Deposited")]]
)
async def test_a_record_without_a_usable_envelope_is_parked_and_neighbours_go_on(
    inbox: Inbox, bank: Database, headers: list[tuple[str, bytes]]
) -> None:
    stray = record_of(b"\x00\xff", "a", 1, topic=TOPIC, kind="Deposited", headers=headers)

    await inbox.take([stray, record_of(Deposited(amount=1), "b", 1)])
    await inbox.take([stray])

    assert await bookings(bank) == [("b", 1, 1)]
    assert [state for _, _, state in await parked(bank)] == ["unreadable"]


def _with_header(name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    """The headers of a sound event, but for one."""
    sound = record_of(Deposited(amount=1), "a", 1).headers
    return [(one, value if one == name else sound_value) for one, sound_value in sound]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_subject", b"a\0b"),
        ("ce_subject", b"a" * 3_000),
        ("ce_aggregateversion", b"1" + b"0" * 30),
        ("ce_aggregateversion", b"-1"),
        ("ce_aggregateversion", None),
    ],
    ids=["NUL", "too_long", "beyond_64_bits", "negative", "null"],
)
async def test_an_envelope_that_no_table_can_hold_is_parked_and_neighbours_go_on(
    inbox: Inbox, bank: Database, name: str, value: bytes | None
) -> None:
    stray = record_of(Deposited(amount=1), "a", 1, headers=_with_header(name, value))

    await inbox.take([stray, record_of(Deposited(amount=1), "b", 1)])
    await inbox.take([stray])

    assert await bookings(bank) == [("b", 1, 1)]
    assert [state for _, _, state in await parked(bank)] == ["unreadable"]


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["NUL", "lone_surrogate"])
async def test_a_reason_that_no_table_can_hold_is_kept_without_what_it_cannot_hold(
    inbox: Inbox, bank: Database, ledger: Ledger, text: str
) -> None:
    ledger.refuse, ledger.rule = {13}, text

    await inbox.take([record_of(Deposited(amount=13), "a", 1), record_of(Deposited(amount=1), "b", 1)])

    async with bank.reading() as tx:
        assert await tx.fetchval("SELECT reason FROM parked") == "Rejected: a\ufffdb"
    assert await bookings(bank) == [("b", 1, 1)]


async def test_what_cannot_even_be_parked_is_given_back_and_not_dropped(
    inbox: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.refuse = {13}
    async with bank.transaction() as tx:
        await tx.execute("ALTER TABLE parked ADD CONSTRAINT full_up CHECK (aggregate_id <> 'a')")

    with pytest.raises(asyncpg.CheckViolationError):
        await inbox.take([record_of(Deposited(amount=13), "a", 1, offset=5)])

    async with bank.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM position") == 0


@pytest.mark.parametrize("named", [True, False])
async def test_a_rejected_event_holds_its_own_key_and_nobody_else(
    inbox: Inbox, bank: Database, ledger: Ledger, named: bool
) -> None:
    ledger.refuse, ledger.names_refused = {13}, named
    batch = [
        record_of(Deposited(amount=13 if (k, v) == (4, 3) else v), f"a{k}", v) for v in range(1, 11) for k in range(8)
    ]

    await inbox.take(batch)

    found = await bookings(bank)
    assert len(found) == 8 * 10 - 8
    assert await parked(bank) == [("a4", 3, "bad")] + [("a4", version, "waiting") for version in range(4, 11)]


async def test_an_event_that_always_fails_is_parked_after_a_few_attempts(
    inbox: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.broken = {13}
    batch = [record_of(Deposited(amount=13 if k == 5 else 1), f"a{k}", 1) for k in range(16)]

    await inbox.take(batch)

    assert len(await bookings(bank)) == 15
    assert await parked(bank) == [("a5", 1, "bad")]


async def test_a_handler_that_names_an_event_it_was_not_given_holds_up_nobody(bank: Database, ledger: Ledger) -> None:
    stranger = Deposited(amount=0).received("elsewhere")
    refused: list[Deposited] = []

    async def refuse_all(tx: Transaction, events: list[Deposited]) -> None:
        refused.extend(event for event in events if event.amount == 13)
        if refused:
            raise Rejected("not these", stranger, *refused)

    inbox = Inbox(replace(ledger.reaction, handler=refuse_all), bank)
    await inbox.take([record_of(Deposited(amount=13), "a", 1), record_of(Deposited(amount=1), "b", 1)])

    assert await parked(bank) == [("a", 1, "bad"), ("b", 1, "bad")]


@pytest.fixture
async def impatient(bank: Database, ledger: Ledger, database_address: str) -> AsyncIterator[Inbox]:
    """An inbox that soon gives up waiting, on a database that soon ends a statement."""
    hasty = Database(database_address, statement_timeout=0.2)
    await hasty.open()
    outbox.configure(hasty, TOPICS, "bank")
    yield Inbox(ledger.reaction, hasty, backoff=Backoff(first=0.001, ceiling=0.002), patience=0.3)
    await hasty.close()


async def test_an_event_whose_statement_always_takes_too_long_is_parked_and_neighbours_go_on(
    impatient: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.slow = {13}

    await impatient.take([record_of(Deposited(amount=13 if k == 2 else 1), f"a{k}", 1) for k in range(4)])

    assert [account for account, _, _ in await bookings(bank)] == ["a0", "a1", "a3"]
    assert await parked(bank) == [("a2", 1, "bad")]


async def test_a_parked_event_that_takes_too_long_is_not_blamed_on_the_one_that_closes_its_gap(
    impatient: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.slow = {13}
    await impatient.take([record_of(Deposited(amount=13), "a", 2)])

    await impatient.take([record_of(Deposited(amount=1), "a", 1)])

    assert await bookings(bank) == [("a", 1, 1)]
    assert await parked(bank) == [("a", 2, "bad")]


async def test_what_is_away_for_longer_than_the_patience_is_given_back_whole(
    impatient: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.away = True

    with pytest.raises(Unavailable):
        await impatient.take([record_of(Deposited(amount=1), f"a{k}", 1) for k in range(4)])

    assert set(ledger.batches) == {4}
    assert await parked(bank) == []


async def test_a_parked_key_is_released_in_order_once_the_cause_is_mended(
    inbox: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.refuse = {3}
    await inbox.take([record_of(Deposited(amount=v), "a", v) for v in range(1, 11)])

    parking, place = Parking(bank, [ledger.reaction]), ("bank.ledger", TOPIC, "a")
    refused = await parking.release(*place, by="op", reason="try")
    ledger.refuse = set()
    released = await parking.release(*place, by="op", reason="mended")
    await inbox.take([record_of(Deposited(amount=11), "a", 11)])

    assert (refused.applied, refused.problem, released.applied) == (0, "Rejected: amount is refused", 8)
    assert [version for _, version, _ in await bookings(bank)] == list(range(1, 12))
    assert await parked(bank) == []


async def test_an_event_nobody_here_listens_to_moves_the_mark_only(inbox: Inbox, bank: Database) -> None:
    await inbox.take([record_of(Renamed(name="x"), "a", 1), record_of(Deposited(amount=2), "a", 2)])

    assert await bookings(bank) == [("a", 2, 2)]
    assert await parked(bank) == []


async def test_the_position_in_the_database_follows_the_effects(inbox: Inbox, bank: Database) -> None:
    await inbox.take(
        [
            record_of(Deposited(amount=1), "a", 1, partition=1, offset=41),
            record_of(Deposited(amount=1), "b", 1, partition=2, offset=7),
        ]
    )

    async with bank.reading() as tx:
        found = await tx.fetch("SELECT partition, next_offset FROM position ORDER BY partition")
    assert [tuple(row) for row in found] == [(1, 42), (2, 8)]
