"""Two releases of the tally service on one database and one topic, and people who vote all the time."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx

from ieum.http.identity import Caller, bearer, issue
from ieum.testing import eventually

from .test_process import KEY

PROGRAM = Path(__file__).parent / "tally" / "tally.py"
VOTERS = 6


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
