"""The figures of an outage see what is wrong: a latency that stays, a storm, an answer that says nothing."""

import pytest

from .commands import Attempt
from .outage_figures import Command, Look, heard_since, is_unclear, knocking, usual_since


def commands(since: float, until: float, seconds: float) -> list[Command]:
    """Ten a second."""
    return [Command(since + n / 10, seconds) for n in range(int((until - since) * 10))]


def test_latency_is_usual_again_from_the_first_ten_seconds_that_are() -> None:
    known = [*commands(100, 107, 2.0), *commands(107, 120, 0.05)]

    assert usual_since(known, [], 100, 120, 0.2, 25) == 107


def test_a_command_without_an_answer_counts_with_its_age() -> None:
    known = commands(100, 111, 0.05)

    assert usual_since(known, [], 100, 111, 0.2, 25) == 100
    assert usual_since(known, [100.8, 100.9], 100, 111, 0.2, 25) == 101


def test_hardly_any_commands_are_no_proof() -> None:
    assert usual_since(commands(100, 102, 0.05), [], 100, 111, 0.2, 25) is None


def test_hearing_is_as_before_when_no_more_wait_than_then() -> None:
    looks = [Look(1, 1, {}, 0, 0), Look(2, 1, {}, 0, None), Look(3, 1, {}, 0, 40), Look(4, 1, {}, 2, 1)]

    assert heard_since(looks, 2, 3) == 4
    assert heard_since(looks, 2, 2) is None


def test_the_busiest_way_is_a_process_of_its_own_or_shared_by_all() -> None:
    looks = [Look(at, 1, {"a": 2, "b": 10 * at}) for at in (1, 2)]

    own, shared = knocking(looks, ["a", "b"], 0, 2), knocking(looks, ["a", "b"], 0, 2, processes=4)

    assert (own.mean, own.most) == (8.5, 20.0)
    assert (shared.mean, shared.most) == (4.2, 5.5)


@pytest.mark.parametrize(
    ("attempt", "unclear"),
    [
        (Attempt(0, 0, "s", 503, "urn:ieum:problem:database-unavailable", "2"), False),
        (Attempt(0, 0, "s", 503, "urn:ieum:problem:database-unavailable"), True),
        (Attempt(0, 0, "s", 500, "urn:ieum:problem:internal-error", "2"), True),
        (Attempt(0, 0, "s", 409, "urn:ieum:problem:conflict"), False),
        (Attempt(0, 0, "s"), False),
    ],
)
def test_a_clear_refusal_says_when_to_come_again(attempt: Attempt, unclear: bool) -> None:
    assert is_unclear(attempt) == unclear
