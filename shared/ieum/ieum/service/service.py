"""A service as one object: settings, database, HTTP application, messaging, workers, and how they start and stop.

HTTP answers from the first second. What is not there yet (PostgreSQL, Kafka) is waited for and named in `/readyz`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from fastapi import APIRouter, FastAPI

from ieum.database import Database, MigrationsPending, pending_migrations
from ieum.database.failures import is_away
from ieum.http.app import create_app
from ieum.http.errors import ProblemPage
from ieum.http.writing import sweep_idempotency
from ieum.messaging import Messaging, Reaction, Reactions, Topics, asyncapi
from ieum.messaging.failures import Backoff
from ieum.messaging.parking import Parking
from ieum.service.operations import operations_routes
from ieum.service.settings import ServiceSettings
from ieum.service.versions import version_routes
from ieum.service.workers import Worker, keep_running
from ieum.telemetry import log
from ieum.telemetry.failures import reason_of

# Messaging and workers stop side by side: what a worker has in hand (a letter at the mail server) may take as long as a
# batch. With the requests' own time before it, it all stays under ten seconds.
STOP_SECONDS = 5.0
_CLOSE_DATABASE_SECONDS = 1.5


class NotReady(Exception):
    """Part of the service is not ready."""


class Service:
    """Everything one service process is made of. Nothing is connected before `run` or `opened`.

    `migrations` is the folder of the service's own SQL files; the kit's tables come before them. `workers` are
    coroutines that get the service; each is started again with growing pauses when it fails, and done when it returns.
    `problem_page` may render problems as web pages.
    """

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        *,
        routers: Sequence[APIRouter] = (),
        reactions: Iterable[Reactions] = (),
        migrations: Path | None = None,
        workers: Sequence[Worker["Service"]] = (),
        version: str = "1.0.0",
        problem_page: ProblemPage | None = None,
    ) -> None:
        self.name = name
        self.settings = settings
        self.version = version
        self.reactions: list[Reaction] = [reaction for part in reactions for reaction in part]
        self.migrations = (migrations,) if migrations else ()
        self.workers = tuple(workers)
        self.fatal: str | None = None
        """Why the service cannot run at all, in one sentence; None while it can."""
        self._database = self._make_database()
        self._messaging = self._make_messaging()
        self._phase = "starting"
        self._on_fatal: Callable[[], None] = lambda: None
        if self._messaging:
            parking = Parking(self.database, self.reactions)
            routers = [
                *routers,
                operations_routes(name, version, self._messaging, parking),
                version_routes(self.database),
            ]
        self.http: FastAPI = create_app(
            name,
            version=version,
            identity_key=settings.identity_key,
            database=self._database,
            routers=routers,
            checks=self._checks(),
            asyncapi=self.asyncapi if self._messaging else None,
            lifespan=self._lifespan,
            problem_page=problem_page,
        )

    @property
    def database(self) -> Database:
        """The service's database. Raises RuntimeError where the settings name none."""
        if self._database is None:
            raise RuntimeError(f"{self.name} has no DATABASE_URL")
        return self._database

    @property
    def messaging(self) -> Messaging | None:
        """The running messaging; None where the settings name no Kafka."""
        return self._messaging

    def asyncapi(self) -> dict[str, Any]:
        """The AsyncAPI document: what this service tells and hears."""
        topics = Topics.from_file(self.settings.topics_file)
        return asyncapi.document(self.name, self.version, asyncapi.sent_by(self.name, topics), self.reactions, topics)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Service"]:
        """The database open and nothing else running: for commands and tests."""
        if self._database:
            await self._database.open()
        self._phase = "ready"
        try:
            yield self
        finally:
            if self._database:
                await self._database.close()

    async def insist_on_schema(self) -> None:
        """Raise MigrationsPending when the database is older than this release."""
        database = self.database
        look = partial(pending_migrations, database.dsn, *self.migrations, schema=database.schema)
        if names := await asyncio.to_thread(look):
            raise MigrationsPending(names)

    def when_fatal(self, stop: Callable[[], None]) -> None:
        """What to call when the service finds that it cannot run at all."""
        self._on_fatal = stop

    def close_streams(self) -> None:
        """End event streams, so that a shutdown need not wait for clients to leave."""
        self.http.state.closing.set()

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Start in the background, so that `/livez` and `/readyz` answer while PostgreSQL or Kafka are awaited."""
        running = asyncio.create_task(self._run(), name=f"{self.name}-run")
        try:
            yield
        finally:
            self.close_streams()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            log.info("stopped")

    async def _run(self) -> None:
        try:
            if self._database:
                await self._await_database(self._database)
            self._phase = "ready"
            log.info("started", reactions=len(self.reactions), workers=len(self.workers))
            await self._work()
        except asyncio.CancelledError:
            raise
        except Exception as failure:  # noqa: BLE001 -- whatever it is, the process must end and say why
            self._give_up(failure)
        finally:
            if self._database:
                await _within(_CLOSE_DATABASE_SECONDS, "database", self._database.close())

    async def _await_database(self, database: Database) -> None:
        """Wait for PostgreSQL as long as it takes, then insist on the schema of this release."""
        backoff, attempt = Backoff(first=0.2, ceiling=3.0), 0
        while True:
            try:
                await database.open()
                await self.insist_on_schema()
                return
            except Exception as failure:
                # psycopg reads the schema's version.
                if not (is_away(failure) or isinstance(failure, psycopg.OperationalError)):
                    raise
                await database.close()
                attempt += 1
                self._phase = "waiting for PostgreSQL"
                log.warning("waiting_for_database", attempt=attempt, reason=reason_of(failure))
                await asyncio.sleep(backoff.pause(attempt))

    async def _work(self) -> None:
        """Messaging and workers, until cancelled."""
        workers = [keep_running(worker.__name__, partial(worker, self)) for worker in self.workers]
        if self._database:
            workers.append(keep_running("sweep_idempotency", partial(sweep_idempotency, self._database)))
        tasks = [asyncio.create_task(worker) for worker in workers]
        try:
            if self._messaging:
                await self._messaging.start()
            await asyncio.Event().wait()
        finally:
            for task in tasks:
                task.cancel()
            stopping = [_within(STOP_SECONDS, "workers", asyncio.wait(tasks))] if tasks else []
            if self._messaging:
                stopping.append(_within(STOP_SECONDS, "messaging", self._messaging.stop()))
            await asyncio.gather(*stopping)

    def _give_up(self, failure: Exception) -> None:
        self.fatal = self._phase = reason_of(failure)
        log.critical("cannot_run", reason=self.fatal, exc_info=failure)
        self._on_fatal()

    def _make_database(self) -> Database | None:
        settings = self.settings
        if not settings.database_url:
            return None
        return Database(
            settings.database_url,
            schema=settings.database_schema,
            application=self.name,
            max_size=settings.database_pool_size,
        )

    def _make_messaging(self) -> Messaging | None:
        settings = self.settings
        bootstrap = settings.kafka_bootstrap
        if not bootstrap or self._database is None:
            if self.reactions and bootstrap:
                raise ValueError(f"{self.name} has reactions and therefore needs DATABASE_URL")
            return None
        topics = Topics.from_file(self.settings.topics_file)
        return Messaging(self.name, self._database, self.reactions, topics, bootstrap, member=settings.instance)

    def _checks(self) -> dict[str, Callable[[], Awaitable[dict[str, Any] | None]]]:
        checks: dict[str, Callable[[], Awaitable[dict[str, Any] | None]]] = {"service": self._check_phase}
        if self._database:
            checks["database"] = self._check_database
        if self._messaging:
            checks["messaging"] = self._check_messaging
        return checks

    async def _check_phase(self) -> None:
        if self._phase != "ready":
            raise NotReady(self._phase)

    async def _check_database(self) -> None:
        await self.database.ping()

    async def _check_messaging(self) -> None:
        problems = self._messaging.problems() if self._messaging else {}
        if problems:
            raise NotReady("; ".join(f"{part}: {reason}" for part, reason in sorted(problems.items())))


async def _within(seconds: float, what: str, stopping: Awaitable[object]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping
    except TimeoutError:
        log.warning("stopped_late", part=what, seconds=seconds)
