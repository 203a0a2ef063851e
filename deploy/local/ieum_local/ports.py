"""TCP ports are found, never assumed, and kept for the next start while they are still free."""

import errno
import json
import os
import random
import socket
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ieum_local.failure import LocalFailure

# Below the ports that systems hand out to outgoing connections: a server that restarts finds its port free again.
_RANGE = (20_000, 32_000)
_RANDOM = random.SystemRandom()
# The file descriptors of claimed names: the system closes them when the process ends, and not before.
_claims: dict[int, int] = {}


def is_free(port: int) -> bool:
    """Whether nothing on this machine listens on the port, on loopback or on every interface."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:
                return False
    return True


def claim(port: int) -> bool:
    """Whether the port is ours from now on until this process ends, among all local runtimes of this machine.

    Two checkouts that start together find the same port free: seconds pass between finding it and listening on it.
    The claim is a name that the system itself takes back (Linux only; elsewhere the first to listen wins).
    """
    if port in _claims or sys.platform != "linux":
        return True
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0ieum-port-{port}")
    except OSError:
        name.close()
        return False
    _claims[port] = name.detach()
    return True


def find(preferred: int | None = None, taken: set[int] | None = None) -> int:
    """The preferred port if it is free, else a random free one; never one of `taken`, to which it is added.

    A random one is nobody's yet, in this process neither: seconds pass here, too, until it is listened on.
    """
    taken = taken if taken is not None else set()
    drawn = (_RANDOM.randrange(*_RANGE) for _ in range(10_000))
    candidates: Iterator[int] = (port for port in drawn if port not in _claims)
    for port in chain([preferred], candidates):
        if port and port not in taken and is_free(port) and claim(port):
            taken.add(port)
            return port
    raise LocalFailure("no free TCP port was found", f"looked between {_RANGE[0]} and {_RANGE[1]}")


class KeptPorts:
    """Ports by name in a JSON file, so that an address survives a restart."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._taken: set[int] = set()
        try:
            self._ports: dict[str, int] = {str(k): int(v) for k, v in json.loads(file.read_text()).items()}
        except (OSError, ValueError, AttributeError):
            self._ports = {}

    def get(self, name: str, preferred: int | None = None) -> int:
        """The port of `name`: last time's while it is free, else `preferred`, else any free one."""
        last = self._ports.get(name)
        port = find(last if last and is_free(last) and claim(last) else preferred, self._taken)
        if port != last:
            self._ports[name] = port
            self._save()
        return port

    def insist(self, name: str, port: int) -> int:
        """This port for `name`, now and at the next start. Raises LocalFailure when something else is there."""
        if port in self._taken or not (is_free(port) and claim(port)):
            raise LocalFailure(f"port {port} is taken, and {name} was to get it", "give another, or none to find one")
        self._taken.add(port)
        self._ports[name] = port
        self._save()
        return port

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self._ports, indent=1))
        os.replace(fresh, self._file)
