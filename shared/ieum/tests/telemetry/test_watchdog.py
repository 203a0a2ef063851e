"""What must move and does not ends the process; what rests, or was stopped from outside, does not."""

import subprocess
import sys
import textwrap

from ieum.telemetry import Watchdog
from ieum.telemetry.watchdog import EXIT_STUCK


class Watched:
    """A watchdog of ten seconds' patience, with a clock turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.busy = True
        self.stuck: list[str] = []
        self.dog = Watchdog(
            "relay",
            10,
            busy=lambda: self.busy,
            on_stuck=lambda name, _: self.stuck.append(name),
            clock=lambda: self.now,
        )

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.dog.look()


def test_busy_without_progress_for_the_limit_is_stuck() -> None:
    watched = Watched()

    watched.pass_time(9)
    before = list(watched.stuck)
    watched.pass_time(1)

    assert (before, watched.stuck) == ([], ["relay"])


def test_progress_starts_the_patience_anew() -> None:
    watched = Watched()

    for _ in range(5):
        watched.pass_time(8)
        watched.dog.progress()

    assert watched.stuck == []


def test_nothing_to_do_is_not_stuck() -> None:
    watched = Watched()
    watched.busy = False

    watched.pass_time(100)

    assert watched.stuck == []


def test_patience_begins_when_work_does() -> None:
    watched = Watched()
    watched.busy = False
    watched.pass_time(100)

    watched.busy = True
    watched.pass_time(9)

    assert watched.stuck == []


def test_time_in_which_the_whole_process_stood_still_does_not_count() -> None:
    watched = Watched()
    watched.pass_time(5)

    watched.now += 3_600
    watched.dog.look()

    assert watched.stuck == []


def test_a_process_whose_event_loop_hangs_is_ended_with_a_reason() -> None:
    program = """
        import asyncio, time
        from ieum.telemetry import Watchdog, configure_logging

        async def main():
            Watchdog("loop", 0.3).start()
            time.sleep(60)

        configure_logging("notes")
        asyncio.run(main())
    """

    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=30, check=False
    )

    assert ended.returncode == EXIT_STUCK
    assert '"event": "no_progress"' in ended.stdout
    assert '"watched": "loop"' in ended.stdout
