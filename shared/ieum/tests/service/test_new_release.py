"""A new release with a further column and a further field in its event takes over under load, and nothing is lost."""

import asyncio
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from ieum.http.identity import Caller, bearer, issue
from ieum.messaging import Topics
from ieum.messaging.provision import provision
from ieum.testing import eventually

from .test_process import KEY, empty_database

__all__ = ["empty_database"]  # a fixture

PROGRAM = Path(__file__).parent / "tally" / "tally.py"
VOTERS = 6

_TOPICS = """
topics:
  tally.voter.v1: {owner: tally, key: voter, partitions: 4, retention_ms: -1}
"""


class Tally:
    """Both releases of the service on one database and one topic, and people who vote all the time."""

    def __init__(self, database: str, bootstrap: str, topics_file: Path) -> None:
        self.database = database
        self._environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
            "IDENTITY_KEY": KEY,
            "DATABASE_URL": database,
            "KAFKA_BOOTSTRAP": bootstrap,
            "TOPICS_FILE": str(topics_file),
        }
        self.addresses: list[str] = []
        self.acknowledged: dict[str, list[int]] = {f"voter-{n}": [] for n in range(VOTERS)}
        self.answers: set[int] = set()
        self.closing = asyncio.Event()

    @property
    def count(self) -> int:
        """Votes acknowledged so far."""
        return sum(map(len, self.acknowledged.values()))

    async def command(self, release: str, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run `tally.py …`; what it printed. It must end with one of the exit codes."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(PROGRAM), *arguments),
            env={**self._environment, "RELEASE": release},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await asyncio.wait_for(process.communicate(), 400)
        assert process.returncode in codes, printed.decode()
        return printed.decode()

    async def serve(self, stack: ExitStack, release: str) -> "subprocess.Popen[bytes]":
        """A process of this release, ready and voted at."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(  # noqa: ASYNC220 -- it outlives the call
            [sys.executable, str(PROGRAM), "serve"],
            env={**self._environment, "RELEASE": release, "HTTP_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        stack.callback(process.wait, 10)
        stack.callback(process.kill)
        address = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:

            async def ready() -> bool:
                return (await client.get(f"{address}/readyz")).status_code == 200

            await eventually(f"the {release} release to be ready", ready, within=300, every=0.1)
        self.addresses.append(address)
        return process

    async def vote(self, voter: str) -> None:
        """One vote after the other, each repeated until it is acknowledged, at whichever process answers."""
        headers = dict(bearer(issue(KEY, Caller(person_id=voter, role="voter"))))
        async with httpx.AsyncClient(headers=headers, timeout=20) as client:
            for choice in itertools.count():
                if self.closing.is_set():
                    return
                key, tries = {"Idempotency-Key": str(uuid4())}, itertools.count(choice)
                while True:
                    address = self.addresses[next(tries) % len(self.addresses)]
                    try:
                        answer = await client.post(
                            f"{address}/voters/{voter}/votes", json={"choice": choice}, headers=key
                        )
                    except httpx.TransportError:
                        await asyncio.sleep(0.05)  # it has just gone: another process has the next try
                        continue
                    self.answers.add(answer.status_code)
                    if answer.status_code == 201:
                        break
                    await asyncio.sleep(0.05)
                self.acknowledged[voter].append(choice)

    async def more(self, votes: int) -> None:
        """Wait for so many more acknowledged votes."""
        goal = self.count + votes
        await eventually(f"{goal} votes", lambda: self.count >= goal, within=180)

    async def rows(self, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()


@pytest.fixture
async def tally(empty_database: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Tally]:
    topics_file = tmp_path / "topics.yaml"
    topics_file.write_text(_TOPICS)
    await provision(kafka_bootstrap, Topics.from_file(topics_file))
    yield Tally(empty_database, kafka_bootstrap, topics_file)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.delete_topics(["tally.voter.v1"])
    await admin.close()


async def test_a_release_with_a_further_column_and_field_takes_over_under_load_and_loses_nothing(tally: Tally) -> None:
    await tally.command("first", "migrate")
    with ExitStack() as stack:
        old = await tally.serve(stack, "first")
        voting = [asyncio.create_task(tally.vote(voter)) for voter in tally.acknowledged]
        await tally.more(60)

        await tally.command("second", "migrate")
        await tally.more(60)
        await tally.serve(stack, "second")
        await tally.more(60)
        tally.addresses.pop(0)
        old.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(old.wait, 30)
        said_by_both = tally.count
        await tally.more(60)
        tally.closing.set()
        await asyncio.gather(*voting)

        booked = await eventually("all votes booked", _all(tally), within=180)
        # 1, where the old release has booked votes of the new one: their channels are a difference.
        rebuilt = await tally.command("second", "rebuild", codes=(0, 1))

    assert code == 0
    assert tally.answers <= {201, 503}
    assert booked == tally.acknowledged
    versions = await tally.rows("SELECT array_agg(version ORDER BY nth) AS found FROM vote GROUP BY voter")
    assert all(row["found"] == list(range(1, len(row["found"]) + 1)) for row in versions)
    assert await tally.rows("SELECT FROM parked") == []
    # Whatever the old release booked without the new field has it once everything is heard again.
    (channels,) = await tally.rows(
        "SELECT count(*) FILTER (WHERE channel = 'hall') AS new, count(*) FILTER (WHERE channel IS NULL) AS old "
        "FROM vote"
    )
    assert channels["old"] >= 120
    assert channels["new"] >= tally.count - said_by_both
    assert channels["new"] + channels["old"] == tally.count, rebuilt


def _all(tally: Tally) -> Callable[[], Awaitable[dict[str, list[int]] | None]]:
    """Every voter's choices in the order they were booked, once there are as many as were acknowledged."""

    async def booked() -> dict[str, list[int]] | None:
        found: dict[str, list[int]] = {}
        for row in await tally.rows("SELECT voter, choice FROM vote ORDER BY nth"):
            found.setdefault(row["voter"], []).append(row["choice"])
        return found if sum(map(len, found.values())) >= tally.count else None

    return booked
