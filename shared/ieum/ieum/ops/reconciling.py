"""Compares, aggregate by aggregate, what producers have said with what consumers have heard, while everything runs.

Lag is not a finding: what a consumer has not heard is looked at again after a time of grace, against the version the
producer had reached *before* it. What remains was lost on the way, or the producer has forgotten what it said.
A consumer that is being rebuilt has not heard again yet what it heard long ago; it is left for a later round.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from prometheus_client import Counter, Gauge

from ieum.messaging.topics import Topics
from ieum.ops.reaching import Services

T = TypeVar("T")

COMPARED = Counter("reconcile_aggregates_compared_total", "Aggregates whose versions were compared", ["consumer"])
FINDINGS = Gauge("reconcile_findings", "Aggregates that differed in the last round, after grace", ["consumer", "kind"])
FINISHED = Gauge("reconcile_finished_timestamp_seconds", "When the last round of a consumer was finished", ["consumer"])

PAGE = 1_000
_IDS = 100
KINDS = ("missing", "forgotten")


@dataclass(frozen=True, slots=True)
class Difference:
    """An aggregate that a consumer knows otherwise than its owner.

    `missing`: said, and not heard in spite of the grace. `forgotten`: heard, and its owner does not know of it.
    """

    kind: str
    aggregate_id: str
    said: int
    heard: int


@dataclass(slots=True)
class Round:
    """One consumer's topic, compared once."""

    consumer: str
    topic: str
    compared: int = 0
    rebuilding: bool = False
    differences: list[Difference] = field(default_factory=list)


def suspects(said: Mapping[str, int], heard: Mapping[str, int]) -> set[str]:
    """Aggregates worth a second look: either side is ahead."""
    return {key for key in said.keys() | heard.keys() if said.get(key, 0) != heard.get(key, 0)}


def differences(
    said_before: Mapping[str, int], heard_after_grace: Mapping[str, int], said_after: Mapping[str, int]
) -> list[Difference]:
    """What is still wrong with suspects: `said_before` was read before the grace, `said_after` after `heard`."""
    found = []
    for key in sorted(said_before.keys() | heard_after_grace.keys()):
        heard = heard_after_grace.get(key, 0)
        if heard < said_before.get(key, 0):
            found.append(Difference("missing", key, said_before[key], heard))
        elif heard > said_after.get(key, 0):
            found.append(Difference("forgotten", key, said_after.get(key, 0), heard))
    return found


async def reconcile(services: Services, topics: Topics, *, grace: float) -> list[Round]:
    """Compare every consumer of the services with the owners of what it hears, side by side. Raises Refused.

    `grace`: seconds that an event may be under way.
    """
    consumers = [
        (service, consumer)
        for service in services.names
        for consumer in (await services.get(service, "/operations"))["consumers"]
    ]
    # Each topic waits for its own grace: one after the other they would take minutes where everything lives.
    found = await _together(
        *(_of_consumer(services, service, consumer, topics, grace) for service, consumer in consumers)
    )
    return [one for mine in found for one in mine]


async def _together(*works: Coroutine[Any, Any, T]) -> list[T]:
    """What all of them give. When one fails, the others do not go on by themselves."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _of_consumer(
    services: Services, service: str, consumer: Mapping[str, Any], topics: Topics, grace: float
) -> list[Round]:
    group = consumer["consumer"]
    mine = [Round(group, topic, rebuilding=_rebuilds(consumer)) for topic in consumer["topics"]]
    compared = [one for one in mine if not one.rebuilding]
    await _together(*(_compare(services, service, topics[one.topic].owner, one, grace) for one in compared))
    if any(one.differences for one in mine) and await _is_rebuilding(services, service, group):
        # It began meanwhile: what was read of it since tells nothing.
        mine = [Round(group, one.topic, rebuilding=True) for one in mine]
    for kind in KINDS:
        count = sum(found.kind == kind for one in mine for found in one.differences)
        FINDINGS.labels(group, kind).set(count)
    FINISHED.labels(group).set_to_current_time()
    return mine


async def _is_rebuilding(services: Services, service: str, group: str) -> bool:
    status = await services.get(service, "/operations")
    return any(_rebuilds(one) for one in status["consumers"] if one["consumer"] == group)


def _rebuilds(consumer: Mapping[str, Any]) -> bool:
    # A service of an earlier release does not say.
    return bool(consumer.get("rebuilding"))


async def _compare(services: Services, service: str, owner: str, one: Round, grace: float) -> None:
    """Walk both lists side by side, then look again at what differed."""
    said_path, heard_path = "/operations/versions/said", "/operations/versions/heard"
    suspicious: dict[str, int] = {}
    said_pages = services.pages(owner, said_path, topic=one.topic, after="", limit=PAGE)
    heard_pages = services.pages(service, heard_path, consumer=one.consumer, topic=one.topic, after="", limit=PAGE)
    async for said, heard in _side_by_side(said_pages, heard_pages):
        one.compared += len(said)
        COMPARED.labels(one.consumer).inc(len(said))
        for key in suspects(said, heard):
            # A database may sort ids otherwise than Python does; then the two sides of one come apart.
            suspicious[key] = max(suspicious.get(key, 0), said.get(key, 0))
    if not suspicious:
        return
    await asyncio.sleep(grace)
    for ids in _some_at_a_time(list(suspicious)):
        heard_now = await services.get(service, heard_path, consumer=one.consumer, topic=one.topic, ids=ids)
        said_now = await services.get(owner, said_path, topic=one.topic, ids=ids)
        one.differences += differences(
            {key: suspicious[key] for key in ids}, _versions(heard_now["items"]), _versions(said_now["items"])
        )


async def _side_by_side(
    left: AsyncIterator[list[Any]], right: AsyncIterator[list[Any]]
) -> AsyncIterator[tuple[dict[str, int], dict[str, int]]]:
    """Both sides for the same range of ids, whatever the pages' borders; each aggregate comes once."""
    mine: dict[str, int] = {}
    theirs: dict[str, int] = {}
    left_ended = right_ended = False
    while not (left_ended and right_ended):
        if not left_ended:
            page = await anext(left, None)
            left_ended = page is None
            mine |= _versions(page or [])
        if not right_ended:
            page = await anext(right, None)
            right_ended = page is None
            theirs |= _versions(page or [])
        # Up to where both are known.
        ends = [max(side, default="") for side, ended in ((mine, left_ended), (theirs, right_ended)) if not ended]
        border = min(ends) if ends else None
        yield _take(mine, border), _take(theirs, border)


def _take(versions: dict[str, int], border: str | None) -> dict[str, int]:
    taken = {key: version for key, version in versions.items() if border is None or key <= border}
    for key in taken:
        del versions[key]
    return taken


def _versions(items: Sequence[Sequence[Any]]) -> dict[str, int]:
    return {str(key): int(version) for key, version in items}


def _some_at_a_time(ids: list[str]) -> Iterator[list[str]]:
    return (ids[start : start + _IDS] for start in range(0, len(ids), _IDS))
