"""Which failures mean that the database is away for now: waiting may mend them, and nobody's request is at fault."""

import socket

import asyncpg

DATABASE_AWAY: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    ConnectionError,
    socket.gaierror,
)
"""Connections, shortages, shutdowns, statements and locks that took too long, deadlocks. See `is_away`."""


def is_away(problem: BaseException) -> bool:
    """Whether waiting can mend it. `InterfaceError` is also asyncpg's word for misuse, which its text tells apart."""
    if isinstance(problem, asyncpg.InterfaceError):
        return any(word in str(problem) for word in ("connection", "closed", "closing", "not open"))
    return isinstance(problem, DATABASE_AWAY)
