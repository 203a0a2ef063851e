"""A tiny system in place of the services: `run FOLDER` runs it as `make run` would, `service NAME migrate|serve` is one
of its services. Faults are asked for by environment: FAIL_MIGRATE, NEVER_READY (names of services)."""

import asyncio
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import asyncpg

from ieum_local import runner
from ieum_local.layout import PORTAL, Layout, ServiceSpec

NAMES = ("alpha", PORTAL)


def layout(folder: Path) -> Layout:
    """Two services, no demo, no assets."""
    itself = (sys.executable, __file__, "service")
    return Layout(
        local=folder,
        services=tuple(ServiceSpec(name, (*itself, name), calls=NAMES) for name in NAMES),
        portal_source=None,
        demo=None,
        portal_port=None,
    )


async def in_database(statement: str) -> object:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def migrate(name: str) -> None:
    if os.environ.get("FAIL_MIGRATE") == name:
        sys.exit(f"{name} cannot migrate on purpose")
    asyncio.run(in_database("CREATE TABLE IF NOT EXISTS start (at timestamptz DEFAULT now())"))


def serve(name: str) -> None:
    """Answers /readyz, and / with how often it was started."""
    asyncio.run(in_database("INSERT INTO start DEFAULT VALUES"))
    starts = asyncio.run(in_database("SELECT count(*) FROM start"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ready = os.environ.get("NEVER_READY") != name
            self.send_response(200 if ready or self.path != "/readyz" else 503)
            self.end_headers()
            self.wfile.write(f"<html>{name} started {starts} times</html>".encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer((os.environ["HTTP_HOST"], int(os.environ["HTTP_PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


def main() -> int:
    match sys.argv[1:]:
        case ["run", folder]:
            return asyncio.run(runner.run(layout(Path(folder))))
        case ["service", name, "migrate"]:
            migrate(name)
        case ["service", name, "serve"]:
            serve(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
