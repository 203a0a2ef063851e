"""`python -m <service> rebuild`: make what a service derived from its topics again, and watch it being made."""

import argparse
import asyncio
from datetime import datetime

from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ieum.messaging import Topics, rebuilding, rebuilding_store, store
from ieum.messaging.failures import is_passing
from ieum.messaging.reactions import Reaction
from ieum.messaging.rebuilding import HistoryCutShort
from ieum.messaging.state_hash import TableState, differing
from ieum.service.service import Service

DONE, DIFFERENT, NOT_REBUILT = 0, 1, 2
"""Exit codes."""

_POLL_SECONDS = 0.25
_QUIET_SECONDS = 20.0
# A table that is read all the time may be busy for as long as a statement waits for a lock; then it is tried again.
_ATTEMPTS = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--consumer`."""
    parser.add_argument("--consumer", help="only this consumer group; all that can be rebuilt where none is named")


async def run(service: Service, arguments: argparse.Namespace) -> int:
    """Rebuild one after the other. Returns an exit code."""
    # Sentences are not broken into lines: what reads the output should find them whole.
    console = Console(soft_wrap=True, highlight=False)
    chosen = [one for one in service.reactions if arguments.consumer in (None, one.consumer)]
    if not chosen:
        console.print(f"Not rebuilt: {service.name} has no consumer group {arguments.consumer or 'at all'}.")
        return NOT_REBUILT
    if not service.settings.kafka_bootstrap:
        console.print("Not rebuilt: set KAFKA_BOOTSTRAP, from where everything is heard again.")
        return NOT_REBUILT
    for reaction in chosen:
        if not reaction.derived:
            console.print(
                f"{reaction.consumer} cannot be rebuilt: what it does are facts of its own, "
                "which hearing everything again would make twice."
            )
    codes = [await _rebuild(console, service, reaction) for reaction in chosen if reaction.derived]
    return max(codes, default=NOT_REBUILT)


async def _rebuild(console: Console, service: Service, reaction: Reaction) -> int:
    topics = Topics.from_file(service.settings.topics_file)
    try:
        rebuild, began = await _begin(service, reaction, topics)
    except HistoryCutShort as problem:
        console.print(f"{reaction.consumer} is not rebuilt. {problem}")
        return NOT_REBUILT
    except Exception as problem:
        if not is_passing(problem):
            raise
        console.print(f"{reaction.consumer} is not rebuilt, nothing was changed: {type(problem).__name__}.")
        return NOT_REBUILT
    if began:
        async with service.database.reading() as tx:
            skips = await rebuilding_store.skips_of(tx, reaction.consumer)
        if skips:
            console.print(f"{skips:,} events were skipped by two persons once; they are heard again, and park again.")
    else:
        since = rebuild.started_at.isoformat(timespec="seconds")
        console.print(f"{reaction.consumer} is being rebuilt since {since}; this only watches.")
    await _watch(console, service, reaction, rebuild.started_at)
    return await _show(console, service, reaction, rebuild.started_at)


async def _begin(service: Service, reaction: Reaction, topics: Topics) -> tuple[rebuilding_store.Rebuild, bool]:
    async with service.database.reading() as tx:
        at_work = await rebuilding_store.open_rebuild(tx, reaction.consumer)
        positions = await store.find_positions(tx, reaction.consumer)
    if at_work is not None:
        return at_work, False
    assert service.settings.kafka_bootstrap is not None
    await rebuilding.check_history(service.settings.kafka_bootstrap, reaction, topics, positions)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await rebuilding.begin(service.database, reaction, topics)
        except Exception as problem:
            if attempt == _ATTEMPTS or isinstance(problem, KafkaError) or not is_passing(problem):
                raise
    raise AssertionError("unreachable")


async def _watch(console: Console, service: Service, reaction: Reaction, started_at: datetime) -> None:
    """Show progress until the service has finished. Ending this ends the watching only."""
    clock = asyncio.get_running_loop().time
    moved_at, seen, hinted = clock(), -1, False
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    ) as shown:
        task = shown.add_task(reaction.consumer)
        while True:
            now = await rebuilding.look(service.database, reaction.consumer, started_at)
            catching_up = now.rebuild.reached_at is not None
            shown.update(
                task, completed=now.heard, total=now.total,
                description=f"{reaction.consumer}: {'catching up' if catching_up else 'hearing again'}",
            )  # fmt: skip
            if now.is_finished:
                return
            if now.heard != seen:
                moved_at, seen = clock(), now.heard
            elif clock() - moved_at > _QUIET_SECONDS and not catching_up and not hinted:
                hinted = True
                shown.console.print(f"Nothing was heard for {_QUIET_SECONDS:.0f} s: is a process of {service.name} up?")
            await asyncio.sleep(_POLL_SECONDS)


async def _show(console: Console, service: Service, reaction: Reaction, started_at: datetime) -> int:
    """Both states, table by table. They can only be expected to be the same where nothing newer was heard since."""
    now, after = await rebuilding.compare(service.database, reaction, started_at)
    before = now.rebuild.before
    table = Table(title=f"{reaction.consumer}: what it derived", title_justify="left")
    for column in ("table", "rows before", "rows after", "state before", "state after"):
        table.add_column(column, justify="right" if column.startswith("rows") else "left", no_wrap=True)
    for name in sorted(before.keys() | after.keys()):
        was, is_now = before.get(name, _NONE), after.get(name, _NONE)
        table.add_row(name, f"{was.rows:,}", f"{is_now.rows:,}", was.hash[:12], is_now.hash[:12])
    console.print(table)
    took = now.rebuild.finished_at - now.rebuild.started_at if now.rebuild.finished_at else None
    console.print(f"{reaction.consumer}: {now.total:,} records heard again in {took}, {now.newer:,} newer ones since.")
    different = differing(before, after)
    if not different:
        console.print(f"{reaction.consumer}: the same state before and after.")
    elif now.newer:
        console.print(f"{reaction.consumer}: newer events are in it, so the states need not be the same.")
    else:
        console.print(f"{reaction.consumer}: DIFFERENT in {', '.join(different)}, though nothing newer was heard.")
        return DIFFERENT
    return DONE


_NONE = TableState(0, "")
