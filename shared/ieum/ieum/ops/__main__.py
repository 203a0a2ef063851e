"""`python -m ieum.ops verify | reconcile | parked …`: looking after the running system."""

import typer
from rich.console import Console

from ieum.messaging.failures import describe, is_passing
from ieum.ops import parked_commands
from ieum.ops.reconcile_command import reconcile_command
from ieum.ops.verify_command import verify_command

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look after the system.")
app.command("verify")(verify_command)
app.command("reconcile")(reconcile_command)
app.add_typer(parked_commands.app, name="parked")


def main() -> None:
    """Run a command; what is away is said in one line."""
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
