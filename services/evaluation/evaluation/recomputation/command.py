"""`python -m evaluation recompute`: show what the topics add up to, and fail unless the database has the same."""

import argparse

from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from evaluation.figures.handlers import reactions
from evaluation.recomputation.comparison import Comparison, begin_comparison, recompute
from evaluation.recomputation.rules import nation, state_hash
from evaluation.recomputation.topics import TopicCutShort, TopicMissing, history
from ieum.messaging.whole_topics import TopicSilent
from ieum.service import Command, Service

SAME, DIFFERENT, NOT_COMPARED = 0, 1, 2
"""Exit codes."""

_DIFFERENCES_SHOWN = 20


async def run(service: Service, _: argparse.Namespace) -> int:
    """Recompute, print, compare. Returns an exit code."""
    # Sentences are not broken into lines: what reads the output should find them whole.
    console = Console(soft_wrap=True, highlight=False)
    if not service.settings.kafka_bootstrap or not service.settings.database_url:
        console.print("Not compared: set KAFKA_BOOTSTRAP and DATABASE_URL, the two sides of the comparison.")
        return NOT_COMPARED
    (reaction,) = reactions
    comparison = await begin_comparison(service.database, reaction.consumer)
    try:
        async with history(service.settings.kafka_bootstrap, reaction.topics) as opened:
            total = sum(partition.end for partition in opened.partitions)
            with _progress(console) as progress:
                task = progress.add_task("reading", total=total)
                await recompute(comparison, opened, reaction, lambda records: progress.advance(task, records))
    except (TopicMissing, TopicCutShort, TopicSilent) as problem:
        console.print(f"Not compared. {type(problem).__doc__} {problem}")
        return NOT_COMPARED
    except (KafkaError, OSError) as problem:
        console.print(f"Not compared: Kafka at {service.settings.kafka_bootstrap}: {type(problem).__name__}")
        return NOT_COMPARED
    _show(console, comparison)
    return SAME if comparison.agrees else DIFFERENT


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )


def _show(console: Console, comparison: Comparison) -> None:
    sides = {
        "topics": comparison.topics,
        "ledger": comparison.ledger,
        "figures": comparison.figures,
        "still to come": comparison.later,
    }
    sums = {side: nation(figures) for side, figures in sides.items()}
    table = Table(title="Whole country, all days", title_justify="left")
    table.add_column("measure")
    for side in sides:
        table.add_column(side, justify="right")
    for measure in sums["topics"]:
        table.add_row(measure, *(f"{sums[side][measure]:,}" for side in sides))
    console.print(table)
    for side in ("topics", "ledger", "figures"):
        console.print(f"State of the {side}: {state_hash(sides[side])}")
    console.print(
        f"Cut: the database at {comparison.cut.taken_at.isoformat(timespec='seconds')}, made from "
        f"{comparison.events:,} events; {comparison.events_later:,} more are in the topics and not counted yet."
    )
    if comparison.repeated or comparison.set_aside:
        console.print(f"Sent twice: {comparison.repeated:,}. Parked, skipped or unreadable: {comparison.set_aside:,}.")
    if comparison.given_up:
        console.print(f"Given up by two persons: {comparison.given_up:,} versions that never came.")
    if comparison.holes:
        console.print(f"{comparison.holes:,} aggregates' versions have holes: the history is not whole.")
    for line in comparison.unreadable[:_DIFFERENCES_SHOWN]:
        console.print(f"Counted by the database, unreadable here: {line}")
    _show_differences(console, comparison)


def _show_differences(console: Console, comparison: Comparison) -> None:
    if comparison.agrees:
        console.print("The same to the last digit.")
        return
    found = comparison.difference
    table = Table(title=f"{len(found):,} differences", title_justify="left")
    for column in ("centre", "day", "measure", "topics", "figures"):
        table.add_column(column)
    for difference in found[:_DIFFERENCES_SHOWN]:
        centre_code, day, measure = difference.cell
        table.add_row(centre_code, day.isoformat(), measure, f"{difference.topics:,}", f"{difference.database:,}")
    console.print(table)
    if state_hash(comparison.ledger) != state_hash(comparison.figures):
        console.print("The figures are not what the ledger adds up to.")


RECOMPUTE = Command(run, "recompute all figures from the topics and compare with the database")
