"""Fixtures of every test: see ieum.testing.plugin."""

pytest_plugins = ["ieum.testing.plugin"]
