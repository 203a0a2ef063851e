"""Migrations: SQL files applied in order by yoyo, one runner at a time, never waiting long for a lock.

The kit's own tables come first, then the service's. A service refuses to start while any is pending.
"""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from yoyo import get_backend, read_migrations
from yoyo.migrations import MigrationList

KIT_MIGRATIONS = Path(__file__).parent / "migrations"
# One number for all runners of one database; any constant does, it only must not change.
LOCK = 492_001


class MigrationsPending(Exception):
    """The database schema is older than this release: run `python -m <service> migrate` first."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"{self.__class__.__doc__} Pending: {', '.join(names)}")
        self.names = names


def _yoyo_url(dsn: str, schema: str | None, lock_timeout: float) -> str:
    """The same database for yoyo's psycopg backend, with the search path and lock_timeout set."""
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query))
    options = [query.pop("options", ""), f"-c lock_timeout={int(lock_timeout * 1000)}"]
    if schema:
        options.append(f"-c search_path={schema}")
    query["options"] = " ".join(filter(None, options))
    return urlunsplit(("postgresql+psycopg", parts.netloc, parts.path, urlencode(query), ""))


def _all_migrations(folders: list[Path]) -> MigrationList:
    return read_migrations(*(str(folder) for folder in [KIT_MIGRATIONS, *folders]))


def pending_migrations(dsn: str, *folders: Path, schema: str | None = None) -> list[str]:
    """Names of the migrations not applied yet, in order."""
    backend = get_backend(_yoyo_url(dsn, schema, 10))
    try:
        return [migration.id for migration in backend.to_apply(_all_migrations(list(folders)))]
    finally:
        backend.connection.close()


def apply_migrations(dsn: str, *folders: Path, schema: str | None = None, lock_timeout: float = 10.0) -> list[str]:
    """Apply what is pending and return its names. Two runners at once are safe: the second waits for the first.

    `lock_timeout` (seconds) bounds how long a migration may wait for a table that is in use, so that it fails
    instead of queueing every other statement behind it. Raises psycopg's LockNotAvailable then.
    """
    with psycopg.connect(dsn, autocommit=True) as guard:
        guard.execute(f"SET lock_timeout = '{int(max(lock_timeout, 60) * 1000)}'")
        # Keyed by schema: services of one database migrate side by side.
        guard.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", (LOCK, schema or ""))
        backend = get_backend(_yoyo_url(dsn, schema, lock_timeout))
        try:
            todo = backend.to_apply(_all_migrations(list(folders)))
            names = [migration.id for migration in todo]
            backend.apply_migrations(todo)
        finally:
            backend.connection.close()
    return names
