"""One verification: read everything, judge it, say what was found."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ieum.messaging.topics import Topics
from ieum.ops.effects import AgreementQuery, EffectQuery
from ieum.ops.oracle import (
    Consumer,
    Finding,
    History,
    Key,
    Producer,
    check_agreement,
    check_consumer,
    check_effects,
    check_producer,
    history,
)
from ieum.ops.reading import Accounts, read_log, read_services
from ieum.ops.store import ServiceTables


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
    services: Sequence[ServiceTables],
    queries: Sequence[EffectQuery],
    progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    agreements: Sequence[AgreementQuery] = (),
) -> Verdict:
    """Judge the system as it is now.

    Databases are read before the topics, so that what they say can only be older than what the topics hold; a
    running system may be behind, but nothing may be lost, doubled or out of order.
    """
    return (await _look(bootstrap, topics, services, queries, progress, agreements)).verdict


@dataclass(frozen=True, slots=True)
class _Look:
    """A verification, with what was published and what waited in outboxes then."""

    verdict: Verdict
    published: History
    pending: frozenset[tuple[Key, int]]


async def _look(
    bootstrap: str,
    topics: Topics,
    services: Sequence[ServiceTables],
    queries: Sequence[EffectQuery],
    progress: Callable[[int, int], None],
    agreements: Sequence[AgreementQuery],
) -> _Look:
    accounts = await read_services(services, queries, agreements)
    log, unreadable = await read_log(bootstrap, topics, progress)
    published = history(log)
    verdict = Verdict(published.events, published.repeats, unreadable, findings=list(published.findings))
    for tables in services:
        producer = accounts.producers[tables.service]
        owned = frozenset(topic.name for topic in topics.owned_by(tables.service))
        verdict.pending += sum(len(waiting) for waiting in producer.pending.values())
        verdict.findings += [one for one in check_producer(producer, owned, published) if one.kind != "invented"]
        later = Producer(tables.service, await _said_by_now(tables, producer, owned, published))
        verdict.findings += [one for one in check_producer(later, owned, published) if one.kind == "invented"]
    expect_hearers(accounts, published)
    for name, consumer in sorted(accounts.consumers.items()):
        found, verdict.behind[name] = check_consumer(consumer, published)
        verdict.findings += found
        verdict.parked[name] = sum(len(versions) for versions in consumer.parked.values())
    for shown in accounts.effects:
        verdict.effects[shown.name] = sum(shown.held.values())
        verdict.findings += check_effects(shown, published, accounts.consumers.get(shown.consumer))
    for one in accounts.agreements:
        consumer_of = accounts.consumers.get(one.consumer) if one.consumer else None
        verdict.findings += check_agreement(one, accounts.producers.get(one.owner), consumer_of)
    return _Look(verdict, published, _pending(accounts))


def _pending(accounts: Accounts) -> frozenset[tuple[Key, int]]:
    return frozenset(
        (key, version)
        for producer in accounts.producers.values()
        for key, versions in producer.pending.items()
        for version in versions
    )


def expect_hearers(accounts: Accounts, published: History) -> None:
    """Whoever owes effects of published events must hear their topics, whether it has ever heard anything or not."""
    topics_of: dict[str, set[str]] = {}
    for (topic, _), types in published.types.items():
        for kind in types:
            topics_of.setdefault(kind, set()).add(topic)
    wanted = [(one.consumer, topics_of.get(kind, set())) for one in accounts.effects for kind in one.types]
    wanted += [(one.consumer, {one.topic}) for one in accounts.agreements if one.consumer and one.topic]
    for name, topics in wanted:
        consumer = accounts.consumers.setdefault(name, Consumer(name))
        consumer.topics |= topics


async def _said_by_now(
    tables: ServiceTables, producer: Producer, owned: frozenset[str], published: History
) -> dict[Key, int]:
    """What the producer said, with what it said while the topics were read: a running system goes on."""
    ahead = [key for key in published.versions if key[0] in owned and published.last(key) > producer.said.get(key, 0)]
    return producer.said | (await tables.said(ahead) if ahead else {})


async def verify_when_quiet(
    bootstrap: str,
    topics: Topics,
    services: Sequence[ServiceTables],
    queries: Sequence[EffectQuery],
    progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    within: float,
    agreements: Sequence[AgreementQuery] = (),
) -> Verdict:
    """Verify, wait until all that was under way then has arrived, at most `within` seconds, and verify once more.

    What is not there by then is late. A system at work is never quiet: what was said since is not waited for.
    """
    first = await _look(bootstrap, topics, services, queries, progress, agreements)
    if first.verdict.is_quiet:
        return first.verdict
    deadline = time.monotonic() + within
    while waiting := await _under_way(first, services):
        if time.monotonic() > deadline:
            late = [Finding("late", name, f"{count} events after {within:g} s") for name, count in waiting.items()]
            first.verdict.findings += late
            return first.verdict
        await asyncio.sleep(min(0.5, within / 4))
    return await verify(bootstrap, topics, services, queries, progress, agreements=agreements)


async def _under_way(look: _Look, services: Sequence[ServiceTables]) -> dict[str, int]:
    """How much of what had to go on at that look has not arrived yet, by where it waits."""
    accounts = await read_services(services, ())
    waiting = {"outboxes": len(_pending(accounts) & look.pending)}
    for name in look.verdict.behind:
        waiting[name] = check_consumer(accounts.consumers.get(name, Consumer(name)), look.published)[1]
    return {name: count for name, count in waiting.items() if count}
