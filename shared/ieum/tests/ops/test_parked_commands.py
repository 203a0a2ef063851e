"""What the terminal refuses by itself."""

import pytest
from typer.testing import CliRunner

from ieum.ops.__main__ import app


def test_nobody_is_two_persons_of_a_skip_by_means_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_SERVICES", "bank")
    monkeypatch.setenv("BANK_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("IDENTITY_KEY", "a-key-for-tests-of-32-bytes-or-more")
    monkeypatch.delenv("OPS_TOKEN", raising=False)

    refused = CliRunner().invoke(app, ["parked", "skip", "bank.ledger", "bank.account.v1", "a", "--reason", "because"])

    assert refused.exit_code == 2
    assert "each with a token of their own" in refused.output
