"""`reconcile`: do consumers know what producers have said? Once, or for ever with metrics."""

import asyncio
import os
import time
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import start_http_server
from rich.console import Console
from rich.table import Table

from ieum.messaging.topics import Topics
from ieum.ops.failing import fail
from ieum.ops.reaching import Refused, Services, urls_in
from ieum.ops.reconciling import Round, reconcile
from ieum.telemetry import configure_logging, log

SHOWN = 20
TopicsFile = Annotated[Path, typer.Option(envvar="TOPICS_FILE", exists=True)]
Grace = Annotated[float, typer.Option(min=0, help="Seconds that an event may be under way")]
Every = Annotated[float, typer.Option(min=0, help="Seconds between rounds; 0: one round, exit 1 on a difference")]
Listen = Annotated[int, typer.Option(help="With --every: the port of /metrics")]


def reconcile_command(
    topics_file: TopicsFile = Path("deploy/topics.yaml"), grace: Grace = 30, every: Every = 0, listen: Listen = 9_100
) -> None:
    """Compare what producers said with what consumers heard, through the services that OPS_SERVICES names."""
    topics = Topics.from_file(topics_file)
    if every:
        asyncio.run(_for_ever(topics, grace, every, listen))
        return
    try:
        rounds = asyncio.run(_once(topics, grace))
    except Refused as problem:
        fail(str(problem), 2)
    _show(rounds)
    raise typer.Exit(1 if any(one.differences for one in rounds) else 0)


async def _once(topics: Topics, grace: float) -> list[Round]:
    async with Services(
        urls_in(os.environ), token=os.environ.get("OPS_TOKEN"), identity_key=os.environ.get("IDENTITY_KEY")
    ) as services:
        return await reconcile(services, topics, grace=grace)


async def _for_ever(topics: Topics, grace: float, every: float, port: int) -> None:
    configure_logging("reconciler")
    start_http_server(port)
    log.info("reconciling", port=port, every=every)
    while True:
        began = time.monotonic()
        try:
            rounds = await _once(topics, grace)
            for consumer in _rebuilding(rounds):
                log.info("not_compared", consumer=consumer, reason="it is being rebuilt")
            for one in rounds:
                for found in one.differences[:SHOWN]:
                    log.error(
                        "versions_differ", consumer=one.consumer, topic=one.topic, kind=found.kind,
                        aggregate_id=found.aggregate_id, said=found.said, heard=found.heard,
                    )  # fmt: skip
        except Refused as problem:
            log.warning("round_broken_off", reason=str(problem))
        await asyncio.sleep(max(1.0, every - (time.monotonic() - began)))


def _show(rounds: list[Round]) -> None:
    console = Console()
    table = Table("consumer", "topic", "compared", "differences")
    for one in rounds:
        found_here = "is being rebuilt" if one.rebuilding else f"{len(one.differences):,}"
        table.add_row(one.consumer, one.topic, f"{one.compared:,}", found_here)
    console.print(table)
    found = [(one, difference) for one in rounds for difference in one.differences]
    for one, difference in found[:SHOWN]:
        console.print(
            f"[red]{difference.kind}[/] {one.consumer} {one.topic} {difference.aggregate_id}: "
            f"said {difference.said}, heard {difference.heard}"
        )
    if len(found) > SHOWN:
        console.print(f"… and {len(found) - SHOWN:,} more")
    rebuilding = _rebuilding(rounds)
    but = f", but for {', '.join(rebuilding)}: being rebuilt, not compared" if rebuilding else ""
    console.print("[red]they differ[/]" if found else f"[green]consumers know what was said[/]{but}")


def _rebuilding(rounds: list[Round]) -> list[str]:
    return sorted({one.consumer for one in rounds if one.rebuilding})
