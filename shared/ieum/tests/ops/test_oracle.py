"""The oracle sees what it must see: each kind of loss, doubling and disorder, and stays silent where all is well."""

from collections.abc import Iterable

from ieum.ops.oracle import (
    Agreement,
    Consumer,
    Effects,
    Producer,
    Published,
    check_agreement,
    check_consumer,
    check_effects,
    check_producer,
    history,
)

T = "bank.account.v1"


def log(*records: tuple[str, int], partition: int = 0) -> list[Published]:
    return [
        Published(T, partition, n, name, version, f"{name}-{version}", "Deposited")
        for n, (name, version) in enumerate(records)
    ]


def kinds(findings: Iterable[object]) -> list[str]:
    return sorted({finding.kind for finding in findings})  # type: ignore[attr-defined]


WELL = log(("a", 1), ("b", 1), ("a", 2), ("a", 1), ("a", 3))
HEARD = Consumer("bank.ledger", frozenset({T}), {(T, "a"): (3, "flowing"), (T, "b"): (1, "flowing")})


def test_a_system_in_order_has_no_findings() -> None:
    published = history(WELL)
    producer = Producer("bank", {(T, "a"): 3, (T, "b"): 1})

    assert published.findings == []
    assert (published.events, published.repeats) == (4, 1)
    assert check_producer(producer, frozenset({T}), published) == []
    assert check_consumer(HEARD, published) == ([], 0)


def test_a_hole_in_a_topic_is_a_loss_and_an_older_version_after_a_newer_is_disorder() -> None:
    assert kinds(history(log(("a", 1), ("a", 3))).findings) == ["lost"]
    assert kinds(history(log(("a", 1), ("a", 3), ("a", 2))).findings) == ["reordered"]


def test_a_version_that_somebody_invented_is_one_finding_and_leaves_nobody_behind_for_ever() -> None:
    invented = history(log(("a", 1), ("a", 2), ("a", 10**12)))
    heard = Consumer("bank.ledger", frozenset({T}), {(T, "a"): (2, "gap")}, {(T, "a"): [10**12]})

    assert [finding.what for finding in invented.findings] == [
        "a: version 3 and 999,999,999,996 more, of 1,000,000,000,000"
    ]
    assert check_consumer(heard, invented) == ([], 0)


def test_two_events_under_one_version_are_a_fork() -> None:
    other = [Published(T, 0, 9, "a", 1, "somebody else", "Deposited")]

    assert "forked" in kinds(history(log(("a", 1)) + other).findings)


def test_an_aggregate_in_two_partitions_is_disorder() -> None:
    assert kinds(history(log(("a", 1)) + log(("a", 2), partition=1)).findings) == ["reordered"]


def test_what_was_said_and_is_nowhere_is_lost_and_what_waits_in_the_outbox_is_not() -> None:
    published = history(log(("a", 1)))

    assert kinds(check_producer(Producer("bank", {(T, "a"): 2}), frozenset({T}), published)) == ["lost"]
    assert check_producer(Producer("bank", {(T, "a"): 2}, {(T, "a"): [2]}), frozenset({T}), published) == []


def test_what_was_published_and_never_said_is_invented() -> None:
    assert kinds(check_producer(Producer("bank"), frozenset({T}), history(log(("a", 1))))) == ["invented"]


def test_a_consumer_that_has_not_heard_all_is_behind_and_one_that_heard_more_invents() -> None:
    published = history(WELL)
    late = Consumer("c", frozenset({T}), {(T, "a"): (1, "flowing")})
    ahead = Consumer("c", frozenset({T}), {(T, "a"): (4, "flowing"), (T, "b"): (1, "flowing")})

    assert check_consumer(late, published) == ([], 3)
    assert kinds(check_consumer(ahead, published)[0]) == ["invented"]


def test_a_parked_aggregate_must_say_so_and_a_flowing_one_has_nothing_parked() -> None:
    published = history(WELL)
    b = {(T, "b"): (1, "flowing")}

    assert kinds(check_consumer(Consumer("c", frozenset({T}), {(T, "a"): (3, "held"), **b}), published)[0]) == ["stuck"]
    flowing = Consumer("c", frozenset({T}), {(T, "a"): (3, "flowing"), **b}, {(T, "a"): [2]})
    assert kinds(check_consumer(flowing, published)[0]) == ["stuck"]
    held = Consumer("c", frozenset({T}), {(T, "a"): (3, "held"), **b}, {(T, "a"): [2, 3]})
    assert check_consumer(held, published) == ([], 0)


def test_effects_that_are_missing_doubled_or_out_of_nothing_are_found() -> None:
    published = history(WELL)

    def effects(held: dict[str, int]) -> list[str]:
        shown = Effects("bookings", "bank", frozenset({"Deposited"}), "event", held, "bank.ledger")
        return kinds(check_effects(shown, published, HEARD))

    whole = {"a-1": 1, "a-2": 1, "a-3": 1, "b-1": 1}
    assert effects(whole) == []
    assert effects(whole | {"a-2": 2}) == ["doubled"]
    assert effects({name: 1 for name in whole if name != "b-1"}) == ["lost"]
    assert effects(whole | {"c-1": 1}) == ["invented"]


def test_a_parked_event_owes_no_effect() -> None:
    published = history(log(("a", 1), ("a", 2)))
    consumer = Consumer("c", frozenset({T}), {(T, "a"): (2, "held")}, {(T, "a"): [2]})

    shown = Effects("bookings", "bank", frozenset({"Deposited"}), "event", {"a-1": 1}, "c")

    assert check_effects(shown, published, consumer) == []


def test_an_event_that_two_persons_left_out_owes_no_effect_and_has_none() -> None:
    published = history(log(("a", 1), ("a", 2), ("a", 3)))
    consumer = Consumer("c", frozenset({T}), {(T, "a"): (3, "flowing")}, left_out={(T, "a"): {2}})

    def effects(*held: str) -> list[str]:
        shown = Effects("bookings", "bank", frozenset({"Deposited"}), "event", dict.fromkeys(held, 1), "c")
        return kinds(check_effects(shown, published, consumer))

    assert check_consumer(consumer, published) == ([], 0)
    assert effects("a-1", "a-3") == []
    assert effects("a-1") == ["lost"]
    assert effects("a-1", "a-2", "a-3") == ["invented"]


def test_an_aggregate_of_which_something_was_left_out_may_have_its_effect_by_a_later_event() -> None:
    published = history(log(("a", 1), ("a", 2)))
    consumer = Consumer("c", frozenset({T}), {(T, "a"): (2, "flowing")}, left_out={(T, "a"): {1, 2}})

    def effects(held: dict[str, int]) -> list[str]:
        return kinds(
            check_effects(Effects("x", "bank", frozenset({"Deposited"}), "aggregate", held, "c"), published, consumer)
        )

    assert effects({}) == effects({"a": 1}) == []
    assert effects({"a": 2}) == ["doubled"]


def test_accounts_of_an_aggregate_of_which_something_was_left_out_are_not_compared() -> None:
    said = Producer("bank", {(T, "a"): 2})
    heard = Consumer("c", heard={(T, "a"): (2, "flowing")}, left_out={(T, "a"): {2}})

    assert check_agreement(Agreement("x", {"a": ("5",)}, {"a": ("4",)}, T, "bank", "c"), said, heard) == []


def test_effects_made_in_another_order_than_the_versions_are_found_where_the_order_is_known() -> None:
    published = history(WELL)

    def effects(held: list[str], in_order: bool = True) -> list[str]:
        shown = Effects("b", "bank", frozenset({"Deposited"}), "event", dict.fromkeys(held, 1), "bank.ledger", in_order)
        return kinds(check_effects(shown, published, HEARD))

    assert effects(["b-1", "a-1", "a-2", "a-3"]) == []
    assert effects(["a-1", "a-3", "b-1", "a-2"]) == ["reordered"]
    assert effects(["a-1", "a-3", "b-1", "a-2"], in_order=False) == []


def test_two_accounts_of_one_fact_that_differ_are_found() -> None:
    said = Producer("bank", {(T, "a"): 2})
    heard = Consumer("c", frozenset({T}), {(T, "a"): (2, "flowing")})

    def differ(facts: tuple[str, ...], shown: tuple[str, ...]) -> list[str]:
        return kinds(check_agreement(Agreement("x", {"a": facts}, {"a": shown}, T, "bank", "c"), said, heard))

    assert differ(("5", "7"), ("5", "7")) == []
    assert differ(("5", "7"), ("5",)) == ["lost"]
    assert differ(("5", "7"), ("5", "7", "7")) == ["doubled"]
    assert differ(("5", "7"), ("5", "7", "9")) == ["invented"]
    assert differ(("5", "7"), ("5", "8")) == ["diverged"]


def test_a_fact_that_was_never_said_is_lost_and_one_that_is_not_heard_yet_is_not() -> None:
    facts = Agreement("x", {"a": ("5",)}, {}, T, "bank", "c")

    assert kinds(check_agreement(facts, Producer("bank"), Consumer("c"))) == ["lost"]
    assert check_agreement(facts, Producer("bank", {(T, "a"): 1}), Consumer("c")) == []
    held = Consumer("c", heard={(T, "a"): (1, "held")})
    assert check_agreement(facts, Producer("bank", {(T, "a"): 1}), held) == []


def test_within_one_service_every_fact_counts_at_once() -> None:
    commands = {"c-1": ("done",), "c-2": ("done",)}

    assert check_agreement(Agreement("x", commands, dict(commands)), None, None) == []
    twice = Agreement("x", commands, commands | {"c-2": ("done", "done")})
    assert kinds(check_agreement(twice, None, None)) == ["doubled"]
