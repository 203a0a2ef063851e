"""`make outages`: SECONDS= PART= RATE= CLIENTS= USUAL= PATIENCE= FOLDER=.

Exit 1 for anything lost, unclear, stormed or slow to come back.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from .checking import Judgement
from .outage_figures import Outage
from .outages import PARTS, OutageRun, Plan

WRITTEN = Path("build") / "outages.json"
BACK_SECONDS = 60.0
"""Within so many seconds of the return everything is as before."""
MOST_KNOCKS = 20.0
"""
Connection attempts a second and process, on average, above which it is a storm. With three brokers away, each of
aiokafka's parts tries each of them once a second: some fifteen, however long it lasts. With its own pause it was 31.
"""


def faults_of(outage: Outage, knocks: float) -> list[str]:
    """What is wrong with how the system took an outage; `knocks`: a second and process, on average, at most."""
    found = []
    if outage.unclear:
        found.append(f"{outage.unclear} answers were neither clear nor 503 with Retry-After")
    for what, took in (("latency", outage.usual_again), ("hearing", outage.heard_again)):
        if took is None or took > BACK_SECONDS:
            found.append(f"{what} was not back within {BACK_SECONDS:g} s: {took}")
    for what, knocking in (("connections", outage.knocking), ("calls", outage.calls)):
        if knocking.mean > knocks:
            found.append(f"{knocking.mean} {what} a second and process")
    return [f"{outage.part}: {one}" for one in found]


def show(run: OutageRun, judged: Judgement, console: Console) -> None:
    """Print what people want to know."""
    table = Table(
        title=f"Outages of {run.plan.seconds:g} s: {run.load}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("what")
    for outage in run.outages:
        table.add_column(outage.part, justify="right", overflow="fold")
    rows: list[tuple[str, list[object]]] = [
        ("p99 before, s", [one.usual_p99 for one in run.outages]),
        ("commands a second before", [one.usual_per_second for one in run.outages]),
        ("acknowledged while away", [f"{one.acknowledged:,}" for one in run.outages]),
        ("their p99, s", [one.acknowledged_p99 or "–" for one in run.outages]),
        ("unclear answers", [one.unclear for one in run.outages]),
        ("most events waiting before", [one.usual_waiting for one in run.outages]),
        ("most outbox rows while away", [f"{one.most_unsent:,}" for one in run.outages]),
        ("start took, s", [one.return_took for one in run.outages]),
        ("p99 usual again, s", [one.usual_again for one in run.outages]),
        ("no more waiting again, s", [one.heard_again for one in run.outages]),
        ("p99 after, s", [one.p99_after for one in run.outages]),
        ("connections a second and process", [one.knocking.mean for one in run.outages]),
        ("of the busiest in its busiest second", [one.knocking.most for one in run.outages]),
        ("before", [one.usual_knocking.mean for one in run.outages]),
        ("connections among services a second", [one.calls.mean for one in run.outages]),
    ]
    for what, figures in rows:
        table.add_row(what, *map(str, figures))
    console.print(table)
    for outage in run.outages:
        console.print(f"{outage.part}: {', '.join(f'{answer} {count:,}' for answer, count in outage.answers.items())}")
    console.print(f"{judged.looked_at:,} effects looked for, {len(judged.findings)} findings")


def written(run: OutageRun, judged: Judgement) -> dict[str, Any]:
    """The same for programs."""
    return {
        "seconds": run.plan.seconds,
        "rate": run.plan.rate,
        "clients": run.plan.clients,
        "outages": [asdict(one) for one in run.outages],
        "commands": run.sender.tally.commands,
        "acknowledged": run.sender.tally.acknowledged,
        "refused": dict(run.sender.tally.refused),
        "unknown": run.sender.tally.unknown,
        "effects": judged.looked_at,
        "findings": [f"{one.kind} {one.where}: {one.what}" for one in judged.findings],
        "machine": {"cores": os.cpu_count(), "load": [round(one, 1) for one in os.getloadavg()]},
    }


def _number(name: str, default: float) -> float:
    return float(os.environ.get(name) or default)


def main() -> int:
    """Run once and write build/outages.json. FOLDER keeps data and logs; else they are gone afterwards."""
    parts = tuple((os.environ.get("PART") or "kafka,postgres,matching").split(","))
    if unknown := [part for part in parts if part not in PARTS]:
        raise SystemExit(f"there is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    # A client of brokers that are away says so at every attempt, and here they are away on purpose.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    plan = Plan(
        parts,
        _number("SECONDS", 60),
        _number("RATE", 30),
        int(_number("CLIENTS", 16)),
        usual=_number("USUAL", 20),
        patience=_number("PATIENCE", 120),
    )
    console = Console()

    def say(line: str) -> None:
        console.print(f"{time.strftime('%H:%M:%S')} {line}", highlight=False)

    with tempfile.TemporaryDirectory(prefix="ieum-outages-") as folder:
        run = OutageRun(plan, Path(os.environ.get("FOLDER") or folder), say)
        judged = asyncio.run(run.run())
    show(run, judged, console)
    WRITTEN.parent.mkdir(parents=True, exist_ok=True)
    WRITTEN.write_text(json.dumps(written(run, judged), indent=2, ensure_ascii=False) + "\n")
    wrong = [one for outage in run.outages for one in faults_of(outage, MOST_KNOCKS)]
    wrong += [f"{one.kind} {one.where}: {one.what}" for one in judged.findings[:20]]
    for one in wrong:
        console.print(f"[red]{one}[/]", highlight=False, soft_wrap=True)
    console.print(f"written to {WRITTEN}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
