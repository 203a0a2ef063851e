"""A running system seen from outside: where it answers, who may see what, and what happens when something dies."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import asyncpg
import httpx
import psutil
import pytest
from rich.console import Console

from ieum_local import status
from ieum_local.failure import LocalFailure
from ieum_local.kept_secrets import KeptSecrets

from .stand_in import layout
from .system import STAND_IN, Run


def state(run: Run) -> dict[str, dict[str, int]]:
    processes: dict[str, dict[str, int]] = json.loads((run.folder / "run" / "state.json").read_text())["processes"]
    return processes


def service_dsn(run: Run, name: str) -> str:
    port = json.loads((run.folder / "run" / "ports.json").read_text())["postgres"]
    password = KeptSecrets(run.folder / "secrets.json").get(f"postgres {name}")
    return f"postgresql://{name}:{quote(password, safe='')}@127.0.0.1:{port}/ieum"


def test_the_one_address_answers_with_a_page(running: Run) -> None:
    answer = httpx.get(running.ready(), trust_env=False)

    assert answer.status_code == 200
    assert "<html>portal started" in answer.text


def test_the_start_tells_seconds_and_memory(running: Run) -> None:
    output = running.wait_for("Ctrl-C stops everything")

    assert "started in " in output
    assert " GB resident in " in output


def test_a_second_run_says_that_the_first_runs_and_where(running: Run) -> None:
    second = subprocess.run(
        [sys.executable, STAND_IN, "run", running.folder], capture_output=True, text=True, timeout=60, check=False
    )

    assert second.returncode == 1
    assert f"already runs in this checkout (process {running.process.pid}) at {running.ready()}" in second.stdout


def test_status_names_every_process(running: Run) -> None:
    console = Console(record=True, width=120)

    status.show(layout(running.folder), console)

    shown = console.export_text()
    assert running.ready() in shown
    assert all(name in shown for name in ("postgres", "kafka", "mail", "alpha", "portal"))


@pytest.mark.parametrize("name", ["alpha", "mail", "postgres", "kafka"])
def test_a_process_that_dies_is_started_again_and_said_so(running: Run, name: str) -> None:
    before = state(running)[name]["pid"]

    os.kill(before, signal.SIGKILL)

    running.wait_for(f"{name} ended by signal 9; starting it again")
    running.wait_for(f"{name} is started again")
    after = state(running)[name]
    assert after["pid"] != before
    assert after["restarts"] == 1
    assert psutil.pid_exists(after["pid"])


async def test_a_role_cannot_look_into_another_schema(running: Run) -> None:
    connection = await asyncpg.connect(service_dsn(running, "alpha"))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("SELECT * FROM portal.start")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE public.anything ()")
    assert await connection.fetchval("SELECT count(*) FROM start") > 0
    await connection.close()


async def test_a_wrong_password_is_refused(running: Run) -> None:
    address = service_dsn(running, "alpha")
    wrong = address.replace(address.split(":")[2].split("@")[0], "wrong")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


def test_clean_refuses_while_it_runs(running: Run) -> None:
    with pytest.raises(LocalFailure, match=f"it is running \\(process {running.process.pid}\\)"):
        status.clean(layout(running.folder))

    assert (running.folder / "data").exists()


def test_clean_forgets_data_but_not_downloads(tmp_path: Path) -> None:
    for place in ("data/postgres", "logs", "run", "cache/npm"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "secrets.json").write_text("{}")

    status.clean(layout(tmp_path))

    assert [entry.name for entry in tmp_path.iterdir()] == ["cache"]


def test_secrets_are_readable_by_their_owner_only(running: Run) -> None:
    mode = (running.folder / "secrets.json").stat().st_mode & 0o777

    assert mode == 0o600


def test_no_secret_stands_in_a_log_or_a_command_line(running: Run) -> None:
    secrets = list(json.loads((running.folder / "secrets.json").read_text()).values())
    logs = "".join(log.read_text(errors="replace") for log in (running.folder / "logs").iterdir())
    lines = "".join(" ".join(p.cmdline()) for p in psutil.Process(running.process.pid).children(recursive=True))

    assert secrets
    assert not [secret for secret in secrets if secret in logs + lines + running.output]


def test_two_checkouts_run_side_by_side(running: Run, tmp_path: Path) -> None:
    other = Run(tmp_path / "local", tmp_path / "output")
    try:
        address = other.ready()

        assert address != running.ready()
        assert httpx.get(address, trust_env=False).status_code == 200
        assert httpx.get(running.ready(), trust_env=False).status_code == 200
    finally:
        other.end()
