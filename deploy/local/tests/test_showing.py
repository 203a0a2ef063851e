"""What people read: steps, logs, waits."""

import io
import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from ieum_local import logs, status
from ieum_local.failure import LocalFailure
from ieum_local.layout import Layout, Wiring
from ieum_local.run_lock import RunState, only_run
from ieum_local.start_up import in_words
from ieum_local.steps import Steps
from ieum_local.waiting import together, until


def plain() -> tuple[Steps, io.StringIO]:
    output = io.StringIO()
    return Steps(Console(file=output, width=40, highlight=False)), output


def test_a_done_step_shows_its_outcome_on_one_line() -> None:
    steps, output = plain()

    with steps, steps.step("Kafka") as step:
        step.outcome = "port 12345 and a text longer than the terminal is wide"

    assert output.getvalue().startswith("✔ Kafka  port 12345 and a text longer than the terminal is wide (0.0 s)")


def test_a_failed_step_says_what_to_do_and_fails() -> None:
    steps, output = plain()

    with pytest.raises(LocalFailure), steps, steps.step("npm"):
        raise LocalFailure("no [registry] answered", "check the network")

    assert output.getvalue() == "✘ npm: no [registry] answered\n  → check the network\n"


def test_a_terminal_shows_running_steps_and_keeps_the_results() -> None:
    output = io.StringIO()
    steps = Steps(Console(file=output, width=80, force_terminal=True, highlight=False))

    with steps, steps.step("PostgreSQL") as step:
        step.detail("starting")
        steps.progress.refresh()

    shown = output.getvalue()
    assert "starting" in shown
    assert "✔" in shown


async def test_a_wait_says_what_it_waited_for() -> None:
    async def never() -> bool:
        return False

    with pytest.raises(LocalFailure, match=r"waited 0.05 s for the moon"):
        await until("the moon", never, seconds=0.05, every=0.01)


async def test_the_first_failure_cancels_what_runs_beside_it() -> None:
    ended: list[str] = []

    async def fails() -> None:
        raise LocalFailure("first")

    async def endless() -> None:
        try:
            await until("nothing", lambda: _false(), every=0.01)
        finally:
            ended.append("endless")

    with pytest.raises(LocalFailure, match="first"):
        await together(endless(), fails())

    assert ended == ["endless"]


async def _false() -> bool:
    return False


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "matching.log").write_text("".join(f"line {n}\n" for n in range(100)))
    (tmp_path / "kafka.log").write_text("started\n")
    return tmp_path


def test_the_last_lines_of_one_log_come_bare(folder: Path) -> None:
    assert list(logs.show(folder, "matching", 2, follow=False)) == ["line 98", "line 99"]


def test_lines_of_all_logs_carry_their_process(folder: Path) -> None:
    assert list(logs.show(folder, None, 1, follow=False)) == ["kafka    | started", "matching | line 99"]


def test_following_goes_on_with_new_lines_after_a_log_was_set_aside(folder: Path) -> None:
    shown = logs.show(folder, "kafka", 1, follow=True)
    assert next(shown) == "started"

    (folder / "kafka.log").write_text("new\n")

    assert next(shown) == "new"


def test_an_unknown_process_is_answered_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(LocalFailure, match="there is no log of match") as failure:
        list(logs.show(folder, "match", 1, follow=False))

    assert failure.value.remedy == "there are: kafka, matching"


def test_a_large_log_is_set_aside_while_its_writer_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST", 100)
    with (folder / "matching.log").open("a") as writer:
        logs.trim(folder)
        writer.write("after\n")

    assert (folder / "matching.log").read_text() == "after\n"
    assert (folder / "matching.log.1").read_text().endswith("line 99\n")
    assert (folder / "kafka.log").read_text() == "started\n"


def test_an_operators_command_is_told_the_ports_of_what_runs_and_changes_none(tmp_path: Path) -> None:
    layout = Layout(local=tmp_path, portal_port=None)
    with ExitStack() as running:
        running.enter_context(only_run(layout))
        ports = Wiring.to_start(layout).ports
        RunState(layout).update(ports=ports)
        for port in ports.values():
            running.enter_context(socket.create_server(("127.0.0.1", port)))
        saved = layout.ports_file.read_bytes()

        command, told = status.operators_command(layout, "matching")

        assert command[1:] == ("-m", "matching")
        assert told["KAFKA_BOOTSTRAP"] == f"127.0.0.1:{ports['kafka']}"
        assert f"@127.0.0.1:{ports['postgres']}/" in told["DATABASE_URL"]
        assert layout.ports_file.read_bytes() == saved


def test_an_operators_command_for_an_unknown_service_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(LocalFailure, match="there is no service matchmaking"):
        status.operators_command(Layout(local=tmp_path), "matchmaking")


def test_a_service_that_is_not_ready_yet_is_told_of_in_words() -> None:
    parts = {
        "service": {"status": "unavailable", "reason": "starting"},
        "database": {"status": "ok"},
        "messaging": {"status": "unavailable", "reason": "consumers: connecting"},
    }

    said = in_words(httpx.Response(503, json={"status": "not ready", "parts": parts}))

    assert said == "service: starting; messaging: consumers: connecting"
    assert in_words(httpx.Response(502, text="<html>")) == "502 <html>"
