"""What a run came to: build/chaos.json for programs and a table for people."""

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ieum.ops.oracle import Finding

from .checking import Judgement
from .commands import Tally
from .faults import Faults
from .recovery import Recoveries

WRITTEN = Path("build") / "chaos.json"
_MUTANTS = Path("build") / "mutants.json"
_LOST = ("lost", "stuck", "late", "diverged")
_DOUBLED = ("doubled", "invented", "forked")


@dataclass
class Result:
    """The figures of a run. `lost`, `doubled` and `reordered` count findings; anything but zeros fails it."""

    seed: int
    seconds: float
    commands: int
    acknowledged: int
    refused: dict[str, int]
    unknown: int
    per_second: dict[str, float]
    faults: dict[str, int]
    failpoints: dict[str, int]
    lost: int
    doubled: int
    reordered: int
    parked: int
    poison: int
    recovery_s: dict[str, float | None]
    recovery_by_kind: dict[str, dict[str, float | None]]
    slowest: list[str]
    alone: dict[str, Any] | None
    mutants: dict[str, Any]
    events: int
    repeats: int
    promises: int
    replays: int
    letters: int
    server_errors: dict[str, int]
    surprises: dict[str, int]
    findings: list[str] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing is lost, doubled or out of order."""
        return not self.findings


def spread(seconds: list[float]) -> dict[str, float | None]:
    """Median, 99th percentile (nearest rank) and longest; None where nothing was measured."""
    ordered = sorted(seconds)

    def rank(share: int) -> float | None:
        return round(ordered[max(0, -(-len(ordered) * share // 100) - 1)], 1) if ordered else None

    return {"p50": rank(50), "p99": rank(99), "max": rank(100)}


def make(
    seed: int,
    seconds: float,
    rates: dict[str, float],
    tally: Tally,
    faults: Faults,
    recoveries: Recoveries,
    judgement: Judgement,
    poison: int,
    surprises: Counter[str],
    load: tuple[float, float, float],
    alone: dict[str, Any] | None = None,
) -> Result:
    """The result of a run that has been judged."""
    findings = list(judgement.findings)
    findings += [
        Finding("stuck", one.fault.target, f"not recovered from {one.fault.kind} at {one.fault.at} s")
        for one in recoveries.waiting
    ]
    kinds = sorted({one.fault.kind for one in recoveries.found})
    took = [(one.fault.kind, one.seconds) for one in recoveries.found if one.seconds is not None]
    verdict = judgement.verdict
    return Result(
        seed=seed,
        seconds=seconds,
        commands=tally.commands,
        acknowledged=tally.acknowledged,
        refused=dict(tally.refused),
        unknown=tally.unknown,
        per_second=rates,
        faults=dict(sorted(faults.done.items())),
        failpoints=dict(sorted(faults.failpoints.items())),
        lost=sum(one.kind in _LOST for one in findings),
        doubled=sum(one.kind in _DOUBLED for one in findings),
        reordered=sum(one.kind == "reordered" for one in findings),
        parked=judgement.parked,
        poison=poison,
        recovery_s=spread([seconds for _, seconds in took]),
        recovery_by_kind={kind: spread([s for found, s in took if found == kind]) for kind in kinds},
        slowest=[str(one) for one in sorted(recoveries.found, key=lambda one: -(one.seconds or 0))[:12]],
        alone=alone,
        mutants=mutants(),
        events=verdict.events if verdict else 0,
        repeats=verdict.repeats if verdict else 0,
        promises=judgement.looked_at,
        replays=tally.replays,
        letters=judgement.letters,
        server_errors=dict(tally.server_errors),
        surprises=dict(surprises),
        findings=[f"{one.kind} {one.where}: {one.what}" for one in findings],
        machine={"cores": os.cpu_count(), "load_before": round(load[0], 2), "load_after": round(os.getloadavg()[0], 2)},
    )


def mutants() -> dict[str, Any]:
    """The catch rate of the oracle where it has been measured in this checkout; a total of 0 where it has not."""
    try:
        found: dict[str, Any] = json.loads(_MUTANTS.read_text())
    except (OSError, ValueError):
        found = {}
    return {"total": found.get("total", 0), "caught": found.get("caught", 0), "missed": found.get("missed", [])}


def write(result: Result, file: Path = WRITTEN) -> None:
    """Write the result as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(vars(result), indent=2, ensure_ascii=False) + "\n")


def show(result: Result, console: Console) -> None:
    """Print what people want to know."""
    table = Table(title=f"The fault run, seed {result.seed}", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("what")
    table.add_column("figure", justify="right")
    table.add_column("of it", overflow="fold")
    recovery = result.recovery_s
    caught = result.mutants
    rows: list[tuple[str, object, str]] = [
        ("seconds under fault", f"{result.seconds:g}", ", ".join(f"{k} {v:g}/s" for k, v in result.per_second.items())),
        ("commands", f"{result.commands:,}", f"{result.replays:,} acknowledged ones sent again"),
        ("acknowledged", f"{result.acknowledged:,}", f"{result.promises:,} effects looked for"),
        ("refused", f"{sum(result.refused.values()):,}", _listed(result.refused)),
        ("unknown", result.unknown, ""),
        ("faults", sum(result.faults.values()), _listed(result.faults)),
        ("failpoints", sum(result.failpoints.values()), _listed(result.failpoints)),
        ("events", f"{result.events:,}", f"{result.repeats:,} records were repeats"),
        ("poison", f"{result.poison:,}", f"{result.parked:,} rows parked at its consumers"),
        ("letters", f"{result.letters:,}", ""),
        ("recovery, s", recovery["p50"], f"p99 {recovery['p99']}, longest {recovery['max']}"),
        ("alone, s", *_alone(result.alone)),
        ("answers 5xx", sum(result.server_errors.values()), _listed(result.server_errors)),
        ("surprising ends", sum(result.surprises.values()), _listed(result.surprises)),
        (
            "mutants caught",
            caught["caught"] if caught["total"] else "–",
            f"of {caught['total']}" if caught["total"] else "not measured here",
        ),
        ("lost", result.lost, ""),
        ("doubled", result.doubled, ""),
        ("out of order", result.reordered, ""),
    ]
    for what, figure, more in rows:
        table.add_row(what, str(figure), more)
    console.print(table)
    for finding in result.findings[:20]:
        console.print(f"[red]{finding}[/]", highlight=False, soft_wrap=True)
    if len(result.findings) > 20:
        console.print(f"… and {len(result.findings) - 20:,} more in {WRITTEN}")
    console.print("[green]nothing lost, doubled or out of order[/]" if result.holds else "[red]it does not hold[/]")


def _alone(measured: dict[str, Any] | None) -> tuple[str, str]:
    if measured is None:
        return "–", "what Kafka and PostgreSQL need by themselves: not measured"
    return f"{max(measured['kafka_s'], measured['postgres_s'])}", (
        f"Kafka {measured['kafka_s']} when a broker is killed, PostgreSQL {measured['postgres_s']} when it is stopped"
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
