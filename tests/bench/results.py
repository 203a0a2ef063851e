"""What a measurement says, as a table for people and as JSON."""

import json
import os
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ..running.percentile import p99

Spread = dict[str, float]


@dataclass
class Result:
    """One benchmark. `ceiling` is what was measured beside it with nothing in it, `more` are further figures of ours.

    `oracle` is "passed", or "failed: " and what was lost, doubled or different: then the figures are void.
    """

    unit: str
    rounds: int
    ours: Spread
    ceiling: dict[str, Spread]
    oracle: str
    peers: dict[str, Spread | str] = field(default_factory=dict)
    more: dict[str, Spread] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    processor: dict[str, Spread] = field(default_factory=dict)
    """Microseconds of processor time an item in the measured process, by whom."""
    void: dict[str, str] = field(default_factory=dict)
    """Peers whose figures do not count, and what they lost, doubled or moved."""


def times(samples: Sequence[float]) -> Spread:
    """Median, least, most and the 99th percentile (nearest rank) of times."""
    ordered = sorted(samples)
    return {**spread(ordered), "p99": round(p99(ordered), 1)}


def spread(samples: Sequence[float]) -> Spread:
    """Median, least and most."""
    return {
        "median": round(statistics.median(samples), 1),
        "min": round(min(samples), 1),
        "max": round(max(samples), 1),
    }


def machine() -> dict[str, Any]:
    """How many cores there are, and how busy they were with everything in the last minute and five minutes."""
    one, five, _ = os.getloadavg()
    return {"cores": os.cpu_count(), "load_1_min": round(one, 2), "load_5_min": round(five, 2)}


def show(results: dict[str, Result | str], console: Console) -> None:
    """Print a table; a benchmark that is only a text was not run."""
    table = Table(title="Ieum, measured", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("benchmark", "what", "median", "min", "max", "p99"):
        table.add_column(column, justify="left" if column in {"benchmark", "what"} else "right", no_wrap=True)
    remarks = []
    for name, result in results.items():
        if isinstance(result, str):
            remarks.append(f"{name}: {result}")
            continue
        lines = {"ours": result.ours}
        lines |= {f"ours, {what}": figures for what, figures in result.more.items()}
        lines |= {f"ceiling: {what}": figures for what, figures in result.ceiling.items()}
        lines |= {f"peer: {what}": figures for what, figures in result.peers.items() if not isinstance(figures, str)}
        for number, (what, figures) in enumerate(lines.items()):
            shown = [_short(figures[key]) if key in figures else "" for key in ("median", "min", "max", "p99")]
            first = (name, result.unit)[number] if number < 2 else ""
            table.add_row(first, what, *shown, end_section=number == len(lines) - 1)
        busy = f"{result.machine['cores']} cores, load {result.machine['load_1_min']} when it began"
        remarks.append(f"{name}: oracle {result.oracle}; rounds: {result.rounds}; {busy}")
        remarks += [f"{name}: {what}: {why}" for what, why in result.peers.items() if isinstance(why, str)]
        remarks += [f"{name}: {what}: void: {fault}" for what, fault in result.void.items()]
        if ratios := _ratios(result):
            remarks.append(f"{name}: ours is {', '.join(ratios)}")
        if result.processor:
            used = ", ".join(f"{what} {_short(figures['median'])}" for what, figures in result.processor.items())
            remarks.append(f"{name}: processor time in the process measured, µs an item: {used}")
    console.print(table)
    for remark in remarks:
        console.print(remark, soft_wrap=True, highlight=False)


def _ratios(result: Result) -> list[str]:
    """Ours over everybody else's median in the same unit; of times, how many times as long."""
    others = {
        what: figures["median"]
        for what, figures in {**result.ceiling, **result.peers}.items()
        if not isinstance(figures, str) and not what.endswith(", ms")
    }
    return [f"{result.ours['median'] / median:,.2f} of {what}" for what, median in others.items() if median]


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 1_000 else f"{figure:.1f}"


def write(results: dict[str, Result | str], file: Path) -> None:
    """Write build/bench.json; what was measured before and not this time is kept."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        kept: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        kept = {}
    for name, result in results.items():
        if not isinstance(result, str):
            kept[name] = asdict(result)
        elif name not in kept or isinstance(kept[name], str):
            kept[name] = result
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
