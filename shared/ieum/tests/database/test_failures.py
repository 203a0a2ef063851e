"""A database that is away is waited for; a database used wrongly is a bug and is not."""

import errno
import gzip
import socket

import asyncpg
import pytest

from ieum.database import Database
from ieum.database.failures import is_away


@pytest.mark.parametrize(
    "problem",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        OSError(errno.EHOSTUNREACH, "No route to host"),
        OSError("Multiple exceptions: [Errno 111] …, [Errno 113] …"),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
        socket.gaierror("no such host"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.TooManyConnectionsError("too many"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.QueryCanceledError("statement timeout"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.LockNotAvailableError("lock timeout"),
        asyncpg.ReadOnlySQLTransactionError("the standby was promoted elsewhere"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.InternalClientError('cannot switch to state 15; protocol is in the "failed" state'),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_what_waiting_can_mend_is_away(problem: Exception) -> None:
    assert is_away(problem)


@pytest.mark.parametrize(
    "problem",
    [
        ValueError("connection"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "vacancies.csv"),
        PermissionError(errno.EACCES, "Permission denied", "vacancies.csv"),
        OSError(errno.ENOSPC, "No space left on device"),
        gzip.BadGzipFile("Not a gzipped file"),
        asyncpg.UniqueViolationError("taken"),
        asyncpg.DataError("out of range"),
        asyncpg.UndefinedTableError("no such table"),
        asyncpg.InvalidPasswordError("wrong"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        asyncpg.exceptions._base.DataError("invalid input for query argument $3: 'closed' (an integer is required)"),
        asyncpg.exceptions._base.UnsupportedClientFeatureError("the connection cannot do this"),
        asyncpg.InternalClientError("unexpected number of columns"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_what_waiting_cannot_mend_is_not(problem: Exception) -> None:
    assert not is_away(problem)


async def test_a_database_that_nobody_opened_is_away() -> None:
    with pytest.raises(asyncpg.InterfaceError) as caught:
        async with Database("postgresql://127.0.0.1:9/nowhere").transaction():
            pass

    assert is_away(caught.value)


async def test_a_value_of_the_wrong_type_is_a_bug_whatever_it_quotes(database: Database) -> None:
    with pytest.raises(asyncpg.DataError, match="closed") as caught:
        async with database.transaction() as tx:
            await tx.fetchval("SELECT $1::int", "closed")

    assert not is_away(caught.value)


async def test_a_plan_from_before_a_migration_passes_when_it_is_tried_again(database: Database) -> None:
    async def look(write: str) -> None:
        async with database.transaction() as tx:
            await tx.execute(write)
            await tx.fetch("SELECT * FROM thing")

    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE thing (n integer)")
    await look("INSERT INTO thing VALUES (1)")
    async with database.transaction() as tx:
        await tx.execute("ALTER TABLE thing ADD COLUMN name text")

    with pytest.raises(asyncpg.InvalidCachedStatementError) as caught:
        await look("INSERT INTO thing VALUES (2)")
    await look("INSERT INTO thing VALUES (3)")

    assert is_away(caught.value)
