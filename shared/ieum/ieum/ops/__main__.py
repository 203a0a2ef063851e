"""`python -m ieum.ops verify | reconcile | parked …`: looking after the running system."""

import typer

from ieum.ops import parked_commands
from ieum.ops.reconcile_command import reconcile_command
from ieum.ops.verify_command import verify_command

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look after the system.")
app.command("verify")(verify_command)
app.command("reconcile")(reconcile_command)
app.add_typer(parked_commands.app, name="parked")


if __name__ == "__main__":
    app()
