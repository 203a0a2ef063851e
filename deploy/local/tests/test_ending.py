"""However a run ends, nothing of it is left, and the next one goes on with its data."""

import signal
from collections.abc import Callable

import httpx

from .system import Run, gone, processes_of


def starts(address: str) -> int:
    """How often the portal was started on these data, by its own count."""
    return int(httpx.get(address, trust_env=False).text.split(" started ")[1].split()[0])


def test_ctrl_c_leaves_nothing_and_the_next_start_keeps_data_and_address(start: Callable[..., Run]) -> None:
    first = start()
    address = first.ready()
    counted = starts(address)

    exit_code = first.interrupt()

    assert exit_code == 0
    assert processes_of(first.folder) == []
    second = start()
    assert second.ready() == address
    assert starts(address) == counted + 1


def test_kill_9_of_the_runner_leaves_nothing_and_the_next_start_recovers(start: Callable[..., Run]) -> None:
    first = start()
    address = first.ready()

    first.process.kill()

    second = start()  # at once, while the guardian is still at work
    assert second.ready() == address
    assert starts(address) == 2
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(60) == 0
    assert gone(first.folder) == []


def test_kill_9_in_the_middle_of_a_start_leaves_nothing(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_for("✔ PostgreSQL")

    run.process.kill()

    assert gone(run.folder) == []


def test_ctrl_c_in_the_middle_of_a_start_leaves_nothing(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_for("✔ mail server")

    exit_code = run.interrupt()

    assert exit_code == 0
    assert processes_of(run.folder) == []


def test_a_failing_step_says_what_failed_and_leaves_nothing(start: Callable[..., Run]) -> None:
    run = start(FAIL_MIGRATE="alpha")

    exit_code = run.process.wait(60)

    assert exit_code == 1
    assert "✘ migrations: alpha could not migrate (exit 1)" in run.output
    assert "alpha cannot migrate on purpose" in run.output
    assert processes_of(run.folder) == []


def test_a_killed_make_ends_the_run(start: Callable[..., Run]) -> None:
    run = start(under_make=True)
    run.wait_for("✔ mail server")

    run.process.kill()

    assert gone(run.folder) == []
