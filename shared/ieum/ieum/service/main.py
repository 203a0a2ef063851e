"""`python -m <service> serve | migrate | rebuild | …`: the process around a service."""

import argparse
import asyncio
import gc
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import uvicorn
from prometheus_client import disable_created_metrics
from pydantic import ValidationError

from ieum.database import apply_migrations
from ieum.service import adopt_command, rebuild_command
from ieum.service.service import Service
from ieum.service.settings import ServiceSettings
from ieum.telemetry import configure_logging, configure_tracing, log
from ieum.telemetry.failures import reason_of

S = TypeVar("S", bound=ServiceSettings)

_EXIT_FAILED = 1
_EXIT_USAGE = 2
_EXIT_INTERRUPTED = 130
# Requests get this long to finish after SIGTERM; messaging and the database have theirs after it. Under 10 s together.
_DRAIN_SECONDS = 3
_OPEN_FILES = 65_536
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def _nothing(_: argparse.ArgumentParser) -> None:
    pass


@dataclass(frozen=True)
class Command:
    """A subcommand of a service: `run(service, arguments)` with the database open; its result is the exit code."""

    run: Callable[[Service, argparse.Namespace], Awaitable[int | None]]
    help: str
    arguments: Callable[[argparse.ArgumentParser], None] = _nothing


_OF_THE_KIT: Mapping[str, Command] = {
    "rebuild": Command(
        rebuild_command.run, "make what was derived from topics again, and watch", rebuild_command.add_arguments
    ),
    "adopt": Command(
        adopt_command.run, "count on from what is published, after a restore", adopt_command.add_arguments
    ),
}


class _Server(uvicorn.Server):
    """Uvicorn, which ends event streams before it waits for connections to close."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGTERM and SIGINT. Uvicorn's own raises the signal again afterwards, so that no exit code is 0."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and say where: port 0 means any."""
        await super().startup(sockets)
        for server in self.servers:
            for listener in server.sockets:
                log.info("listening", host=listener.getsockname()[0], port=listener.getsockname()[1])

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop listening, end event streams, let requests finish."""
        log.info("stopping")
        self._service.close_streams()
        await super().shutdown(sockets)


async def serve(service: Service) -> int:
    """Run until SIGTERM or SIGINT and return the exit code: 0, or 1 when the service could not run."""
    settings = service.settings
    config = uvicorn.Config(
        service.http,
        host=settings.http_host,
        port=settings.http_port,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        # Or anybody on this machine could say where they come from, and the log of looks would believe it.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        # Longer than any proxy in front keeps an idle connection, so that it never sends into a closing one.
        timeout_keep_alive=75,
    )
    server = _Server(config, service)
    service.when_fatal(lambda: setattr(server, "should_exit", True))
    await server.serve()
    return _EXIT_FAILED if service.fatal or not server.started else 0


def main(
    build: Callable[[S], Service],
    settings_class: type[S],
    commands: Mapping[str, Command] | None = None,
    argv: Sequence[str] | None = None,
) -> NoReturn:
    """Read arguments and environment, then serve, migrate or run one of the service's own commands. Exits."""
    commands = {**_OF_THE_KIT, **(commands or {})}
    arguments = _parser(commands).parse_args(argv)
    service = build(_settings(settings_class))
    configure_logging(service.name, service.settings.log_level)
    configure_tracing(service.name, service.version, endpoint=service.settings.otel_exporter_otlp_endpoint)
    try:
        sys.exit(_run(service, commands, arguments))
    except Exception as failure:  # noqa: BLE001 -- Python's own traceback would print what the exception quotes
        log.critical("cannot_run", reason=reason_of(failure), exc_info=failure)
        sys.exit(_EXIT_FAILED)


def _run(service: Service, commands: Mapping[str, Command], arguments: argparse.Namespace) -> int:
    if arguments.command == "migrate":
        return _migrate(service)
    disable_created_metrics()  # type: ignore[no-untyped-call]
    _spare_collections()
    allow_open_files()
    if arguments.command == "serve":
        return asyncio.run(serve(service))
    return asyncio.run(_run_command(service, commands[arguments.command], arguments))


def _spare_collections() -> None:
    """
    Keep the collector from going through all that was loaded, again and again: whoever handles thousands of rows or
    events makes as many objects, none of them in a cycle. Saves a fifth of an import's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def allow_open_files() -> None:
    """
    Take the allowed number of open files: shells and containers often begin with 1,024, which a thousand open pages,
    each with a stream, use up.
    """
    begun_with, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if allowed == resource.RLIM_INFINITY else min(_OPEN_FILES, allowed)
    if begun_with == resource.RLIM_INFINITY or begun_with >= wanted:
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, allowed))


async def _run_command(service: Service, command: Command, arguments: argparse.Namespace) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(_open_and_run(service, command, arguments))
    for number in _SIGNALS:
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        log.warning("interrupted", command=arguments.command)
        return _EXIT_INTERRUPTED


async def _open_and_run(service: Service, command: Command, arguments: argparse.Namespace) -> int:
    async with service.opened():
        if service.settings.database_url:
            await service.insist_on_schema()
        return await command.run(service, arguments) or 0


def _migrate(service: Service) -> int:
    if not service.settings.database_url:
        log.info("nothing_to_migrate")
        return 0
    names = apply_migrations(
        service.settings.database_url, *service.migrations, schema=service.settings.database_schema
    )
    log.info("migrated", applied=names)
    return 0


def _parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parts = parser.add_subparsers(dest="command", required=True)
    parts.add_parser("serve", help="answer requests, hear and tell events, until SIGTERM")
    parts.add_parser("migrate", help="bring the database schema to this release")
    for name, command in commands.items():
        command.arguments(parts.add_parser(name, help=command.help))
    return parser


def _settings(settings_class: type[S]) -> S:
    try:
        return settings_class()
    except ValidationError as failure:
        # Names and rules only: a value may be a secret.
        for error in failure.errors(include_input=False, include_url=False, include_context=False):
            name = "_".join(str(part) for part in error["loc"]).upper()
            print(f"environment: {name}: {error['msg']}", file=sys.stderr)  # noqa: T201 -- before logging is set up
        sys.exit(_EXIT_USAGE)
