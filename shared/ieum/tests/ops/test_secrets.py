"""Where the operator's commands take their secrets from."""

import os
from pathlib import Path

import pytest

from ieum.ops.__main__ import read_secrets


def test_a_file_named_after_a_setting_gives_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ops_database_url").write_text("postgresql://of-the-file\n")
    monkeypatch.setenv("OPS_DATABASE_URL", "")

    read_secrets(tmp_path)

    assert os.environ["OPS_DATABASE_URL"] == "postgresql://of-the-file"


def test_the_environment_comes_first_and_other_files_are_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "identity_key").write_text("of the file")
    (tmp_path / "path").write_text("of the file")
    monkeypatch.setenv("IDENTITY_KEY", "of the environment")
    path = os.environ["PATH"]

    read_secrets(tmp_path)

    assert os.environ["IDENTITY_KEY"] == "of the environment"
    assert os.environ["PATH"] == path
