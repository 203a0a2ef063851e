"""TCP ports are found, never assumed, and kept for the next start while they are still free."""

import json
import os
import random
import socket
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ieum_local.failure import LocalFailure

# Below the ports that systems hand out to outgoing connections: a server that restarts finds its port free again.
_RANGE = (20_000, 32_000)
_RANDOM = random.SystemRandom()


def is_free(port: int) -> bool:
    """Whether nothing on this machine listens on the port, on loopback or on every interface."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if family == socket.AF_INET or "in use" in str(error):
                return False
    return True


def find(preferred: int | None = None, taken: set[int] | None = None) -> int:
    """The preferred port if it is free, else a random free one; never one of `taken`, to which it is added."""
    taken = taken if taken is not None else set()
    candidates: Iterator[int] = (_RANDOM.randrange(*_RANGE) for _ in range(10_000))
    for port in chain([preferred], candidates):
        if port and port not in taken and is_free(port):
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
        port = find(last if last and is_free(last) else preferred, self._taken)
        if port != last:
            self._ports[name] = port
            self._save()
        return port

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self._ports, indent=1))
        os.replace(fresh, self._file)
