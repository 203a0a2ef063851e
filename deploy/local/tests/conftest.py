"""Fixtures of the local runtime's tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .system import Run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts runs in one folder, ends them afterwards."""
    runs: list[Run] = []

    def begin(*, under_make: bool = False, **environment: str) -> Run:
        runs.append(Run(tmp_path / "local", tmp_path / f"output-{len(runs)}", under_make=under_make, **environment))
        return runs[-1]

    yield begin
    for run in runs:
        run.end()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A started system that tests of this module share."""
    place = tmp_path_factory.mktemp("running")
    run = Run(place / "local", place / "output")
    run.ready()
    yield run
    run.end()
