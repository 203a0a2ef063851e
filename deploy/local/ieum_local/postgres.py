"""A real PostgreSQL server as a child process, with its own data folder, socket and port.

Runs as an ordinary user and as root (the server itself then runs as `nobody`). What a killed run left behind, a server
still running or a stale pid file, is cleared away at the next start; a data folder is complete or not there.
"""

import asyncio
import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote

import asyncpg
import psutil

from ieum_local import ports, postgres_binaries
from ieum_local.children import Account, Child, Program, Stage
from ieum_local.commands import complete
from ieum_local.failure import LocalFailure
from ieum_local.folder_lock import FolderLock
from ieum_local.waiting import until

SUPERUSER = "postgres"
_SOCKET_PATH_LIMIT = 100  # bytes; the kernel takes 107, the file name in the folder is counted in

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "jit": "off",
}
# Gives up what a loss of power would take, never what a killed process would: synchronous_commit stays on.
_WITHOUT_DURABILITY = {"fsync": "off", "full_page_writes": "off"}

StopMode = Literal["smart", "fast", "immediate"]
_STOP_SIGNALS: dict[StopMode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}


def _account_for(folder: Path, binaries: Path) -> Account | None:
    """PostgreSQL refuses to run as root: whom it runs as instead, None where we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LocalFailure("PostgreSQL does not run as root, and there is no account `nobody` here") from None

    def closed(path: Path) -> bool:
        return any(not part.stat().st_mode & 0o001 for part in (path, *path.parents))

    return Account(nobody.pw_uid, nobody.pw_gid, keep_reading=closed(folder.resolve()) or closed(binaries.resolve()))


class LocalPostgres:
    """One PostgreSQL server in `folder`.

    `port`: preferred TCP port, another is found if it is taken. `fsync=False`: a loss of power may lose data (tests).
    `settings`: further server settings. TCP asks for passwords; the Unix socket lies in a folder only we can enter.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        fsync: bool = True,
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
        name: str = "postgres",
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = log or self.folder / "postgres.log"
        self.host = "127.0.0.1"
        self.port = port or 0
        self.name = name
        self.child: Child | None = None
        self._settings = {**_SETTINGS, **({} if fsync else _WITHOUT_DURABILITY), **(settings or {})}
        self._fsync = fsync
        self._password_file = self.folder / "superuser-password"
        self._account: Account | None = None
        self._lock = FolderLock(self.folder, "PostgreSQL")

    # -- addresses

    @property
    def socket_folder(self) -> Path:
        """Where the Unix socket lies: beside the data, or in the system's temporary folder if that path is too long."""
        beside = self.folder / "socket"
        if len(os.fsencode(beside)) < _SOCKET_PATH_LIMIT - len("/.s.PGSQL.65535"):
            return beside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"ieum-{os.geteuid()}-{digest}"

    @property
    def password(self) -> str:
        """The superuser's password, made when the data folder was."""
        return self._password_file.read_text()

    def dsn(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """A postgresql:// address over TCP; the superuser's unless `user` and `password` are given."""
        secret = password if password is not None else self.password
        return f"postgresql://{quote(user)}:{quote(secret)}@{self.host}:{self.port}/{quote(database)}"

    async def connect(self, database: str = "postgres") -> "asyncpg.Connection[asyncpg.Record]":
        """A superuser's connection over the Unix socket."""
        return await asyncpg.connect(
            host=str(self.socket_folder), port=self.port, user=SUPERUSER, database=database, timeout=5
        )

    # -- life

    @property
    def running(self) -> bool:
        """Whether the server process is there."""
        return self.child is not None and self.child.running

    async def start(self, *, seconds: float = 60) -> None:
        """Make the data folder if there is none, start the server and return when it answers a query."""
        if self.running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock.take()
        try:
            version = self.data / "PG_VERSION"
            major = int(version.read_text()) if version.exists() else None
            binaries = await asyncio.to_thread(postgres_binaries.find, major)
            self._account = _account_for(self.folder, binaries.folder)
            await asyncio.to_thread(self._clear_leftovers)
            if major is None:
                await self._make_data_folder(binaries.folder)
            self._prepare_socket_folder()
            self.port = ports.find(self.port or None)
            settings = {**self._settings, "port": str(self.port), "unix_socket_directories": str(self.socket_folder)}
            options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
            self.child = Child(
                Program(
                    self.name,
                    [binaries.folder / "postgres", "-D", self.data, *options],
                    log=self.log,
                    stage=Stage.DATABASE,
                    env={"LC_ALL": "C", "TZ": "UTC"},
                    stop_signal=signal.SIGINT,
                    grace=20,
                    account=self._account,
                )
            )
            await until(f"PostgreSQL to answer on port {self.port}", self._answers, seconds=seconds)
        except BaseException:
            await self.stop("immediate")
            raise

    async def _answers(self) -> bool:
        assert self.child is not None
        self.child.require_running()
        try:
            connection = await self.connect()
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    async def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server as `pg_ctl stop -m MODE` does; `immediate` is a crash that recovers at the next start."""
        if self.child is not None:
            await self.child.stop(_STOP_SIGNALS[mode])
        self._release()

    async def kill(self) -> None:
        """Kill -9 the server and all its backends."""
        if self.child is not None:
            await self.child.kill()
        self._release()

    def pause(self) -> None:
        """Freeze the server and its backends (SIGSTOP)."""
        if self.child is not None:
            self.child.pause()

    def resume(self) -> None:
        """Let the frozen server go on (SIGCONT)."""
        if self.child is not None:
            self.child.resume()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # -- the folder

    def _release(self) -> None:
        self.child = None
        self._lock.release()

    def _clear_leftovers(self) -> None:
        """End a server that outlived its runner; drop a pid file whose number may belong to anyone by now.

        Holding the lock, we know that no living runner owns this folder.
        """
        shutil.rmtree(self.folder / "data.new", ignore_errors=True)
        pid_file = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            ours = process.name() == "postgres" and str(self.data) in process.cmdline()
        except (OSError, ValueError, IndexError, psutil.Error):
            ours = False
        if ours:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(10)
            if process.is_running():
                process.kill()
                process.wait(5)
        pid_file.unlink(missing_ok=True)

    async def _make_data_folder(self, binaries: Path) -> None:
        fresh = self.folder / "data.new"
        fresh.mkdir(mode=0o700)
        if not self._password_file.exists():
            with os.fdopen(os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
        # initdb as `nobody` cannot read our 0600 file: it gets its own short-lived copy inside the new folder's parent.
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="pw-") as copy:
            copy.write(self.password)
            copy.flush()
            if self._account:
                os.chown(fresh, self._account.uid, self._account.gid)
                os.chown(copy.name, self._account.uid, self._account.gid)
            await complete(
                Program(
                    f"{self.name}-initdb",
                    [
                        binaries / "initdb",
                        *("-D", fresh, "-U", SUPERUSER, "--encoding=UTF8", "--no-locale"),
                        *("--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={copy.name}"),
                        *(() if self._fsync else ("--no-sync",)),
                    ],
                    log=self.log,
                    stage=Stage.DATABASE,
                    env={"LC_ALL": "C", "TZ": "UTC"},
                    account=self._account,
                ),
                seconds=120,
                failure="initdb failed",
            )
        os.replace(fresh, self.data)

    def _prepare_socket_folder(self) -> None:
        folder = self.socket_folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        if self._account:
            os.chown(folder, self._account.uid, self._account.gid)
