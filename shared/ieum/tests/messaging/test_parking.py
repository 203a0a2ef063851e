"""An operator can see what is parked, try a release, do it, and skip only together with a second person."""

import pytest

from ieum.database import Database
from ieum.messaging import rebuilding_store
from ieum.messaging.failures import Backoff
from ieum.messaging.inbox import Inbox
from ieum.messaging.parking import NotParked, Parking, SecondPersonNeeded
from ieum.messaging.parking_store import left_out
from ieum.testing import record_of

from .conftest import TOPIC, Deposited, Ledger, bookings


@pytest.fixture
async def parking(bank: Database, ledger: Ledger) -> Parking:
    """Account `a` is held at version 2, with 3 and 4 behind it."""
    ledger.refuse = {2}
    inbox = Inbox(ledger.reaction, bank, backoff=Backoff(first=0.001, ceiling=0.002))
    await inbox.take([record_of(Deposited(amount=v), "a", v) for v in range(1, 5)])
    return Parking(bank, [ledger.reaction])


async def _left_out(bank: Database) -> set[tuple[str, int]]:
    async with bank.reading() as tx:
        return {(aggregate_id, version) for _, aggregate_id, version in await left_out(tx, "bank.ledger")}


async def test_what_is_parked_and_what_waits_behind_it_is_left_out_so_far(parking: Parking, bank: Database) -> None:
    await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="asked for and not yet agreed to")

    assert await _left_out(bank) == {("a", 2), ("a", 3), ("a", 4)}


async def test_it_shows_which_aggregate_is_stuck_why_and_what_waits(parking: Parking) -> None:
    ((_, key),) = await parking.stuck()
    events, _ = await parking.events("bank.ledger", TOPIC, "a")

    assert (key.aggregate_id, key.state, key.reason, key.events) == ("a", "bad", "Rejected: amount is refused", 3)
    assert [(event.version, event.state, event.body) for event in events] == [
        (2, "bad", {"amount": 2}),
        (3, "waiting", {"amount": 3}),
        (4, "waiting", {"amount": 4}),
    ]


async def test_a_preview_tells_what_a_release_would_do_and_does_nothing(
    parking: Parking, bank: Database, ledger: Ledger
) -> None:
    refused = await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="try", preview=True)
    ledger.refuse = set()
    possible = await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="try", preview=True)

    assert refused.problem == "Rejected: amount is refused"
    assert (possible.applied, possible.problem) == (3, None)
    assert await bookings(bank) == [("a", 1, 1)]


async def test_a_release_applies_in_order_and_keeps_who_and_why(
    parking: Parking, bank: Database, ledger: Ledger
) -> None:
    ledger.refuse = set()

    outcome = await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="rule mended")

    assert outcome.applied == 3
    assert await bookings(bank) == [("a", 1, 1), ("a", 2, 2), ("a", 3, 3), ("a", 4, 4)]
    async with bank.reading() as tx:
        kept = await tx.fetchrow("SELECT decision, reason, decided_by, aggregate_version FROM parked_decision")
    assert tuple(kept) == ("replay", "rule mended", "op-1", 2)
    with pytest.raises(NotParked):
        await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="again")


async def test_a_skip_needs_two_persons_and_the_rest_is_released_afterwards(parking: Parking, bank: Database) -> None:
    asked = await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="a test deposit")
    with pytest.raises(SecondPersonNeeded):
        await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="a test deposit")
    done = await parking.skip("bank.ledger", TOPIC, "a", by="op-2", reason="agreed")
    await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="the rest")

    assert (asked, done) == (False, True)
    assert await bookings(bank) == [("a", 1, 1), ("a", 3, 3), ("a", 4, 4)]
    assert await parking.stuck() == []
    assert await _left_out(bank) == {("a", 2)}


async def test_the_second_person_sees_who_asked_for_a_skip_and_why(parking: Parking) -> None:
    _, before = await parking.events("bank.ledger", TOPIC, "a")
    await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="a test deposit")
    _, asked = await parking.events("bank.ledger", TOPIC, "a")
    await parking.skip("bank.ledger", TOPIC, "a", by="op-2", reason="agreed")
    _, after = await parking.events("bank.ledger", TOPIC, "a")

    assert before is None
    assert asked is not None
    assert (asked.asked_by, asked.reason) == ("op-1", "a test deposit")
    assert after is None


async def test_an_aggregate_behind_a_hole_goes_on_once_two_persons_give_up_what_is_missing(
    bank: Database, ledger: Ledger
) -> None:
    inbox, parking = Inbox(ledger.reaction, bank), Parking(bank, [ledger.reaction])
    await inbox.take([record_of(Deposited(amount=v), "b", v) for v in (1, 4, 5)])

    await parking.skip("bank.ledger", TOPIC, "b", by="op-1", reason="2 and 3 are lost")
    await parking.skip("bank.ledger", TOPIC, "b", by="op-2", reason="agreed")
    await parking.release("bank.ledger", TOPIC, "b", by="op-1", reason="go on")
    await inbox.take([record_of(Deposited(amount=6), "b", 6)])

    assert [version for _, version, _ in await bookings(bank)] == [1, 4, 5, 6]
    assert await _left_out(bank) == {("b", 2), ("b", 3)}


async def test_a_release_whose_handler_cannot_find_something_says_so(parking: Parking, ledger: Ledger) -> None:
    ledger.lacks = {3}
    ledger.refuse = set()

    tried = await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="try", preview=True)
    refused = await parking.release("bank.ledger", TOPIC, "a", by="op-1", reason="do")

    assert (tried.applied, tried.problem, refused.problem) == (0, "KeyError", "KeyError")
    assert len((await parking.events("bank.ledger", TOPIC, "a"))[0]) == 3


async def _decisions(bank: Database) -> int:
    async with bank.reading() as tx:
        found: int = await tx.fetchval("SELECT count(*) FROM parked_decision")
    return found


@pytest.mark.parametrize("preview", [True, False])
async def test_a_release_behind_a_hole_says_what_is_missing_and_decides_nothing(
    bank: Database, ledger: Ledger, preview: bool
) -> None:
    inbox, parking = Inbox(ledger.reaction, bank), Parking(bank, [ledger.reaction])
    await inbox.take([record_of(Deposited(amount=v), "b", v) for v in (1, 3)])

    outcome = await parking.release("bank.ledger", TOPIC, "b", by="op-1", reason="go on", preview=preview)

    assert (outcome.applied, outcome.problem) == (0, "version 2 is missing")
    assert await _decisions(bank) == 0


async def test_a_request_to_give_up_what_is_missing_does_not_stand_in_the_way_of_a_later_one(
    bank: Database, ledger: Ledger
) -> None:
    inbox, parking = Inbox(ledger.reaction, bank), Parking(bank, [ledger.reaction])
    place = ("bank.ledger", TOPIC, "b")
    await inbox.take([record_of(Deposited(amount=v), "b", v) for v in (1, 7)])
    await parking.skip(*place, by="op-1", reason="2 to 6 are lost")
    await inbox.take([record_of(Deposited(amount=5), "b", 5)])

    asked = await parking.skip(*place, by="op-2", reason="2 to 4 are lost")
    done = await parking.skip(*place, by="op-1", reason="agreed")

    assert (asked, done) == (False, True)
    assert await _left_out(bank) == {("b", 2), ("b", 3), ("b", 4), ("b", 5), ("b", 7)}


async def test_a_request_that_a_closing_gap_has_settled_does_not_stand_in_the_way_of_a_later_one(
    bank: Database, ledger: Ledger
) -> None:
    inbox, parking = Inbox(ledger.reaction, bank), Parking(bank, [ledger.reaction])
    place = ("bank.ledger", TOPIC, "b")
    await inbox.take([record_of(Deposited(amount=v), "b", v) for v in (1, 3)])
    await parking.skip(*place, by="op-1", reason="2 is lost")
    await inbox.take([record_of(Deposited(amount=2), "b", 2)])
    ledger.refuse = {4}
    await inbox.take([record_of(Deposited(amount=4), "b", 4)])

    asked = await parking.skip(*place, by="op-1", reason="4 is a test")
    done = await parking.skip(*place, by="op-2", reason="agreed")

    assert (asked, done) == (False, True)
    assert await _left_out(bank) == {("b", 4)}


async def test_a_rebuild_forgets_what_only_one_person_asked_for(parking: Parking, bank: Database) -> None:
    await parking.skip("bank.ledger", TOPIC, "a", by="op-1", reason="asked for and not yet agreed to")

    async with bank.transaction() as tx:
        await rebuilding_store.forget(tx, "bank.ledger", [])

    assert await _decisions(bank) == 0
