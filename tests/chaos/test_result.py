"""What a run writes has the fields that others read, and fails on whatever was found."""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ieum.ops.oracle import Finding

from .checking import Judgement
from .commands import Tally
from .recovery import Recoveries, Recovery
from .result import Result, make, spread, write
from .schedule import Fault


def result(*findings: Finding, recovered: bool = True) -> Result:
    fault = Fault(1, 3.0, "kill", "matching-1", 0.0, "")
    recoveries = Recoveries(list, _ready, lambda: 0.0)
    recoveries.found.append(Recovery(fault, 5.0, 2.5 if recovered else None))
    if not recovered:
        recoveries.waiting += recoveries.found
    faults: Any = SimpleNamespace(done=Counter(kill=1), failpoints=Counter())
    return make(
        7, 120, {"under fault": 50.0}, Tally(10, 9), faults, recoveries, Judgement(list(findings), parked=2), 1,
        Counter(), (0.0, 0.0, 0.0), {"kafka_s": 3.1, "postgres_s": 0.4},
    )  # fmt: skip


async def _ready(_: str) -> str | None:
    return None


def test_the_file_has_the_fields_that_others_read(tmp_path: Path) -> None:
    write(result(), tmp_path / "chaos.json")

    written = json.loads((tmp_path / "chaos.json").read_text())

    figures = {key: written[key] for key in ("seed", "seconds", "commands", "acknowledged", "unknown", "parked")}
    assert figures == {"seed": 7, "seconds": 120, "commands": 10, "acknowledged": 9, "unknown": 0, "parked": 2}
    assert written["faults"] == {"kill": 1}
    assert (written["lost"], written["doubled"], written["reordered"]) == (0, 0, 0)
    assert written["recovery_s"] == {"p50": 2.5, "p99": 2.5, "max": 2.5}
    assert written["alone"] == {"kafka_s": 3.1, "postgres_s": 0.4}
    assert written["mutants"].keys() == {"total", "caught", "missed"}


@pytest.mark.parametrize(
    ("kind", "column"),
    [("lost", "lost"), ("stuck", "lost"), ("late", "lost"), ("diverged", "lost"), ("doubled", "doubled"),
     ("invented", "doubled"), ("forked", "doubled"), ("reordered", "reordered")],
)  # fmt: skip
def test_every_kind_of_finding_counts_in_a_column_and_fails_the_run(kind: str, column: str) -> None:
    outcome = result(Finding(kind, "matching", "something"))

    assert getattr(outcome, column) == 1
    assert outcome.lost + outcome.doubled + outcome.reordered == 1
    assert not outcome.holds


def test_a_fault_that_is_not_made_good_fails_the_run() -> None:
    assert result().holds
    assert not result(recovered=False).holds


def test_the_99th_percentile_is_the_nearest_rank() -> None:
    assert spread([float(n) for n in range(1, 201)]) == {"p50": 100.0, "p99": 198.0, "max": 200.0}
    assert spread([]) == {"p50": None, "p99": None, "max": None}
