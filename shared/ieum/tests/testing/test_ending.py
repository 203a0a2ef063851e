"""A run of tests that is ended takes down what it started, however often it is told to."""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ieum.testing import eventually

_SUITE = """
    import time
    from pathlib import Path

    import pytest


    @pytest.fixture(scope="session")
    async def server():
        Path("up").touch()
        yield
        Path("taking-down").touch()
        time.sleep(1)
        Path("taken-down").touch()


    async def test_something_long(server):
        Path("at-work").touch()
        time.sleep(60)
"""


@pytest.mark.parametrize(
    "told", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGINT, signal.SIGTERM], [signal.SIGINT, signal.SIGINT]]
)
async def test_what_was_started_is_taken_down(tmp_path: Path, told: list[signal.Signals]) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["ieum.testing.plugin"]\n')
    (tmp_path / "test_suite.py").write_text(textwrap.dedent(_SUITE))
    modes = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=session")
    process = subprocess.Popen(  # noqa: ASYNC220 -- started, not waited for
        [sys.executable, "-m", "pytest", "-q", *modes, "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    try:
        await eventually("the test runs", (tmp_path / "at-work").exists)
        for number in told:
            process.send_signal(number)
            await eventually("it takes down", (tmp_path / "taking-down").exists)
        await eventually("it has ended", lambda: process.poll() is not None)
    finally:
        process.kill()
        process.wait()

    assert (tmp_path / "taken-down").exists()
    assert process.returncode == pytest.ExitCode.INTERRUPTED
