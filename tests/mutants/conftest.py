"""A bank per run, on the one broker and the one PostgreSQL of the test run."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import uuid4

import asyncpg
import psycopg
import pytest

from ieum.testing.plugin import database_url

from .bank import Bank, prepare
from .catalogue import MUTANTS, SCENARIOS
from .kit import Kit
from .results import Results

Opening = Callable[[Kit], AbstractAsyncContextManager[Bank]]


@pytest.fixture(scope="session")
def bank_template(postgres_server: str) -> str:
    """A database with both services' tables, to make copies of."""
    name = f"bank_{uuid4().hex[:8]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    prepare(database_url(postgres_server, name))
    return name


@pytest.fixture
def opening(postgres_server: str, kafka_bootstrap: str, bank_template: str) -> Opening:
    """Open a new bank under a kit; its database is dropped afterwards."""

    @asynccontextmanager
    async def open_bank(kit: Kit) -> AsyncIterator[Bank]:
        run = uuid4().hex[:8]
        name = f"mutant_{run}"
        admin = await asyncpg.connect(postgres_server)
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{bank_template}" STRATEGY file_copy')
        bank = Bank(database_url(postgres_server, name), kafka_bootstrap, run, kit)
        try:
            await bank.found()
            await bank.open()
            with kit.patched():
                yield bank
        finally:
            await bank.close()
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            await admin.close()

    return open_bank


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config) -> Iterator[Results]:
    """What every run showed; in the end it is printed, and written where all mutants were tried."""
    found = Results(pytestconfig.rootpath / "build" / "mutants.json")
    yield found
    if len(found.mutants) == len(MUTANTS) and len(found.sound) == len(SCENARIOS):
        found.sort(mutant.name for mutant in MUTANTS)
        found.write()
        capture = pytestconfig.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n{found.table()}\n")
