"""What belongs to the local system: its services, its folders, and what each process is told by its environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote

from ieum_local import places, ports
from ieum_local.kept_secrets import KeptSecrets
from ieum_local.postgres import LocalPostgres

DATABASE = "ieum"
PORTAL = "portal"


@dataclass(frozen=True)
class ServiceSpec:
    """One service: `command` takes `migrate` or `serve`; `calls`: whose URLs it gets; `keys`: its secrets.

    `migrations`: the folder of its SQL files. Without `has_database` it has no role, no schema, and hears no events.
    """

    name: str
    command: tuple[str, ...]
    calls: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    migrations: Path | None = None
    has_database: bool = True


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)


def _service(name: str, calls: tuple[str, ...] = (), keys: tuple[str, ...] = ()) -> ServiceSpec:
    return ServiceSpec(name, _module(name), calls, keys, places.CHECKOUT / "services" / name / "migrations")


SERVICES = (
    _service("registration", keys=("DATA_KEY",)),
    _service("matching"),
    _service("evaluation"),
    _service("notifications", calls=("registration",)),
    ServiceSpec(
        PORTAL,
        _module(PORTAL),
        calls=("registration", "matching", "evaluation", "notifications"),
        has_database=False,
    ),
)


@dataclass(frozen=True)
class Layout:
    """A local system in the folder `local`. Tests make one of their own, with stand-ins for the services.

    `portal_source`: where package.json and assets.json lie. `demo`: the command that takes `load` and `live`.
    `portal_port`: the port to prefer at the first start; `wanted_portal_port`: the one it must have.
    """

    local: Path = places.LOCAL
    topics_file: Path = places.TOPICS_FILE
    services: tuple[ServiceSpec, ...] = SERVICES
    portal_source: Path | None = places.CHECKOUT / "services" / PORTAL
    demo: tuple[str, ...] | None = _module("ieum_local.demo")
    mail: tuple[str, ...] = (*_module("ieum_local"), "mail")
    portal_port: int | None = 8080
    wanted_portal_port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """What the system remembers."""
        return self.local / "data"

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.local / "logs"

    @property
    def run(self) -> Path:
        """Lock, journal, state and ports."""
        return self.local / "run"

    @property
    def ports_file(self) -> Path:
        """The port of every process, by name."""
        return self.run / "ports.json"

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.logs / f"{name}.log"


class Wiring:
    """Ports and secrets of one checkout, and the environments made of them."""

    def __init__(self, layout: Layout, found: dict[str, int]) -> None:
        self._layout = layout
        self._secrets = KeptSecrets(layout.local / "secrets.json")
        self.ports = found

    @classmethod
    def to_start(cls, layout: Layout) -> Self:
        """For a run that begins: last time's ports where they are free, and ours from now on."""
        kept = ports.KeptPorts(layout.ports_file)
        names = (PORTAL, *(spec.name for spec in layout.services), "postgres", "kafka", "smtp", "mailbox")
        found = {PORTAL: kept.insist(PORTAL, layout.wanted_portal_port)} if layout.wanted_portal_port else {}
        preferred = {PORTAL: layout.portal_port}
        return cls(
            layout, {name: found.get(name) or kept.get(name, preferred.get(name)) for name in dict.fromkeys(names)}
        )

    @property
    def address(self) -> str:
        """The one address people are told."""
        return f"http://localhost:{self.ports[PORTAL]}"

    def url(self, name: str) -> str:
        """Where a service answers other services."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def password(self, role: str) -> str:
        """A database role's password."""
        return self._secrets.get(f"postgres {role}")

    def mail_environment(self) -> dict[str, str]:
        """For the mail server and those who send through it."""
        return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.ports["smtp"])}

    def common_environment(self) -> dict[str, str]:
        """What every process of the system is told."""
        direct = ",".join(
            filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), "localhost,127.0.0.1"))
        )
        return {
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": direct,
            "no_proxy": direct,
            "TOPICS_FILE": str(self._layout.topics_file),
            "IDENTITY_KEY": self._secrets.get("IDENTITY_KEY"),
            "PORTAL_URL": self.address,
            "MAILBOX_URL": f"http://localhost:{self.ports['mailbox']}",
            "DEMO_SIGN_IN": "true",
            **self.mail_environment(),
            **self._layout.environment,
        }

    def urls(self, names: tuple[str, ...]) -> dict[str, str]:
        """`<NAME>_URL` of each named service."""
        return {f"{name.upper()}_URL": self.url(name) for name in names}

    def service_environment(self, spec: ServiceSpec) -> dict[str, str]:
        """What one service is told: its own database role and schema, Kafka, its port, and whom it calls."""
        return {
            **self.common_environment(),
            **self.urls(spec.calls),
            **{key: self._secrets.get(key) for key in spec.keys},
            **(self._servers(spec.name) if spec.has_database else {}),
            # There is one process of each service; started again after a crash it is the same to Kafka.
            "INSTANCE": spec.name,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self.ports[spec.name]),
        }

    def _servers(self, role: str) -> dict[str, str]:
        password = quote(self.password(role), safe="")
        return {
            **self._kafka(),
            "DATABASE_URL": f"postgresql://{role}:{password}@127.0.0.1:{self.ports['postgres']}/{DATABASE}",
            "DATABASE_SCHEMA": role,
        }

    def _kafka(self) -> dict[str, str]:
        return {"KAFKA_BOOTSTRAP": f"127.0.0.1:{self.ports['kafka']}"}

    def operator_environment(self) -> dict[str, str]:
        """What `python -m ieum.ops` is told: every service's address, Kafka, and PostgreSQL as the superuser."""
        postgres = LocalPostgres(self._layout.data / "postgres", port=self.ports["postgres"])
        services = tuple(spec.name for spec in self._layout.services if spec.name != PORTAL)
        return {
            **self.common_environment(),
            **self._kafka(),
            **self.urls(services),
            "OPS_SERVICES": ",".join(services),
            "OPS_DATABASE_URL": postgres.dsn(DATABASE),
        }

    def demo_environment(self) -> dict[str, str]:
        """What the demo is told: it knows every service's address and plays everybody's part."""
        return {**self.common_environment(), **self.urls(tuple(spec.name for spec in self._layout.services))}
