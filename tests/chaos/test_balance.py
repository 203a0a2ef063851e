"""Clients go where there is little to do, and for a while not where they have just failed."""

import random
from collections import Counter

import pytest

from ..running.wire import Address
from .balance import Balance

A: Address = ("127.0.0.1", 1)
B: Address = ("127.0.0.1", 2)


@pytest.fixture
def balance() -> Balance:
    return Balance(random.Random(1))


def test_processes_with_as_much_to_do_share_the_requests(balance: Balance) -> None:
    chosen: Counter[Address] = Counter()
    for _ in range(400):
        address = balance.choose([A, B], 0.0)
        chosen[address] += 1
        balance.done(address)

    assert min(chosen.values()) > 150


def test_a_process_that_answers_nothing_gets_few(balance: Balance) -> None:
    held = 0
    for _ in range(100):
        address = balance.choose([A, B], 0.0)
        if address == A:
            held += 1
        else:
            balance.done(address)

    assert held == 1


def test_a_process_that_failed_is_left_alone_for_a_second_and_then_tried_again(balance: Balance) -> None:
    balance.failed(A, 10.0)

    assert {balance.choose([A, B], 10.5) for _ in range(20)} == {B}
    assert balance.choose([A, B], 11.0) == A


def test_where_all_have_failed_somebody_is_asked_all_the_same(balance: Balance) -> None:
    balance.failed(A, 10.0)
    balance.failed(B, 10.0)

    assert {balance.choose([A, B], 10.5) for _ in range(20)} == {A, B}
