"""One JSON line per entry, whoever wrote it, with the ids at work and never a payload."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from pydantic import BaseModel, ValidationError

from ieum.telemetry import configure_logging, continue_trace, log, log_context
from ieum.telemetry.failures import describe_failure

SECRET = "홍길동 010-1234-5678"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    configure_logging("notes", "INFO")
    yield
    configure_logging("test")


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_entry_is_one_json_line_with_service_time_level_and_ids(capsys: pytest.CaptureFixture[str]) -> None:
    with log_context(request_id="r-1"), log_context(event_id="e-1"):
        log.info("notes_imported", count=3)

    (line,) = _lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "notes_imported",
        "count": 3,
        "level": "info",
        "service": "notes",
        "request_id": "r-1",
        "event_id": "e-1",
    }


def test_an_entry_inside_a_trace_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    with continue_trace(TRACEPARENT, "applying"):
        log.info("applied")

    (line,) = _lines(capsys)
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def test_libraries_are_logged_the_same_way_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").warning("slow: %d ms", 7)

    (line,) = _lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("slow: 7 ms", "some.library", "warning")


def test_of_a_librarys_entry_only_the_head_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").error("Task failed\nfuture: <%s>", SECRET)
    logging.getLogger("some.library").error("x" * 10_000)

    first, second = _lines(capsys)
    assert first["event"] == "Task failed"
    assert len(second["event"]) == 300


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_what_the_kit_says_itself_is_not_said_again_by_libraries(
    capsys: pytest.CaptureFixture[str], level: int
) -> None:
    for name in ("aiokafka.consumer", "faststream", "httpx", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).log(level, "as expected")

    assert _lines(capsys) == []


def test_below_the_level_nothing_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log.debug("detail")

    assert _lines(capsys) == []


class _Person(BaseModel):
    age: int


def _failures() -> list[Exception]:
    found: list[Exception] = [ValueError(SECRET), KeyError(SECRET), asyncpg.UniqueViolationError(SECRET)]
    try:
        _Person.model_validate({"age": SECRET})
    except ValidationError as failure:
        found.append(failure)
    try:
        raise RuntimeError("outer") from ValueError(SECRET)
    except RuntimeError as failure:
        found.append(failure)
    found.append(ExceptionGroup("several", [ValueError(SECRET)]))
    return found


@pytest.mark.parametrize("failure", _failures(), ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("logger", [log, logging.getLogger("some.library")])
def test_the_text_of_a_failure_is_not_logged(
    capsys: pytest.CaptureFixture[str], logger: Any, failure: Exception
) -> None:
    try:
        raise failure
    except Exception:
        logger.exception("failed")

    printed = capsys.readouterr().out
    assert SECRET not in printed
    assert "010-1234" not in printed
    assert json.loads(printed)["failure"]["type"].endswith(type(failure).__name__)


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "[Errno 111] Connection refused"),
        (AttributeError("'NoneType' object has no attribute 'x'"), "'NoneType' object has no attribute 'x'"),
    ],
)
def test_the_text_of_a_failure_that_speaks_of_code_or_connections_is_logged(failure: Exception, text: str) -> None:
    assert describe_failure(failure)["text"] == text


def test_a_failure_is_told_with_its_place_and_its_cause() -> None:
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner
    except ValueError as failure:
        told = describe_failure(failure)

    assert told["frames"][-1].endswith("test_a_failure_is_told_with_its_place_and_its_cause")
    assert told["cause"]["type"] == "KeyError"
