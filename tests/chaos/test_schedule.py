"""The schedule is a pure function of seed and length, and fits what it promises."""

from collections import Counter
from itertools import pairwise

import pytest

from .schedule import FAILPOINTS, KINDS, SERVICES, schedule

SEEDS = range(30)


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_seed_gives_the_same_schedule_again(seed: int) -> None:
    first, again = schedule(seed, 600), schedule(seed, 600)

    assert first == again


def test_another_seed_gives_another_schedule() -> None:
    assert len({tuple(schedule(seed, 120)) for seed in SEEDS}) == len(SEEDS)


def test_thirty_minutes_hold_three_hundred_faults_and_the_short_run_twenty_five_of_six_kinds() -> None:
    for seed in SEEDS:
        short = schedule(seed, 125)

        assert len(schedule(seed, 1_800)) >= 300
        assert len(short) >= 25
        assert len({fault.kind for fault in short}) >= 6


def test_every_fault_begins_and_ends_within_the_run_in_order() -> None:
    for seed in SEEDS:
        faults = schedule(seed, 300)

        assert [fault.number for fault in faults] == list(range(1, len(faults) + 1))
        assert [fault.at for fault in faults] == sorted(fault.at for fault in faults)
        assert all(0 < fault.at <= fault.until <= 300 for fault in faults)


def test_all_kinds_come_and_the_frequent_ones_more_often() -> None:
    counts = Counter(fault.kind for seed in SEEDS for fault in schedule(seed, 600))

    assert counts.keys() == {kind.name for kind in KINDS}
    assert counts["kill"] > counts["postgres-crash"] > 0


def test_two_brokers_are_never_away_at_once() -> None:
    for seed in SEEDS:
        brokers = [fault for fault in schedule(seed, 600) if fault.kind.startswith("broker-")]

        assert all(first.until < second.at for first, second in pairwise(brokers))


def test_failpoints_are_set_only_where_processes_come_by() -> None:
    met = {(fault.detail, fault.target) for seed in SEEDS for fault in schedule(seed, 600) if fault.kind == "failpoint"}

    assert met == {(name, service) for name, services in FAILPOINTS.items() for service in services}
    assert {service for _, service in met} == set(SERVICES)
