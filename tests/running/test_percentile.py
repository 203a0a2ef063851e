"""The 99th percentile is a wait that somebody had."""

from .percentile import p99


def test_it_is_the_longest_wait_but_for_one_in_a_hundred() -> None:
    assert p99([*[0.1] * 99, 5.0]) == 0.1
    assert p99([*[0.1] * 98, 5.0, 5.0]) == 5.0


def test_nothing_has_no_p99_to_be_proud_of() -> None:
    assert p99([]) == float("inf")
