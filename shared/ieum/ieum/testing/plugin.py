"""The pytest plugin: `pytest_plugins = ["ieum.testing.plugin"]` in the root conftest.

`IEUM_TEST_RUNTIME=containers|local` chooses where PostgreSQL and Kafka come from; without it, containers if a Docker
engine answers, else local processes.
"""

import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import asyncpg
import psycopg
import pytest

from ieum.database import Database, apply_migrations
from ieum.messaging import Reaction, Topics
from ieum.telemetry import configure_logging
from ieum.testing.discovery import Example, examples_of, reactions_of, service_of
from ieum.testing.retelling import Retelling
from ieum.testing.runtime import Runtime, choose_runtime

pytest_plugins = ["ieum.testing.client"]


def pytest_configure() -> None:
    """Log as in production, so that a test sees what an operator would, and payloads stay out of its output too.

    Ctrl-C and SIGTERM end a run alike.
    """
    configure_logging("test")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    """End the run, in which fixtures take down the servers that they started.

    A second signal does not break that off: the terminal sends one to everybody, `make test` another to its runs.
    """
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


@pytest.fixture(scope="session")
async def test_runtime() -> AsyncIterator[Runtime]:
    """PostgreSQL and Kafka of this test run, each started when first asked for."""
    runtime = choose_runtime()
    yield runtime
    await runtime.stop()


@pytest.fixture(scope="session")
async def postgres_server(test_runtime: Runtime) -> str:
    """The superuser's address of a real PostgreSQL; tests make databases of their own in it."""
    return await test_runtime.postgres()


@pytest.fixture(scope="session")
async def kafka_bootstrap(test_runtime: Runtime) -> str:
    """The address of a real Kafka broker."""
    return await test_runtime.kafka()


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> Callable[[tuple[Path, ...]], str]:
    """Name of a database to clone from, migrated once per set of migration folders."""
    made: dict[tuple[Path, ...], str] = {}

    def template(folders: tuple[Path, ...]) -> str:
        if folders not in made:
            name = f"template_{uuid4().hex[:12]}"
            _admin(postgres_server, f'CREATE DATABASE "{name}"')
            apply_migrations(database_url(postgres_server, name), *folders)
            made[folders] = name
        return made[folders]

    return template


@pytest.fixture
def migrations(request: pytest.FixtureRequest) -> tuple[Path, ...]:
    """The migrations of the service whose tests these are; none outside services/."""
    for folder in request.path.parents:
        if (folder / "migrations").is_dir():
            return (folder / "migrations",)
    return ()


@pytest.fixture
async def database_address(
    postgres_server: str, migrated_template: Callable[[tuple[Path, ...]], str], migrations: tuple[Path, ...]
) -> AsyncIterator[str]:
    """A database of this test's own, migrated, dropped afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    template = migrated_template(migrations)
    admin = await asyncpg.connect(postgres_server)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        yield database_url(postgres_server, name)
    finally:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.close()


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    """An open Database on this test's own database."""
    opened = Database(database_address, application="test")
    await opened.open()
    yield opened
    await opened.close()


def database_url(server: str, name: str) -> str:
    """The server's address with another database name."""
    head, _, query = server.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


def _admin(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def topics(pytestconfig: pytest.Config) -> Topics:
    """The topics file of this checkout."""
    return Topics.from_file(pytestconfig.rootpath / "deploy" / "topics.yaml")


@pytest.fixture
def service_name(request: pytest.FixtureRequest) -> str:
    """The service in whose folder the test lies."""
    name = service_of(request.path)
    if name is None:
        raise LookupError(f"{request.path} is not in a service's folder")
    return name


@pytest.fixture
def examples(reaction: Reaction, pytestconfig: pytest.Config) -> list[Example]:
    """The producers' examples of what the reaction hears."""
    return examples_of(reaction, pytestconfig.rootpath / "shared" / "contracts")


@pytest.fixture
async def retelling(
    service_name: str, database: Database, topics: Topics, kafka_bootstrap: str
) -> AsyncIterator[Retelling]:
    """The service's one consumer that can be rebuilt, at work on topics of this test's own."""
    (reaction,) = (one for one in reactions_of(service_name) if one.derived)
    async with Retelling(reaction, database, topics, kafka_bootstrap).running() as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `reaction` once for every reaction of its service."""
    if "reaction" not in metafunc.fixturenames:
        return
    service = service_of(Path(metafunc.definition.path))
    reactions = reactions_of(service) if service else []
    metafunc.parametrize("reaction", reactions, ids=[reaction.consumer for reaction in reactions])
