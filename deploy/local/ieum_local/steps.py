"""Shows the steps of a start: live rows on a terminal, plain lines anywhere else; a failing step says what to do."""

import contextlib
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from ieum_local.failure import LocalFailure

_QUIET_SECONDS = 5  # between two plain lines about the same step


class Step:
    """One running step: `detail` says what it is at, `outcome` what came of it."""

    def __init__(self, steps: "Steps", title: str, row: TaskID | None) -> None:
        self.title = title
        self.began = time.monotonic()
        self._steps = steps
        self._row = row
        self._said = self.began
        self.outcome = ""

    def detail(self, text: str) -> None:
        """Replace what is shown beside the title. Safe from any thread."""
        if self._row is not None:
            self._steps.progress.update(self._row, detail=escape(text))
        elif time.monotonic() - self._said > _QUIET_SECONDS:
            self._said = time.monotonic()
            self._steps.say(f"  {escape(self.title)}: {escape(text)}")


class Steps:
    """The display of a start. Use as a context manager: rows live as long as the block."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("[dim]{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        )

    def say(self, markup: str) -> None:
        """One line, never wrapped: addresses and commands must stay whole."""
        self.console.print(markup, soft_wrap=True)

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show a step while the block runs, then its result. A failure is shown and goes on as it is."""
        row = self.progress.add_task(escape(title), total=None, detail="") if self.console.is_terminal else None
        step = Step(self, title, row)
        try:
            yield step
        except Exception as error:
            self._show_failure(step, error)
            raise
        else:
            text = f"  [dim]{escape(step.outcome)}[/]" if step.outcome else ""
            self.say(f"[green]✔[/] {escape(title)}{text} [dim]({time.monotonic() - step.began:.1f} s)[/]")
        finally:
            if row is not None:
                self.progress.remove_task(row)

    def _show_failure(self, step: Step, error: Exception) -> None:
        if isinstance(error, LocalFailure):
            self.say(f"[bold red]✘ {escape(step.title)}[/]: {escape(str(error.args[0]))}")
            if error.remedy:
                self.say(f"[yellow]  → {escape(error.remedy)}[/]")
        else:
            self.say(f"[bold red]✘ {escape(step.title)}[/]: {escape(type(error).__name__)}: {escape(str(error))}")

    def skipped(self, title: str, why: str) -> None:
        """Say that a step is not taken, and why."""
        self.say(f"[yellow]–[/] {escape(title)}  [dim]{escape(why)}[/]")

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self.progress.stop()
