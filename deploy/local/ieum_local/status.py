"""`make status`, `make ops` and `make clean`."""

import shutil
import sys
import time
from datetime import timedelta

import psutil
from rich.console import Console
from rich.table import Table

from ieum_local import memory
from ieum_local.failure import LocalFailure
from ieum_local.layout import Layout, Wiring
from ieum_local.run_lock import read_state


def show(layout: Layout, console: Console) -> None:
    """Print what runs in this checkout."""
    state = read_state(layout)
    if state is None:
        console.print("not running; `make run` starts it")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("process", "pid", "port", "memory", "up", "restarts"):
        table.add_column(column, justify="left" if column == "process" else "right")
    for name, entry in state["processes"].items():
        table.add_row(name, *_facts(entry))
    console.print(f"running: {state['address']}" if state["address"] else "starting")
    console.print(table)


def _facts(entry: dict[str, int | None]) -> tuple[str, str, str, str, str]:
    pid, port = entry["pid"], str(entry["port"] or "")
    restarts = str(entry["restarts"] or 0)
    try:
        process = psutil.Process(pid)
        size, _ = memory.resident([process, *process.children(recursive=True)])
        seconds = int(time.time() - process.create_time())
    except psutil.Error:
        return str(pid), port, "", "ended", restarts
    return str(pid), port, f"{size / 1e6:.0f} MB", str(timedelta(seconds=seconds)), restarts


def operators_command(layout: Layout, service: str = "") -> tuple[tuple[str, ...], dict[str, str]]:
    """A command for operators and its environment: `ieum.ops`, or a service's own. LocalFailure when nothing runs."""
    spec = next((spec for spec in layout.services if spec.name == service), None)
    if service and spec is None:
        raise LocalFailure(
            f"there is no service {service}", f"there are: {', '.join(spec.name for spec in layout.services)}"
        )
    state = read_state(layout)
    if state is None or not state["ports"]:
        raise LocalFailure("nothing runs in this checkout yet", "`make run` starts it")
    wiring = Wiring(layout, state["ports"])
    if spec is None:
        return (sys.executable, "-m", "ieum.ops"), wiring.operator_environment()
    return spec.command, wiring.service_environment(spec)


def clean(layout: Layout) -> None:
    """Forget data, logs, ports and secrets; downloads stay. LocalFailure while it runs."""
    if (state := read_state(layout)) is not None:
        raise LocalFailure(f"it is running (process {state['pid']})", "stop it first with Ctrl-C there")
    try:
        for folder in (layout.data, layout.logs, layout.run):
            if folder.exists():
                shutil.rmtree(folder)
        (layout.local / "secrets.json").unlink(missing_ok=True)
    except PermissionError as error:
        raise LocalFailure(
            f"{error.filename} cannot be removed", "another account ran here: make clean as that account, or as root"
        ) from None
