"""`parked …`: aggregates that wait for an operator. The same as the operator pages of the portal, for a terminal."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from ieum.ops.failing import fail
from ieum.ops.reaching import Refused, Services, path_of, urls_in

app = typer.Typer(no_args_is_help=True, help="Aggregates that wait for an operator.")
T = TypeVar("T")

Consumer = Annotated[str, typer.Argument(help="The consumer group, <service>.<purpose>")]
Topic = Annotated[str, typer.Argument(help="The topic, <producer>.<aggregate>.v1")]
Aggregate = Annotated[str, typer.Argument(help="The aggregate's id")]
Reason = Annotated[str, typer.Option(help="Why; kept for ever with your name")]
Person = Annotated[
    str, typer.Option("--as", envvar="OPS_PERSON", help="Who decides, where IDENTITY_KEY makes the token")
]


@app.command("list")
def list_parked() -> None:
    """Every aggregate that does not flow, per consumer, with the reason; then the records that nobody could read."""

    async def ask(services: Services) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        found: tuple[list[dict[str, Any]], list[dict[str, Any]]] = [], []
        for service in services.names:
            for path, items in zip(("/operations/parked", "/operations/unreadable"), found, strict=True):
                async for page in services.pages(service, path, limit=200):
                    items += page
        return found

    found, unreadable = _run(ask)
    # Not a table, which cuts what does not fit: the first line is what `show`, `release` and `skip` are given.
    console = Console(soft_wrap=True, highlight=False)
    for key in found:
        console.print(f"[bold]{key['consumer']} {key['topic']} {key['aggregate_id']}[/]")
        events = "1 event" if key["events"] == 1 else f"{key['events']} events"
        console.print(f"  {key['state']} since {key['since']}, {events}: {key['reason']}", markup=False)
    if not found:
        console.print("nothing is parked")
    for one in unreadable:
        console.print(f"unreadable: {one['topic']}, partition {one['partition']}, offset {one['offset']}")
        console.print(f"  for {one['consumer']} since {one['since']}: {one['reason']}", markup=False)


@app.command()
def show(consumer: Consumer, topic: Topic, aggregate_id: Aggregate) -> None:
    """What is parked for one aggregate, in order."""
    found = _run(lambda services: services.get(_service(consumer), _path(consumer, topic, aggregate_id)))
    for event in found["items"]:
        Console().print(
            f"[bold]{event['version']} {event['type']}[/] {event['state']}, {event['attempts']} attempts: "
            f"{event['reason']}"
        )
        Console().print_json(json.dumps(event["body"], ensure_ascii=False))


@app.command()
def release(
    consumer: Consumer,
    topic: Topic,
    aggregate_id: Aggregate,
    reason: Reason,
    preview: Annotated[bool, typer.Option(help="Only show what it would do")] = False,
    person: Person = "ops",
) -> None:
    """Apply what is parked, in order, all or nothing, and let the aggregate flow. Exit 1 when it cannot be."""
    body = {"reason": reason, "preview": preview}
    path = _path(consumer, topic, aggregate_id) + "/release"
    outcome = _run(lambda services: services.post(_service(consumer), path, body), person)
    if outcome["problem"]:
        fail(f"nothing was applied: {outcome['problem']}", 1)
    said = ", ".join(outcome["said"]) or "nothing"
    Console().print(f"{outcome['applied']} {'would be' if preview else 'were'} applied; says {said}")


@app.command()
def skip(consumer: Consumer, topic: Topic, aggregate_id: Aggregate, reason: Reason) -> None:
    """Leave out the first parked event for good: one person asks, another one agrees by the same command.

    Each with a token of their own (OPS_TOKEN): whoever has IDENTITY_KEY could be both.
    """
    if not os.environ.get("OPS_TOKEN"):
        fail("a skip takes two persons, each with a token of their own: set OPS_TOKEN", 2)
    path = _path(consumer, topic, aggregate_id) + "/skip"
    done = _run(lambda services: services.post(_service(consumer), path, {"reason": reason}))["skipped"]
    Console().print("skipped for good" if done else "asked for: another person must agree by the same command")


def _service(consumer: str) -> str:
    return consumer.partition(".")[0]


def _path(consumer: str, topic: str, aggregate_id: str) -> str:
    return path_of("operations", "parked", consumer, topic, aggregate_id)


def _run(ask: Callable[[Services], Awaitable[T]], person: str = "ops") -> T:
    async def run() -> T:
        token, key = os.environ.get("OPS_TOKEN"), os.environ.get("IDENTITY_KEY")
        async with Services(urls_in(os.environ), token=token, identity_key=key, person_id=person) as services:
            return await ask(services)

    try:
        return asyncio.run(run())
    except Refused as problem:
        fail(str(problem), 2)
