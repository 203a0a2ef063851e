"""Which failures mean that the database is away for now: waiting may mend them, and nobody's request is at fault."""

import socket

import asyncpg

DATABASE_AWAY: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidCachedStatementError,
    ConnectionError,
    socket.gaierror,
)
"""Connections, shortages, shutdowns, statements and locks that took too long, deadlocks, plans made before a migration.

See `is_away`.
"""


# InterfaceError is also asyncpg's word for misuse, which its text tells apart. InternalClientError is what a connection
# says that the server has just ended and whose end has not been read yet.
_SAYS_AWAY: dict[type[Exception], tuple[str, ...]] = {
    asyncpg.InterfaceError: ("connection", "closed", "closing", "not open"),
    asyncpg.InternalClientError: ("cannot switch to state", "not connected"),
}


def is_away(problem: BaseException) -> bool:
    """Whether waiting can mend it."""
    for kind, words in _SAYS_AWAY.items():
        if isinstance(problem, kind):
            return any(word in str(problem) for word in words)
    return isinstance(problem, DATABASE_AWAY)
