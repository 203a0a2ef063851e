"""The reconciler as a process that goes on: it starts, says so, and is read by whoever collects metrics."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ieum.testing import eventually

_TOPICS = "topics:\n  bank.account.v1: {owner: bank, key: account_id, partitions: 1}\n"


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def reconciler(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """`reconcile --every 1` beside one service that does not answer."""
    (tmp_path / "topics.yaml").write_text(_TOPICS)
    process = subprocess.Popen(
        [sys.executable, "-m", "ieum.ops", "reconcile", "--every", "1", "--grace", "0", "--listen", str(port)],
        env={
            "PATH": os.environ["PATH"],
            "TOPICS_FILE": str(tmp_path / "topics.yaml"),
            "OPS_SERVICES": "bank",
            "BANK_URL": "http://127.0.0.1:9",
            "OPS_TOKEN": "t",
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.communicate(timeout=10)


async def test_it_goes_on_by_itself_and_gives_metrics(reconciler: "subprocess.Popen[str]", port: int) -> None:
    async def metrics() -> str:
        assert reconciler.poll() is None, reconciler.communicate()[0]
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        except httpx.TransportError:
            return ""

    found = await eventually("the reconciler's metrics", metrics, within=60)

    assert reconciler.stdout is not None
    assert "reconcile_findings" in found
    assert json.loads(reconciler.stdout.readline())["event"] == "reconciling"
