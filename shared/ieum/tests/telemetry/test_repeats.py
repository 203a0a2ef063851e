"""A problem that goes on says so once in a while with a count, and hides nothing else."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from ieum.telemetry import configure_logging, log, log_context
from ieum.telemetry.repeats import QUIET_SECONDS, OncePerProblem


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    configure_logging("notes", "INFO")
    yield
    configure_logging("test")


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


class _Problems:
    """A filter with a clock of its own, given one foreign warning after the other."""

    def __init__(self) -> None:
        self.now = 0.0
        self.filter = OncePerProblem(clock=lambda: self.now)

    def warns(self, message: str, *args: object, name: str = "aiokafka") -> int | None:
        """How often the same was left out before, or None when this one is left out."""
        record = logging.LogRecord(name, logging.WARNING, "", 0, message, args, None)
        return getattr(record, "repeated", 0) if self.filter.filter(record) else None


def test_the_same_problem_is_said_again_only_after_a_while_with_how_often_it_was_left_out() -> None:
    problems = _Problems()

    first = [problems.warns("Unable connect to node with id %s", node) for node in range(3)]
    problems.now = QUIET_SECONDS
    later = [problems.warns("Unable connect to node with id %s", node) for node in range(2)]

    assert (first, later) == ([0, None, None], [2, None])


def test_numbers_and_addresses_make_no_problem_a_new_one_but_words_do() -> None:
    problems = _Problems()

    said = [
        problems.warns(text)
        for text in (
            "Heartbeat 1 failed",
            "Heartbeat 22 failed",
            "Unclosed <x at 0x7f1>",
            "Unclosed <x at 0xabc>",
            "Gone",
        )
    ]

    assert said == [0, None, 0, None, 0]
    assert problems.warns("Gone", name="kafka") == 0


def test_thousands_of_lines_of_a_library_become_one(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(2_000):
        logging.getLogger("aiokafka.conn").error("Unable connect to %s: %s", f"host-{number}", "refused")

    (line,) = _lines(capsys)
    assert (line["level"], line["logger"]) == ("error", "aiokafka.conn")


def test_our_own_problems_are_one_for_each_whom_they_concern(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(50):
        for consumer in ("notes.index", "notes.mail"):
            with log_context(request_id=f"r-{number}"):
                log.warning("batch_given_back", consumer=consumer, reason="Kafka is away", attempt=number)
                log.info("offsets_not_shown", consumer=consumer, reason="KafkaError")

    assert [(line["event"], line["consumer"]) for line in _lines(capsys)] == [
        ("batch_given_back", "notes.index"),
        ("offsets_not_shown", "notes.index"),
        ("batch_given_back", "notes.mail"),
        ("offsets_not_shown", "notes.mail"),
    ]


def test_what_is_no_problem_and_what_concerns_single_events_and_requests_is_never_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in range(3):
        log.info("request", route="/", status=200, milliseconds=1)
        log.error("event_failed", event_id=f"e-{number}", reason="ValueError")
        log.error("request_failed", route="/", request_id=f"r-{number}")

    assert len(_lines(capsys)) == 9


def test_a_line_says_how_many_like_it_were_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, QUIET_SECONDS + 1, QUIET_SECONDS + 1]
    monkeypatch.setattr("ieum.telemetry.repeats.monotonic", lambda: moments.pop(0))
    configure_logging("notes", "INFO")

    for _ in range(4):
        log.warning("peer_unavailable", peer="other")
        logging.getLogger("aiokafka").warning("No brokers")

    assert [(line["event"], line.get("repeated")) for line in _lines(capsys)] == [
        ("peer_unavailable", None),
        ("No brokers", None),
        ("peer_unavailable", 2),
        ("No brokers", 2),
    ]


def test_only_so_many_problems_are_kept_in_mind() -> None:
    problems = _Problems()

    for number in range(5_000):
        problems.warns(f"problem {'x' * number}")

    assert len(problems.filter) <= 1_000
