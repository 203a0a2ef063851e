"""`python -m ieum_local run | status | ops | logs | clean | assets | mail`: what the Makefile calls."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from ieum_local import assets, logs, runner, status
from ieum_local.failure import LocalFailure
from ieum_local.layout import Layout
from ieum_local.steps import Steps

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except LocalFailure as failure:
        Console(stderr=True, highlight=False).print(str(failure), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


@app.command()
def run() -> None:
    """Start everything and stay.

    In the environment: DEMO=0 leaves the demo nation out, PORTAL_PORT is the port of the one address.
    """
    with _failures():
        layout = Layout(wanted_portal_port=_port("PORTAL_PORT"))
    code = asyncio.run(runner.run(layout, demo=os.environ.get("DEMO", "1") != "0"))
    raise typer.Exit(code)


def _port(variable: str) -> int | None:
    """A TCP port from the environment; None when it is not set. Raises LocalFailure."""
    given = os.environ.get(variable, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 65_535):
        raise LocalFailure(f"{variable} is {given!r}", "it must be a TCP port: a number from 1 to 65535")
    return int(given)


@app.command("status")
def show_status() -> None:
    """Show what runs in this checkout."""
    status.show(Layout(), Console(highlight=False))


@app.command("ops", context_settings={"ignore_unknown_options": True, "help_option_names": []})
def operate(
    arguments: Annotated[list[str] | None, typer.Argument()] = None,
    service: Annotated[str, typer.Option(help="one service's own commands, with its settings")] = "",
) -> None:
    """`python -m ieum.ops …`, or `python -m <service> …`, on what runs in this checkout."""
    with _failures():
        command, environment = status.operators_command(Layout(), service)
    os.execve(command[0], [*command, *(arguments or [])], {**os.environ, **environment})


@app.command("logs")
def show_logs(
    service: Annotated[str | None, typer.Argument(help="one process; all without it")] = None,
    lines: Annotated[int, typer.Option(help="how many lines of each")] = 40,
) -> None:
    """Show the newest log lines; on a terminal go on with new ones until Ctrl-C."""
    with _failures():
        try:
            for line in logs.show(Layout().logs, service or None, lines, follow=sys.stdout.isatty()):
                print(line, flush=True)
        except KeyboardInterrupt:
            raise typer.Exit from None


@app.command()
def clean() -> None:
    """Forget data, logs, ports and secrets of this checkout."""
    with _failures():
        status.clean(Layout())
    print("data, logs, ports and secrets are forgotten")


@app.command("assets")
def make_assets() -> None:
    """Fetch what the portal's pages need from npm, unless it is there."""
    layout = Layout()
    source = layout.portal_source
    if source is None:
        return

    async def make() -> None:
        with Steps() as steps, steps.step("portal assets") as step:
            made = await assets.make(source, layout.run / "npm", layout.log("npm"))
            step.outcome = "made" if made else "up to date"

    try:
        asyncio.run(make())
    except LocalFailure:
        raise typer.Exit(1) from None  # the step has said it


@app.command()
def mail() -> None:
    """Receive mail by SMTP and show it on a page: SMTP_HOST, SMTP_PORT, MAILBOX_PORT, MAIL_FOLDER."""
    from ieum_local.mailbox import server

    asyncio.run(server.run(os.environ))


if __name__ == "__main__":
    app()
