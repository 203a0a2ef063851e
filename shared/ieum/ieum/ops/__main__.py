"""`python -m ieum.ops verify | reconcile | parked …`: looking after the running system."""

import os
from pathlib import Path

import typer
from rich.console import Console

from ieum.messaging.failures import describe, is_passing
from ieum.ops import parked_commands
from ieum.ops.reconcile_command import reconcile_command
from ieum.ops.verify_command import verify_command

_SECRETS = Path("/run/secrets")
_SECRET_SETTINGS = ("IDENTITY_KEY", "OPS_TOKEN", "OPS_DATABASE_URL")

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look after the system.")
app.command("verify")(verify_command)
app.command("reconcile")(reconcile_command)
app.add_typer(parked_commands.app, name="parked")


def read_secrets(folder: Path = _SECRETS) -> None:
    """As for services: a file named after a setting gives its value where the environment does not."""
    for name in _SECRET_SETTINGS:
        file = folder / name.lower()
        if not os.environ.get(name) and file.is_file():
            os.environ[name] = file.read_text().strip()


def main() -> None:
    """Run a command; what is away is said in one line."""
    read_secrets()
    try:
        app()
    except Exception as problem:
        if not is_passing(problem):
            raise
        Console(stderr=True, soft_wrap=True).print(
            f"a part that this needs does not answer ({describe(problem)}): is everything running?", style="red"
        )
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
