"""An exception as data for the log: type, place and cause. Its text only where it cannot quote a payload.

A unique violation quotes the row, a failed parse quotes the input, a validation error quotes the person. So the text of
an exception is kept only for kinds that speak of code and connections.
"""

import traceback
from pathlib import PurePath
from typing import Any

import asyncpg
import psycopg

# Kinds whose text names code, files and addresses.
_SPEAKS_OF_CODE: tuple[type[BaseException], ...] = (AttributeError, ImportError, NameError, OSError, TypeError)
# SQLSTATE classes that speak of connections, transactions, resources and SQL, never of rows.
_SQLSTATES_WITHOUT_ROWS = ("08", "25", "28", "3D", "40", "42", "53", "55", "57", "58")
_DEEPEST_FRAMES = 12


def describe_failure(failure: BaseException) -> dict[str, Any]:
    """`{"type", "text"?, "sqlstate"?, "constraint"?, "frames", "cause"?}`; a frame is `file:line function`."""
    kind = type(failure)
    told: dict[str, Any] = {
        "type": kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    }
    if isinstance(failure, asyncpg.PostgresError):
        told["sqlstate"] = failure.sqlstate
        if constraint := getattr(failure, "constraint_name", None):
            told["constraint"] = constraint
        if str(failure.sqlstate)[:2] in _SQLSTATES_WITHOUT_ROWS:
            told["text"] = str(getattr(failure, "message", "") or "")[:500]
    elif isinstance(failure, (*_SPEAKS_OF_CODE, psycopg.OperationalError)) or kind.__module__.startswith("ieum."):
        told["text"] = str(failure)[:500]
    told["frames"] = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(failure.__traceback__)[-_DEEPEST_FRAMES:]
    ]
    if isinstance(failure, BaseExceptionGroup):
        told["parts"] = [describe_failure(part) for part in failure.exceptions[:3]]
    cause = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    if cause is not None and cause is not failure:
        told["cause"] = describe_failure(cause)
    return told


def reason_of(failure: BaseException) -> str:
    """One line for people: the failure's text where it may be told, else its type."""
    told = describe_failure(failure)
    return str(told.get("text") or told["type"])


def _short(filename: str) -> str:
    """The last three parts of a path: enough to find the file, nothing about the machine."""
    return "/".join(PurePath(filename).parts[-3:])
