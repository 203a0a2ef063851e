"""Which failures mean that the database is away for now: waiting may mend them, and nobody's request is at fault."""

import errno
import socket

import asyncpg

MAY_MEAN_AWAY: tuple[type[Exception], ...] = (
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
    OSError,
)
"""For those who register handlers by type. Whoever gets one of these still asks `is_away`: some also mean misuse."""

# What the network says in a plain OSError. None: several addresses were tried, and each said something else.
_NETWORK = {None, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}

# InterfaceError is also asyncpg's word for misuse, which its text tells apart. InternalClientError is what a connection
# says that the server has just ended and whose end has not been read yet.
_SAYS_AWAY: dict[type[Exception], tuple[str, ...]] = {
    asyncpg.InterfaceError: ("connection", "closed", "closing", "not open"),
    asyncpg.InternalClientError: ("cannot switch to state", "not connected"),
}


def is_away(problem: BaseException) -> bool:
    """Whether waiting can mend it: connections, shortages, shutdowns, what took too long, deadlocks.

    The one answer to this question; a list of exception types cannot give it.
    """
    if isinstance(problem, OSError):
        return _is_of_network(problem)
    if isinstance(problem, asyncpg.InterfaceError) and type(problem) is not asyncpg.InterfaceError:
        # Its subclasses say what the caller did wrong, and quote it: a value may be the word `closed`.
        return False
    for kind, words in _SAYS_AWAY.items():
        if isinstance(problem, kind):
            return any(word in str(problem) for word in words)
    return isinstance(problem, MAY_MEAN_AWAY)


def _is_of_network(problem: OSError) -> bool:
    if isinstance(problem, ConnectionError | TimeoutError | socket.gaierror):
        return True
    if isinstance(problem, FileNotFoundError):
        # A socket in the file system is gone with its server; a file that is missing has a name.
        return problem.filename is None
    return type(problem) is OSError and problem.errno in _NETWORK
