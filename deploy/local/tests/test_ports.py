"""Ports are found, kept, and never promised twice."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ieum_local import ports
from ieum_local.failure import LocalFailure


def test_found_ports_are_free_and_differ() -> None:
    taken: set[int] = set()

    found = [ports.find(None, taken) for _ in range(20)]

    assert len(set(found)) == 20
    assert all(ports.is_free(port) for port in found)


def test_a_port_promised_in_this_process_is_not_promised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = next(port for port in range(25_000, 26_000) if ports.is_free(port) and ports.is_free(port + 1))
    monkeypatch.setattr(ports, "_RANGE", (first, first + 2))
    monkeypatch.setattr(ports, "_claims", {})

    assert {ports.find(), ports.find()} == {first, first + 1}
    with pytest.raises(LocalFailure):
        ports.find()


def test_a_kept_port_comes_back_until_it_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.KeptPorts(file).get("portal")
    assert ports.KeptPorts(file).get("portal") == first

    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        moved = ports.KeptPorts(file).get("portal")

    assert moved != first
    assert ports.KeptPorts(file).get("portal") == moved


def test_a_port_insisted_on_is_kept_and_refused_where_something_else_is(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        there = other.getsockname()[1]
        with pytest.raises(LocalFailure, match=f"port {there} is taken"):
            ports.KeptPorts(file).insist("portal", there)

    assert ports.KeptPorts(file).insist("portal", there) == there
    assert ports.KeptPorts(file).get("portal") == there


def test_a_port_promised_to_another_checkout_is_not_promised_again(tmp_path: Path) -> None:
    script = "import sys; from ieum_local import ports; print(ports.find(), flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        promised = int(other.stdout.readline())

        found = ports.find(promised)

        assert ports.is_free(promised)  # nobody listens there yet
        assert found != promised
    assert ports.find(promised) == promised
