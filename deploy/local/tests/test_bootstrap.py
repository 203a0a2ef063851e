"""The script that makes .venv, seen where it does not need a network."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def bootstrap() -> ModuleType:
    file = Path(__file__).parents[1] / "bootstrap.py"
    spec = importlib.util.spec_from_file_location("bootstrap", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pinned_installer_comes_with_its_hashes(bootstrap: ModuleType) -> None:
    lines = bootstrap.locked("uv")

    assert lines.startswith("uv==")
    assert "--hash=sha256:" in lines


def test_a_package_that_is_not_locked_is_named(bootstrap: ModuleType) -> None:
    with pytest.raises(bootstrap.Failure, match="no-such-package: run `make lock`"):
        bootstrap.locked("no-such-package")


def test_every_member_is_found(bootstrap: ModuleType) -> None:
    names = {path.name for path in bootstrap.members()}

    assert {"ieum", "local", "registration", "matching", "evaluation", "notifications", "portal"} <= names


def test_caches_go_into_the_checkout_where_home_cannot_be_written(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/proc/nowhere")

    environment = bootstrap.with_writable_caches()

    assert environment["UV_CACHE_DIR"].endswith(".local/cache/uv")


def test_caches_stay_at_home_where_they_can(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert bootstrap.with_writable_caches() == dict(os.environ)


def test_a_failing_command_shows_its_words_and_a_remedy(bootstrap: ModuleType) -> None:
    command = [sys.executable, "-c", "print('no route to index'); raise SystemExit(3)"]

    with pytest.raises(bootstrap.Failure) as failure:
        bootstrap.run(command, dict(os.environ), "installing packages")

    said = str(failure.value)
    assert "installing packages failed (exit 3)" in said
    assert "no route to index" in said
    assert "Check the network" in said
