"""Brings the services' schemas to this release, and leaves alone those whose migrations have not changed since."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from ieum_local import places
from ieum_local.layout import ServiceSpec

# The kit's own tables are part of every service's schema.
_KIT = places.CHECKOUT / "shared" / "ieum" / "ieum" / "database" / "migrations"


class Migrated:
    """Which migrations the data have seen, by service; forgotten with the data themselves."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._seen: dict[str, str] = json.loads(file.read_text())
        except (OSError, ValueError):
            self._seen = {}

    def pending(self, services: Iterable[ServiceSpec]) -> list[ServiceSpec]:
        """Services whose migration files differ from those of the last time."""
        return [spec for spec in services if self._seen.get(spec.name) != _fingerprint(spec)]

    def done(self, spec: ServiceSpec) -> None:
        """Remember that a service has migrated."""
        self._seen[spec.name] = _fingerprint(spec)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self._seen))
        os.replace(fresh, self._file)


def _fingerprint(spec: ServiceSpec) -> str:
    digest = hashlib.sha256()
    for folder in (_KIT, spec.migrations):
        for file in sorted(folder.glob("*")) if folder else ():
            digest.update(f"{file.name}\0{file.read_bytes()!r}\0".encode())
    return digest.hexdigest()
