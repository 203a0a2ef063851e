"""A service as a process: it migrates, serves, runs its own commands, and stops when told to."""

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from ieum.service.main import allow_open_files
from ieum.testing import eventually
from ieum.testing.plugin import database_url

PROGRAM = Path(__file__).parent / "pad.py"
KEY = "a-key-for-tests-of-32-bytes-or-more"


@pytest.fixture
async def empty_database(postgres_server: str) -> AsyncIterator[str]:
    """A database that nobody has migrated."""
    name = f"test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(postgres_server)
    await admin.execute(f'CREATE DATABASE "{name}"')
    yield database_url(postgres_server, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


def _environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {**kept, "IDENTITY_KEY": KEY, "PYTHONUNBUFFERED": "1", **changes}


def _run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        env=_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def _serving(**environment: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), "serve"],
        env=_environment(HTTP_PORT=str(port), **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate(timeout=10)


async def _ready(client: httpx.AsyncClient) -> None:
    async def ready() -> bool:
        return (await client.get("/readyz")).status_code == 200

    await eventually("the service is ready", ready, within=60, every=0.1)


async def _in_flight(client: httpx.AsyncClient, requests: int) -> bool:
    """Whether so many requests are being answered, the one that asks included."""
    return f"http_requests_in_flight {requests}.0" in (await client.get("/metrics")).text


def test_migrate_brings_an_empty_database_to_this_release_and_repeats_harmlessly(empty_database: str) -> None:
    first = _run("migrate", DATABASE_URL=empty_database)
    second = _run("migrate", DATABASE_URL=empty_database)

    assert (first.returncode, second.returncode) == (0, 0)
    assert '"0001_pad"' in first.stdout
    assert '"applied": []' in second.stdout


def test_a_service_refuses_an_older_schema_and_says_what_to_do(empty_database: str) -> None:
    ended = _run("serve", DATABASE_URL=empty_database, HTTP_PORT="0")

    assert ended.returncode == 1
    assert "run `python -m <service> migrate` first" in ended.stdout
    assert "0001_pad" in ended.stdout


def test_a_command_of_the_service_gets_its_arguments_an_open_database_and_returns_its_exit_code(
    empty_database: str,
) -> None:
    _run("migrate", DATABASE_URL=empty_database)

    ended = _run("greet", "world", DATABASE_URL=empty_database, GREETING="welcome")

    assert (ended.stdout.splitlines()[-1], ended.returncode) == ("welcome world 0", 3)


def test_what_is_loaded_is_kept_from_the_collector(empty_database: str) -> None:
    _run("migrate", DATABASE_URL=empty_database)

    said = _run("collector", DATABASE_URL=empty_database)

    assert (said.returncode, said.stdout) == (0, "True True\n")


async def test_sigterm_ends_streams_lets_requests_finish_and_exits_0_in_time(empty_database: str) -> None:
    _run("migrate", DATABASE_URL=empty_database)
    with _serving(DATABASE_URL=empty_database) as (process, address):
        async with httpx.AsyncClient(base_url=address, timeout=15) as client:
            await _ready(client)
            async with client.stream("GET", "/stream") as stream:
                lines = stream.aiter_lines()
                assert await anext(lines) == ": connected"
                slow = asyncio.create_task(client.get("/slow"))
                await eventually("three requests are in flight", lambda: _in_flight(client, 3))
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                rest = [line async for line in lines]
                answer = await slow
        code = process.wait(timeout=15)

    assert "data: hello" in rest
    assert answer.json() == {"finished": True}
    assert code == 0
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("command", [["migrate"], ["greet", "world"]])
def test_a_command_that_cannot_reach_the_database_says_so_in_one_line_and_exits_1(command: list[str]) -> None:
    ended = _run(*command, DATABASE_URL="postgresql://pad:hidden@127.0.0.1:9/pad")

    assert ended.returncode == 1
    assert '"event": "cannot_run"' in ended.stdout
    assert "127.0.0.1" in json.loads(ended.stdout.splitlines()[-1])["reason"]
    assert "Traceback" not in ended.stderr
    assert "hidden" not in ended.stdout + ended.stderr


def test_a_command_on_an_older_schema_says_what_to_do(empty_database: str) -> None:
    ended = _run("greet", "world", DATABASE_URL=empty_database)

    assert ended.returncode == 1
    assert "run `python -m <service> migrate` first" in ended.stdout


@pytest.mark.parametrize("key", ["", "short-secret"])
def test_settings_that_cannot_be_used_are_named_without_their_values(key: str) -> None:
    ended = _run("serve", IDENTITY_KEY=key)

    assert ended.returncode == 2
    assert "IDENTITY_KEY" in ended.stderr
    assert "short-secret" not in ended.stdout + ended.stderr


def test_a_process_takes_the_open_files_it_is_allowed() -> None:
    kept = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, kept[1]))

    try:
        allow_open_files()
        taken, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, kept)

    assert taken == min(65_536, kept[1])
