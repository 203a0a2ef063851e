"""One JSON line per log entry, whoever wrote it: the project through structlog, libraries through stdlib logging.

A problem that goes on is said once in a while with a count (ieum.telemetry.repeats).
"""

import logging
import sys
from contextlib import AbstractContextManager
from typing import Any, Literal, TextIO, cast

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from ieum.telemetry.failures import describe_failure
from ieum.telemetry.repeats import OncePerProblem, count_repeats

log: FilteringBoundLogger = structlog.get_logger("ieum")
"""The logger of this project: `log.info("past_tense_name", count=3)`. Ids and counts only."""

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
"""From which a line is said."""

# Longer lines of libraries are cut: the head says what happened, a tail may quote a record.
_LONGEST_FOREIGN_LINE = 300
# Libraries that say at INFO what the kit already says, once per request, fetch or query.
_QUIET = ("aiokafka", "asyncio", "faststream", "httpcore", "httpx", "kafka", "uvicorn", "yoyo")


def log_context(**ids: Any) -> AbstractContextManager[None]:
    """Every line logged inside the block carries these ids."""
    return cast("AbstractContextManager[None]", structlog.contextvars.bound_contextvars(**ids))


def configure_logging(service: str, level: Level = "INFO") -> None:
    """Send everything logged in this process to standard output as JSON. A further call replaces the former one."""

    def name_service(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
        entry["service"] = service
        return entry

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_service,
        _add_trace,
        _explain_failure,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = _StandardOutput()
    handler.addFilter(OncePerProblem())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _cut_foreign_line, *shared],
            processors=[
                count_repeats,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        library = logging.getLogger(name)
        if library.handlers:
            library.handlers.clear()
        library.propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Writes to whatever standard output is when a line is written: it may be redirected after set-up."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """Standard output, looked up each time."""
        return sys.stdout

    @stream.setter
    def stream(self, _: TextIO) -> None:
        raise AttributeError("this handler always writes to standard output")


def _add_trace(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        entry["trace_id"] = f"{context.trace_id:032x}"
        entry["span_id"] = f"{context.span_id:016x}"
    return entry


def _explain_failure(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """Put the exception as data; see ieum.telemetry.failures for why its text is not kept."""
    raised = entry.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    failure = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(failure, BaseException):
        entry["failure"] = describe_failure(failure)
    return entry


def _cut_foreign_line(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """First line only: asyncio and FastStream add the task or the record below it."""
    entry["event"] = str(entry["event"]).partition("\n")[0][:_LONGEST_FOREIGN_LINE]
    return entry
