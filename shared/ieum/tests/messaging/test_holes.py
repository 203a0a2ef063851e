"""Versions that come late, again or never: each is applied at most once and in order, whatever is parked meanwhile."""

from typing import NamedTuple

import pytest

from ieum.database import Database, Transaction
from ieum.messaging import Reactions, outbox
from ieum.messaging.failures import Backoff
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import NotParked, Parking
from ieum.testing import record_of

from .conftest import TOPIC, Deposited, Ledger, Renamed, bookings


@pytest.fixture
def inbox(bank: Database, ledger: Ledger) -> Inbox:
    return Inbox(ledger.reaction, bank, backoff=Backoff(first=0.001, ceiling=0.002))


@pytest.fixture
def parking(bank: Database, ledger: Ledger) -> Parking:
    return Parking(bank, [ledger.reaction])


def deposits(*versions: int, account: str = "a") -> list:  # type: ignore[type-arg]
    """Records of these versions, each with its version as amount."""
    return [record_of(Deposited(amount=version), account, version) for version in versions]


async def applied(database: Database, account: str = "a") -> list[int]:
    return [version for one, version, _ in await bookings(database) if one == account]


class Stand(NamedTuple):
    """How an aggregate stands: its mark, and what is parked of it."""

    version: int
    state: str
    parked: dict[int, str]


async def stand(database: Database, account: str = "a") -> Stand:
    async with database.reading() as tx:
        mark = await tx.fetchrow("SELECT version, state FROM mark WHERE aggregate_id = $1", account)
        rows = await tx.fetch(
            "SELECT aggregate_version, state FROM parked WHERE aggregate_id = $1 ORDER BY aggregate_version", account
        )
    version, state = tuple(mark) if mark else (0, "flowing")
    return Stand(version, state, {row["aggregate_version"]: row["state"] for row in rows})


async def test_a_hole_stops_its_key_and_closes_by_itself_when_the_missing_version_comes(
    inbox: Inbox, bank: Database
) -> None:
    await inbox.take([*deposits(1, 3)])
    await inbox.take([*deposits(4), *deposits(1, account="b")])

    before = await bookings(bank)
    await inbox.take(deposits(2))

    assert before == [("a", 1, 1), ("b", 1, 1)]
    assert await applied(bank) == [1, 2, 3, 4]
    assert await stand(bank) == (4, "flowing", {})


async def test_a_parked_version_that_comes_again_with_the_missing_one_is_applied_once(
    inbox: Inbox, bank: Database, parking: Parking
) -> None:
    await inbox.take(deposits(1, 2, 3, 5))

    await inbox.take(deposits(4, 5))
    await inbox.take(deposits(6))

    assert await applied(bank) == [1, 2, 3, 4, 5, 6]
    assert await stand(bank) == (6, "flowing", {})
    with pytest.raises(NotParked):
        await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="nothing is left")


async def test_a_parked_version_that_comes_again_behind_a_bad_one_queues_and_is_not_overtaken(
    inbox: Inbox, bank: Database, ledger: Ledger, parking: Parking
) -> None:
    ledger.refuse = {4}
    await inbox.take(deposits(1, 2, 3, 5))
    await inbox.take(deposits(4))
    await inbox.take(deposits(5, 6))

    before = await stand(bank)
    ledger.refuse = set()
    await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="mended")
    await inbox.take(deposits(7))

    assert before == (6, "held", {4: "bad", 5: "waiting", 6: "waiting"})
    assert await applied(bank) == [1, 2, 3, 4, 5, 6, 7]
    assert await stand(bank) == (7, "flowing", {})


async def test_a_gap_that_was_filled_before_its_key_is_held_leaves_nothing_that_was_applied_parked(
    inbox: Inbox, bank: Database, ledger: Ledger, parking: Parking
) -> None:
    ledger.refuse, ledger.names_refused = {6}, True
    await inbox.take(deposits(1, 2, 3, 5))

    await inbox.take(deposits(4, 5, 6))

    assert await stand(bank) == (6, "held", {6: "bad"})
    ledger.refuse = set()
    await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="mended")
    assert await applied(bank) == [1, 2, 3, 4, 5, 6]


async def test_a_version_that_one_batch_brings_too_early_and_again_in_its_place_queues(
    inbox: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.refuse, ledger.names_refused = {2}, True

    await inbox.take(deposits(1, 3, 2, 3))

    assert await stand(bank) == (3, "held", {2: "bad", 3: "waiting"})


async def test_giving_up_what_is_missing_never_moves_a_mark_back(
    inbox: Inbox, bank: Database, parking: Parking
) -> None:
    await inbox.take(deposits(1, 2, 3, 6))
    await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="4 and 5 are lost")
    await inbox.take(deposits(4))

    await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="5 is lost")
    await parking.skip("bank.ledger", TOPIC, "a", by="op-2", reason="agreed")
    await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="go on")
    await inbox.take(deposits(5, 6, 7))

    assert await applied(bank) == [1, 2, 3, 4, 6, 7]
    assert await stand(bank) == (7, "flowing", {})


async def test_a_key_that_its_own_batch_puts_on_hold_is_not_released_by_it(
    inbox: Inbox, bank: Database, ledger: Ledger
) -> None:
    ledger.refuse, ledger.names_refused = {5}, True
    await inbox.take(deposits(1, 2, 3, 6))
    ledger.batches.clear()

    await inbox.take([*deposits(4, 5), *deposits(1, account="b")])

    assert await stand(bank) == (5, "held", {5: "bad", 6: "hole"})
    assert await bookings(bank) == [*(("a", n, n) for n in (1, 2, 3, 4)), ("b", 1, 1)]
    assert len(ledger.batches) == 2, "the whole batch, and the batch without the refused event"


@pytest.mark.parametrize("cause", ["refused", "named", "broken", "malformed"])
async def test_when_a_parked_event_fails_as_its_gap_closes_it_is_held_and_not_the_one_that_came(
    inbox: Inbox, bank: Database, ledger: Ledger, parking: Parking, cause: str
) -> None:
    malformed = record_of(b'{"amount": "many"}', "a", 6, topic=TOPIC, kind="Deposited")
    sixth = [malformed] if cause == "malformed" else deposits(6)
    ledger.names_refused = cause == "named"
    await inbox.take([*deposits(1, 2, 3, 5), *sixth, *deposits(7, 9)])
    (ledger.broken if cause == "broken" else ledger.refuse).add(6)

    await inbox.take([*deposits(4), *deposits(1, account="b")])

    assert await applied(bank) == [1, 2, 3, 4, 5]
    assert await applied(bank, "b") == [1]
    assert await stand(bank) == (7, "held", {6: "bad", 7: "waiting", 9: "hole"})


async def test_a_handler_that_speaks_may_do_so_for_what_came_and_for_what_waited_behind_it(bank: Database) -> None:
    reactions = Reactions()

    @reactions.consume("bank.echo")
    async def echo(tx: Transaction, events: list[Deposited]) -> None:
        await outbox.add(tx, "echo", *(Renamed(name=str(event.amount)) for event in events))

    inbox = Inbox(next(iter(reactions)), bank)
    await inbox.take(deposits(1, 3))

    await inbox.take(deposits(2))

    async with bank.reading() as tx:
        said = await tx.fetch("SELECT aggregate_version, body FROM outbox ORDER BY id")
    assert [tuple(row) for row in said] == [(n, b'{"name":"%d"}' % n) for n in (1, 2, 3)]


async def test_a_skip_that_was_asked_for_is_forgotten_when_the_gap_closes(
    inbox: Inbox, bank: Database, ledger: Ledger, parking: Parking
) -> None:
    await inbox.take(deposits(1, 3))
    await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="2 is lost")
    ledger.refuse = {3}

    await inbox.take(deposits(2))
    agreed = await parking.skip("bank.ledger", TOPIC, "a", by="op-2", reason="I mean version 3 itself")

    assert not agreed, "the first asked to give up 2 and not 3"
    assert await stand(bank) == (3, "held", {3: "bad"})
