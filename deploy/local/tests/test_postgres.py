"""The local PostgreSQL: starts, crashes, recovers, and never gives its data to two."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from ieum_local.failure import LocalFailure
from ieum_local.postgres import LocalPostgres


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LocalPostgres]:
    postgres = LocalPostgres(tmp_path / "pg", fsync=False)
    await postgres.start()
    yield postgres
    await postgres.stop("immediate")


async def remember(server: LocalPostgres) -> None:
    connection = await asyncpg.connect(server.dsn())
    await connection.execute("CREATE TABLE memory AS SELECT 42 AS answer")
    await connection.close()


async def recall(server: LocalPostgres) -> int:
    connection = await server.connect()
    answer: int = await connection.fetchval("SELECT answer FROM memory")
    await connection.close()
    return answer


async def test_data_and_port_survive_a_stop(server: LocalPostgres) -> None:
    await remember(server)
    port = server.port

    await server.stop()
    await server.start()

    assert await recall(server) == 42
    assert server.port == port


async def test_data_survive_kill_9(server: LocalPostgres) -> None:
    await remember(server)

    await server.kill()
    await server.start()

    assert await recall(server) == 42


async def test_it_never_runs_as_root(server: LocalPostgres) -> None:
    assert server.child is not None

    account = psutil.Process(server.child.pid).uids().real

    assert account != 0
    assert account == os.geteuid() or os.geteuid() == 0


async def test_tcp_asks_for_the_password(server: LocalPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn(password="wrong"))


async def test_a_taken_port_is_given_up_for_another(tmp_path: Path, server: LocalPostgres) -> None:
    second = LocalPostgres(tmp_path / "second", port=server.port, fsync=False)

    async with second:
        assert second.port != server.port


async def test_one_folder_serves_one_owner(server: LocalPostgres) -> None:
    second = LocalPostgres(server.folder, fsync=False)

    with pytest.raises(LocalFailure, match="another process already runs"):
        await second.start()

    assert server.running


async def test_a_stale_pid_file_is_cleared_away(server: LocalPostgres) -> None:
    await server.stop()
    # The number of a living process that is no PostgreSQL: our own.
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")

    await server.start()

    assert server.running


async def test_a_half_made_data_folder_is_made_anew(tmp_path: Path) -> None:
    half_made = tmp_path / "pg" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18")

    async with LocalPostgres(tmp_path / "pg", fsync=False) as server:
        assert server.running


async def test_a_folder_with_a_long_path_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / ("longer" * 10)

    async with LocalPostgres(deep, fsync=False) as server:
        await remember(server)

        assert await recall(server) == 42
        assert deep not in server.socket_folder.parents


async def test_a_wrong_setting_is_reported_with_the_servers_own_words(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "pg", fsync=False, settings={"shared_buffers": "a lot"})

    with pytest.raises(LocalFailure, match="invalid value for parameter"):
        await server.start()

    assert not server.running
