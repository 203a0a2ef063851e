"""One verification: read everything, judge it, say what was found."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ieum.messaging.topics import Topics
from ieum.ops.oracle import Finding, check_consumer, check_effects, check_producer, history
from ieum.ops.reading import EffectQuery, ServiceTables, read_log, read_services


@dataclass(slots=True)
class Verdict:
    """What a verification saw. It holds when there are no findings and nothing is behind."""

    events: int = 0
    repeats: int = 0
    unreadable: int = 0
    pending: int = 0
    behind: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    effects: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Whether everything said has been published and heard."""
        return self.pending == 0 and not any(self.behind.values())


async def verify(
    bootstrap: str,
    topics: Topics,
    services: list[ServiceTables],
    queries: list[EffectQuery],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verdict:
    """Judge the system as it is now.

    Databases are read before the topics, so that what they say can only be older than what the topics hold; a
    running system may be behind, but nothing may be lost, doubled or out of order.
    """
    producers, consumers, effects = await read_services(services, queries)
    log, unreadable = await read_log(bootstrap, topics, progress)
    published = history(log)
    verdict = Verdict(published.events, published.repeats, unreadable, findings=list(published.findings))
    for service, producer in producers.items():
        owned = frozenset(name for name, topic in topics.items() if topic.owner == service)
        found = check_producer(producer, owned, published)
        # Said after the tables were read: the running system went on, nothing is wrong with that.
        verdict.findings += [one for one in found if one.kind != "invented"]
        verdict.pending += sum(len(waiting) for waiting in producer.pending.values())
    for name, consumer in sorted(consumers.items()):
        found, verdict.behind[name] = check_consumer(consumer, published)
        verdict.findings += found
        verdict.parked[name] = sum(len(versions) for versions in consumer.parked.values())
    for shown in effects:
        verdict.effects[shown.name] = sum(shown.held.values())
        verdict.findings += check_effects(shown, published, consumers.get(shown.consumer))
    return verdict


async def verify_when_quiet(
    bootstrap: str,
    topics: Topics,
    services: list[ServiceTables],
    queries: list[EffectQuery],
    *,
    within: float,
) -> Verdict:
    """Verify again until nothing is pending or behind, at most `within` seconds; the last verdict in any case."""
    deadline = time.monotonic() + within
    while True:
        verdict = await verify(bootstrap, topics, services, queries)
        if verdict.is_quiet or time.monotonic() > deadline:
            return verdict
        await asyncio.sleep(0.5)
