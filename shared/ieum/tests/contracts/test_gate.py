"""The gate reads git history and can fail."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ieum.contracts.files import Workspace

EVENTS = """
from ieum.messaging import Event

class KettleBoiled(Event, topic="{service}.kettle.v1"):
    "Water is hot."
    degrees: int
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one service, one event, one committed contract. The service's name is the test's own."""
    service = f"kitchen_{abs(hash(tmp_path)) % 10_000_000}"
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "topics.yaml").write_text(
        f"topics: {{{service}.kettle.v1: {{owner: {service}, key: kettle, partitions: 1}}}}"
    )
    package = tmp_path / "services" / service / service / "kettles"
    package.mkdir(parents=True)
    (package / "events.py").write_text(EVENTS.format(service=service))
    monkeypatch.syspath_prepend(tmp_path / "services" / service)
    workspace = Workspace(tmp_path)
    workspace.write()
    (contract,) = workspace.contracts()
    contract.example_file.write_text('{"degrees": 100}')
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "start"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(service)]:
        del sys.modules[name]


def test_what_was_just_written_and_committed_passes(checkout: Path) -> None:
    assert Workspace(checkout).problems() == []


def test_a_break_with_any_committed_version_is_reported(checkout: Path) -> None:
    workspace = Workspace(checkout)
    (contract,) = workspace.contracts()
    schema = json.loads(contract.schema_file.read_text())
    schema["properties"]["degrees"]["type"] = "string"
    contract.schema_file.write_text(json.dumps(schema))

    problems = workspace.problems()

    assert any("degrees means something else" in problem for problem in problems)
    assert any("run `make contracts`" in problem for problem in problems)


def test_an_example_that_does_not_fit_is_reported(checkout: Path) -> None:
    workspace = Workspace(checkout)
    (contract,) = workspace.contracts()
    contract.example_file.write_text('{"degrees": "hot"}')

    assert any("$.degrees" in problem for problem in workspace.problems())


def test_a_contract_that_nobody_declares_is_reported(checkout: Path) -> None:
    workspace = Workspace(checkout)
    (contract,) = workspace.contracts()
    (contract.schema_file.parent / "spoon-bent.v1.json").write_text("{}")

    assert any("no service declares it" in problem for problem in workspace.problems())
