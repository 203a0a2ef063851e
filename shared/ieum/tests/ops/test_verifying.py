"""Who is named as a consumer and has never heard anything is behind, and late once it has been waited for."""

from ieum.ops.oracle import Agreement, Consumer, Effects, check_consumer, check_effects, history
from ieum.ops.reading import Accounts
from ieum.ops.verifying import expect_hearers

from .test_oracle import WELL, T

KINDS = frozenset({"Deposited"})


def accounts(*, effects: str | None = None, agreement: str | None = None, heard: Consumer | None = None) -> Accounts:
    """Accounts of a bank whose effects, or whose agreement, name this consumer."""
    return Accounts(
        {},
        {heard.name: heard} if heard else {},
        [Effects("bookings", "bank", KINDS, "event", {}, effects)] if effects else [],
        [Agreement("amounts", {}, {}, T, "bank", agreement)] if agreement else [],
    )


def behind(found: Accounts, consumer: str) -> int:
    published = history(WELL)
    expect_hearers(found, published)
    return check_consumer(found.consumers[consumer], published)[1]


def test_a_consumer_that_has_never_heard_anything_is_behind_by_everything() -> None:
    assert behind(accounts(effects="bank.misspelt"), "bank.misspelt") == 4
    assert behind(accounts(agreement="bank.misspelt"), "bank.misspelt") == 4


def test_a_consumer_that_has_never_heard_one_of_its_topics_is_behind_there() -> None:
    elsewhere = Consumer("bank.ledger", frozenset({"bank.branch.v1"}))

    assert behind(accounts(effects="bank.ledger", heard=elsewhere), "bank.ledger") == 4


def test_nothing_is_expected_of_events_that_nobody_published() -> None:
    found = accounts(effects="bank.ledger")

    expect_hearers(found, history([]))

    assert check_consumer(found.consumers["bank.ledger"], history([])) == ([], 0)
    assert check_effects(found.effects[0], history([]), found.consumers["bank.ledger"]) == []
