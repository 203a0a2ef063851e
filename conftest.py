"""Fixtures of every test: see ieum.testing.plugin."""

import signal

pytest_plugins = ["ieum.testing.plugin"]


def pytest_configure() -> None:
    """Let SIGTERM end a run as Ctrl-C does: fixtures take down the servers that they started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
