"""`python -m <service> adopt`: count on from what the service's topics hold, after its database was restored."""

import argparse

from rich.console import Console

from ieum.messaging import Topics
from ieum.messaging.adopting import RelayAtWork, adopt, find_unsaid
from ieum.messaging.failures import is_passing
from ieum.service.service import Service
from ieum.telemetry import log

DONE, LEFT, NOT_DONE = 0, 1, 2
"""Exit codes: nothing is forgotten (any more), something is still, it could not be looked at."""

_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--by` and `--reason`, without which it only shows."""
    parser.add_argument("--by", help="who decides to go on without what was lost; without it, it is only shown")
    parser.add_argument("--reason", help="why, for the log")


async def run(service: Service, arguments: argparse.Namespace) -> int:
    """Show what is forgotten, and adopt it where somebody answers for it. Returns an exit code."""
    console = Console(soft_wrap=True, highlight=False)
    if not service.settings.kafka_bootstrap:
        console.print("Set KAFKA_BOOTSTRAP: what was published is read from there.")
        return NOT_DONE
    if bool(arguments.by) != bool(arguments.reason):
        console.print("--by and --reason go together: who decides, and why.")
        return NOT_DONE
    owned = Topics.from_file(service.settings.topics_file).owned_by(service.name)
    try:
        unsaid = await find_unsaid(service.database, service.settings.kafka_bootstrap, owned)
    except Exception as problem:
        if not is_passing(problem):
            raise
        console.print(f"Nothing was changed: {type(problem).__name__}. Try again when Kafka and PostgreSQL answer.")
        return NOT_DONE
    if not unsaid:
        console.print("The database knows everything that its topics hold of it.")
        return DONE
    for one in unsaid[:_SHOWN]:
        waiting = f"; {one.waiting:,} waiting here under numbers that are out" if one.waiting else ""
        console.print(
            f"{one.topic} {one.aggregate_id}: version {one.published} is published, {one.said} said here{waiting}"
        )
    if len(unsaid) > _SHOWN:
        console.print(f"and {len(unsaid) - _SHOWN:,} more")
    if not arguments.by:
        console.print(
            "Restore the database to the end of its log. Where that is not possible, or these records are not its own,"
            " `adopt --by NAME --reason TEXT` counts on from them, also with what waits here; what they said stays"
            " unknown to the database."
        )
        return LEFT
    try:
        await adopt(service.database, unsaid)
    except RelayAtWork as at_work:
        console.print(str(at_work))
        return NOT_DONE
    renumbered = sum(one.waiting for one in unsaid)
    log.warning(
        "forgotten_events_adopted", aggregates=len(unsaid), renumbered=renumbered, by=arguments.by,
        reason=arguments.reason,
    )  # fmt: skip
    console.print(f"Counting on from what is published: {len(unsaid):,} aggregates, {renumbered:,} events that waited.")
    return DONE
