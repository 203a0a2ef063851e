"""The connection pool and the only two ways to use it: `transaction()` to change things, `reading()` to look."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from ieum.database.failures import is_away

_ACQUIRE_SECONDS = 10.0
_STATEMENT_SECONDS = 30.0
_IDLE_IN_TRANSACTION_SECONDS = 60.0
_KNOCK_SECONDS = 3.0
"""How long one waits for a server that was away. Everybody else waits for what that one finds, and on a line that hangs
it is better to knock again."""
_LEFT_ALONE = (0.2, 0.4)
"""Seconds for which a server that was not reached is left alone; at random, so that processes do not meet there."""


class LeftAlone(ConnectionError):
    """The database could not be reached a moment ago: it is left alone for now, and asked again in a moment."""


class TransactionEnded(RuntimeError):
    """The block that opened the transaction has been left: nothing can be read or written in it any more."""


class _Ended:
    """In the place of a connection that has gone back to the pool, where another may use it by now."""

    def is_in_transaction(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        raise TransactionEnded(TransactionEnded.__doc__)


class Transaction:
    """An open transaction. It only exists between BEGIN and COMMIT, so whoever holds one may write.

    The methods are asyncpg's own. After the commit the hooks of `after_commit` run; after a rollback they do not.
    """

    __slots__ = ("__weakref__", "_hooks", "connection", "database")

    def __init__(self, database: "Database", connection: Any) -> None:
        self.database = database
        self.connection = connection
        self._hooks: dict[Callable[[], None], None] = {}

    @property
    def is_open(self) -> bool:
        """False once the block that opened it has been left."""
        return bool(self.connection.is_in_transaction())

    def after_commit(self, hook: Callable[[], None]) -> None:
        """Run `hook` once after the commit; the same hook given twice runs once."""
        self._hooks[hook] = None

    async def fetch(self, query: str, *args: Any) -> list[asyncpg.Record]:
        """All rows."""
        rows: list[asyncpg.Record] = await self.connection.fetch(query, *args)
        return rows

    async def fetchrow(self, query: str, *args: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        row: asyncpg.Record | None = await self.connection.fetchrow(query, *args)
        return row

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first column of the first row, or None."""
        return await self.connection.fetchval(query, *args)

    async def execute(self, query: str, *args: Any) -> str:
        """The command tag, such as `INSERT 0 1`."""
        tag: str = await self.connection.execute(query, *args)
        return tag

    async def executemany(self, query: str, args: Iterable[Sequence[Any]]) -> None:
        """One statement for many argument rows; prefer one statement over `unnest`."""
        await self.connection.executemany(query, args)

    async def copy_records_to_table(
        self, table: str, *, records: Iterable[Sequence[Any]], columns: Sequence[str]
    ) -> str:
        """COPY rows into a table of the service's own schema."""
        tag: str = await self.connection.copy_records_to_table(table, records=records, columns=list(columns))
        return tag

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails inside is undone; what came before in the transaction stays."""
        async with self.connection.transaction():
            yield


class Database:
    """A service's own schema in PostgreSQL.

    Every wait has an end: acquiring a connection, connecting, a statement, a lock, and a transaction left idle.
    The server's own limits are set per connection, so that they hold when this process hangs or is stopped.
    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str | None = None,
        application: str = "ieum",
        min_size: int = 1,
        max_size: int = 10,
        lock_timeout: float = 10.0,
        statement_timeout: float = _STATEMENT_SECONDS,
    ) -> None:
        """Timeouts in seconds. `schema` becomes the search path; None keeps the role's own."""
        self.dsn = dsn
        self.schema = schema
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._failing = False
        self._one_tries = False
        self._not_before = 0.0
        server = {
            "application_name": application,
            "statement_timeout": f"{int(statement_timeout * 1000)}",
            "lock_timeout": f"{int(lock_timeout * 1000)}",
            "idle_in_transaction_session_timeout": f"{int(_IDLE_IN_TRANSACTION_SECONDS * 1000)}",
            "synchronous_commit": "on",
            "timezone": "UTC",
            # A dead peer is noticed in half a minute and not in two hours.
            "tcp_keepalives_idle": "15",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        }
        if schema:
            server["search_path"] = schema
        self._options: dict[str, Any] = {
            "min_size": min_size,
            "max_size": max_size,
            "timeout": 10.0,
            "command_timeout": statement_timeout + 5.0,
            "max_inactive_connection_lifetime": 60.0,
            "target_session_attrs": "read-write",
            "server_settings": server,
        }

    async def open(self) -> None:
        """Connect. Raises what asyncpg raises when the server cannot be reached."""
        self._pool = await asyncpg.create_pool(self.dsn, **self._options)

    async def close(self) -> None:
        """Give connections ten seconds to come back, then cut them."""
        if self._pool is None:
            return
        pool, self._pool = self._pool, None
        try:
            async with asyncio.timeout(10):
                await pool.close()
        except TimeoutError:
            pool.terminate()

    async def ping(self, timeout: float = 2.0) -> None:
        """Raise unless the database answers a query in time."""
        async with asyncio.timeout(timeout), self.reading() as tx:
            await tx.fetchval("SELECT 1")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction, committed when the block ends well and rolled back when it raises."""
        async with self.connection() as connection:
            tx = Transaction(self, connection)
            async with connection.transaction():
                yield tx
            for hook in tx._hooks:
                hook()
            tx.connection = _Ended()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """One read-only snapshot: every query in the block sees the same state."""
        async with self.connection() as connection:
            tx = Transaction(self, connection)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield tx
            tx.connection = _Ended()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A bare connection, for what must outlive a transaction (session locks). Services use the two above."""
        if self._pool is None:
            raise asyncpg.InterfaceError("the database is not open")
        pool = self._pool
        connection = await self._acquire(pool)
        try:
            yield connection
        finally:
            await pool.release(connection)

    async def _acquire(self, pool: "asyncpg.Pool[asyncpg.Record]") -> Any:
        """A connection of the pool. Raises LeftAlone, and what asyncpg raises.

        Each request, batch and worker would knock at a server that is away, and at the moment of its return all of
        them at once. So after a failure one of them tries, now and then, and the others are told what it found.
        """
        if not self._failing or pool.get_idle_size():
            return await self._tried(pool, _ACQUIRE_SECONDS)
        if self._one_tries or time.monotonic() < self._not_before:
            raise LeftAlone
        self._one_tries = True
        try:
            return await self._tried(pool, _KNOCK_SECONDS)
        finally:
            self._one_tries = False

    async def _tried(self, pool: "asyncpg.Pool[asyncpg.Record]", seconds: float) -> Any:
        try:
            connection = await pool.acquire(timeout=seconds)
        except Exception as failure:
            if is_away(failure):
                self._failing = True
                self._not_before = time.monotonic() + random.uniform(*_LEFT_ALONE)  # noqa: S311 -- no secret
            raise
        self._failing = False
        return connection
