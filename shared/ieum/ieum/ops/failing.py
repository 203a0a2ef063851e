"""How a command ends that cannot do what it was asked: a sentence, and its exit code."""

from typing import NoReturn

import typer
from rich.console import Console


def fail(message: str, code: int) -> NoReturn:
    """Say why on standard error, whatever the message quotes, and end with this code."""
    Console(stderr=True, soft_wrap=True).print(message, style="red", markup=False)
    raise typer.Exit(code)
