"""`verify`: is everything that was acknowledged where it belongs?"""

import asyncio
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ieum.messaging.failures import is_passing
from ieum.messaging.topics import Topics
from ieum.ops.effects import read_agreement_queries, read_effect_queries
from ieum.ops.failing import fail
from ieum.ops.store import ServiceTables
from ieum.ops.verifying import Verdict, verify, verify_when_quiet

SHOWN = 20

Database = Annotated[str, typer.Option(envvar="OPS_DATABASE_URL", help="PostgreSQL, as a role that reads all schemas")]
Kafka = Annotated[str, typer.Option(envvar="KAFKA_BOOTSTRAP", help="host:port of the cluster")]
TopicsFile = Annotated[Path, typer.Option(envvar="TOPICS_FILE", exists=True)]
EffectsFile = Annotated[
    Path, typer.Option(exists=True, help="Queries that show each service's effects, and what must agree")
]
Schemas = Annotated[str, typer.Option(help="The services, each a schema of the database")]
Wait = Annotated[float, typer.Option(help="Seconds to wait until nothing is under way; 0 judges at once")]


def verify_command(
    database: Database,
    kafka: Kafka,
    topics_file: TopicsFile = Path("deploy/topics.yaml"),
    effects: EffectsFile = Path("deploy/effects.yaml"),
    schemas: Schemas = "registration,matching,evaluation,notifications",
    wait: Wait = 0,
) -> None:
    """Read all topics and tables and report what is lost, doubled or out of order. Exit 1 when anything is.

    Exit 2 when a server or a schema could not be read.
    """
    topics = Topics.from_file(topics_file)
    services = [ServiceTables(name, database, name) for name in schemas.split(",")]
    queries, agreements = read_effect_queries(effects), read_agreement_queries(effects)
    console = Console()
    if not console.is_terminal:
        console.print("Reading all topics and tables; a minute for a few hundred thousand events.", soft_wrap=True)
    try:
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task("reading topics", total=None)

            def show(done: int, total: int) -> None:
                progress.update(bar, completed=done, total=total)

            verdict = asyncio.run(
                verify_when_quiet(kafka, topics, services, queries, show, within=wait, agreements=agreements)
                if wait
                else verify(kafka, topics, services, queries, show, agreements=agreements)
            )
    except asyncpg.PostgresError as problem:
        if is_passing(problem):
            raise
        # What a server says of a wrong role or schema is a sentence; the way to it is not.
        fail(f"Nothing could be judged: {type(problem).__name__}: {problem}", 2)
    _show(console, verdict)
    raise typer.Exit(1 if verdict.findings else 0)


def _show(console: Console, verdict: Verdict) -> None:
    console.print(
        f"{verdict.events:,} events published, {verdict.repeats:,} records repeated, "
        f"{verdict.unreadable:,} unreadable, {verdict.pending:,} in outboxes"
    )
    table = Table("consumer", "behind", "parked")
    for name, behind in verdict.behind.items():
        table.add_row(name, f"{behind:,}", f"{verdict.parked[name]:,}")
    console.print(table)
    for name, count in verdict.effects.items():
        console.print(f"{name}: {count:,}")
    for finding in verdict.findings[:SHOWN]:
        console.print(f"[red]{finding.kind}[/] {finding.where}: {finding.what}")
    if len(verdict.findings) > SHOWN:
        console.print(f"… and {len(verdict.findings) - SHOWN:,} more")
    console.print(
        "[green]nothing lost, doubled or out of order[/]" if not verdict.findings else "[red]it does not hold[/]"
    )
