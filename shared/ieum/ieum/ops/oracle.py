"""What must hold between topics and databases, as pure functions: a finding says what was lost, doubled or reordered.

The words: *said* is what a producer's transactions numbered (its `stream` table), *published* is what lies in the
topic, *pending* still waits in the outbox, *heard* is how far a consumer's mark is, *parked* is what it put aside,
*left out* what two persons decided it will never apply.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count, pairwise

Key = tuple[str, str]
"""(topic, aggregate id)."""


@dataclass(frozen=True, slots=True)
class Published:
    """One record of a topic, in the order of its partition."""

    topic: str
    partition: int
    offset: int
    aggregate_id: str
    version: int
    event_id: str
    type: str


@dataclass(slots=True)
class Producer:
    """A service's own account of what it said."""

    service: str
    said: dict[Key, int] = field(default_factory=dict)
    pending: dict[Key, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Consumer:
    """A consumer's own account of what it heard."""

    name: str
    topics: frozenset[str] = frozenset()
    heard: dict[Key, tuple[int, str]] = field(default_factory=dict)
    parked: dict[Key, list[int]] = field(default_factory=dict)
    left_out: dict[Key, set[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be. `kind`: lost, doubled, reordered, forked, invented, stuck, diverged or late."""

    kind: str
    where: str
    what: str


@dataclass(slots=True)
class History:
    """What the topics hold, per aggregate: distinct versions in the order they first appeared, and how often in all."""

    versions: dict[Key, list[int]] = field(default_factory=dict)
    types: dict[Key, list[str]] = field(default_factory=dict)
    event_ids: dict[Key, list[str]] = field(default_factory=dict)
    records: int = 0
    repeats: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def events(self) -> int:
        """Distinct events."""
        return self.records - self.repeats

    def last(self, key: Key) -> int:
        """The highest version published of an aggregate; 0 when there is none."""
        return max(self.versions.get(key, (0,)))


def history(log: Iterable[Published]) -> History:
    """Fold a topic log. Finds disorder, holes, two events under one version, an aggregate in two partitions."""
    found = History()
    ids: dict[tuple[Key, int], str] = {}
    home: dict[Key, int] = {}
    for record in log:
        key = (record.topic, record.aggregate_id)
        found.records += 1
        if home.setdefault(key, record.partition) != record.partition:
            found.findings.append(Finding("reordered", record.topic, f"{record.aggregate_id} lies in two partitions"))
        known = ids.get((key, record.version))
        versions = found.versions.setdefault(key, [])
        if known is None:
            ids[key, record.version] = record.event_id
        elif known != record.event_id:
            found.findings.append(
                Finding("forked", record.topic, f"{record.aggregate_id}: two events are version {record.version}")
            )
        else:
            found.repeats += 1
            continue
        if versions and record.version < versions[-1]:
            what = f"{record.aggregate_id}: version {record.version} after {versions[-1]}"
            found.findings.append(Finding("reordered", record.topic, what))
        versions.append(record.version)
        found.types.setdefault(key, []).append(record.type)
        found.event_ids.setdefault(key, []).append(record.event_id)
    for (topic, aggregate_id), versions in found.versions.items():
        there = set(versions)
        # Counted and not listed: a version that somebody invented may be any number.
        if missing := max(there) - len(there):
            first = next(version for version in count(1) if version not in there)
            what = f"{aggregate_id}: version {first} and {missing - 1:,} more, of {max(there):,}"
            found.findings.append(Finding("lost", topic, what))
    return found


def check_producer(producer: Producer, topics: frozenset[str], published: History) -> list[Finding]:
    """Whether all that was said is published or pending, and nothing else is."""
    found = [
        Finding("lost", producer.service, f"{key[1]}: said {version}, published or pending {reached}")
        for key, version in producer.said.items()
        if (reached := max([published.last(key), *producer.pending.get(key, [])])) < version
    ]
    found += [
        Finding("invented", producer.service, f"{key[1]}: published {last}, said {producer.said.get(key, 0)}")
        for key in published.versions
        if key[0] in topics and (last := published.last(key)) > producer.said.get(key, 0)
    ]
    return found


def check_consumer(consumer: Consumer, published: History) -> tuple[list[Finding], int]:
    """Whether a consumer heard every aggregate to its end; returns findings and how many events it has yet to hear."""
    found: list[Finding] = []
    behind = 0
    for key in published.versions:
        if key[0] not in consumer.topics:
            continue
        last = published.last(key)
        version, state = consumer.heard.get(key, (0, "flowing"))
        parked = consumer.parked.get(key, [])
        if version > last:
            found.append(Finding("invented", consumer.name, f"{key[1]}: heard {version}, published {last}"))
        unheard = sum(1 for at in published.versions[key] if at > version)
        behind += max(0, unheard - sum(1 for at in parked if at > version))
        if state == "flowing" and parked:
            found.append(Finding("stuck", consumer.name, f"{key[1]} flows, but {len(parked)} events are parked"))
        if state != "flowing" and not parked:
            found.append(Finding("stuck", consumer.name, f"{key[1]} is {state}, but nothing is parked"))
        if twice := [at for at, times in Counter(parked).items() if times > 1]:
            found.append(Finding("doubled", consumer.name, f"{key[1]}: version {twice[0]} is parked twice"))
    found += [
        Finding("invented", consumer.name, f"{key[1]} was never published")
        for key in consumer.heard
        if key[0] in consumer.topics and key not in published.versions
    ]
    return found, behind


@dataclass(frozen=True, slots=True)
class Effects:
    """What a service shows for the events of some types: the ids it holds, each as often as it holds it.

    `in_order`: `held` lists the ids as the effects were made, so disorder can be seen too.
    """

    name: str
    service: str
    types: frozenset[str]
    by: str
    held: Mapping[str, int]
    consumer: str
    in_order: bool = False


def check_effects(effects: Effects, published: History, consumer: Consumer | None) -> list[Finding]:
    """Whether each event (or aggregate) has its effect once: none missing, twice, out of nothing or out of order.

    Events that are parked, left out for good or not heard yet owe no effect. What was left out of an aggregate may
    have come about by a later event, so an aggregate may have its effect all the same.
    """
    owed: set[str] = set()
    allowed: set[str] = set()
    for key, types in published.types.items():
        if consumer is None or key[0] not in consumer.topics:
            continue
        version, _ = consumer.heard.get(key, (0, ""))
        put_aside = consumer.left_out.get(key, set()).union(consumer.parked.get(key, ()))
        if effects.by == "aggregate" and key in consumer.left_out:
            allowed.add(key[1])
        for at, kind, event_id in zip(published.versions[key], types, published.event_ids[key], strict=True):
            if kind in effects.types and at <= version and at not in put_aside:
                owed.add(event_id if effects.by == "event" else key[1])
    found = [
        Finding("lost", effects.service, f"{effects.name}: {one} has no effect")
        for one in sorted(owed - effects.held.keys())
    ]
    found += [
        Finding("doubled", effects.service, f"{effects.name}: {one} has its effect {times} times")
        for one, times in effects.held.items()
        if times > 1
    ]
    found += [
        Finding("invented", effects.service, f"{effects.name}: {one} has an effect and was never published")
        for one in sorted(effects.held.keys() - owed - allowed)
    ]
    if effects.in_order:
        found += _disorder(effects, published)
    return found


def _disorder(effects: Effects, published: History) -> list[Finding]:
    """Events of one aggregate whose effects were made in another order than their versions."""
    place = {event_id: nth for nth, event_id in enumerate(effects.held)}
    found = []
    for key, event_ids in published.event_ids.items():
        by_version = sorted(zip(published.versions[key], event_ids, strict=True))
        made = [(version, place[event_id]) for version, event_id in by_version if event_id in place]
        found += [
            Finding("reordered", effects.service, f"{effects.name}: {key[1]} had {later} before {earlier}")
            for (earlier, first), (later, second) in pairwise(made)
            if second < first
        ]
    return found


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two accounts of the same facts, which must say the same: each maps an id to its values, sorted.

    With a topic the ids are its aggregates: `facts` is the owner's account, `shown` the consumer's. Without one, both
    are of one service and of one moment.
    """

    name: str
    facts: Mapping[str, tuple[str, ...]]
    shown: Mapping[str, tuple[str, ...]]
    topic: str | None = None
    owner: str = ""
    consumer: str | None = None


def check_agreement(agreement: Agreement, producer: Producer | None, consumer: Consumer | None) -> list[Finding]:
    """Whether both say the same of every id.

    An aggregate is not compared whose last word is not heard, or is parked, or of which anything was left out.
    """
    said = producer.said if producer else {}
    heard = consumer.heard if consumer else {}
    left_out = consumer.left_out if consumer else {}
    found = []
    for one in sorted(agreement.facts.keys() | agreement.shown.keys()):
        if agreement.topic is not None:
            key = (agreement.topic, one)
            if key in left_out or (said.get(key, 0), "flowing") != heard.get(key, (0, "flowing")):
                continue
        facts, shown = agreement.facts.get(one, ()), agreement.shown.get(one, ())
        if facts != shown:
            found.append(
                Finding(_difference(facts, shown), agreement.name, f"{one}: {len(facts)} here, {len(shown)} there")
            )
    return found


def _difference(facts: tuple[str, ...], shown: tuple[str, ...]) -> str:
    missing, more = Counter(facts) - Counter(shown), Counter(shown) - Counter(facts)
    if missing and more:
        return "diverged"
    if missing:
        return "lost"
    return "doubled" if all(value in facts for value in more) else "invented"
