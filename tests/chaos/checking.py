"""When all is over: wait until nothing is under way, then hold the system against oracle, books and poison."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import TopicPartition

from ieum.messaging.clients import reader
from ieum.messaging.topics import Topics
from ieum.ops.effects import read_agreement_queries, read_effect_queries
from ieum.ops.oracle import Finding
from ieum.ops.store import ServiceTables
from ieum.ops.verifying import Verdict, verify
from ieum_local import places

from .books import Books
from .cluster import Cluster
from .commands import Tally
from .poison import Place, Spoilt
from .promises import PROMISES, compare, doubted_ids
from .schedule import SERVICES

_EFFECTS = places.CHECKOUT / "deploy" / "effects.yaml"


@dataclass(slots=True)
class Judgement:
    """Everything that must not be, and what was looked at. `parked` counts rows; they are all poison or a finding."""

    findings: list[Finding] = field(default_factory=list)
    verdict: Verdict | None = None
    parked: int = 0
    looked_at: int = 0
    letters: int = 0


async def await_quiet(cluster: Cluster, *, within: float, say: Callable[[str], None]) -> bool:
    """Whether, within so many seconds, every outbox is empty and every consumer has read to the end of its topics."""
    topics = Topics.from_file(Path(cluster.layout.topics_file))
    places_ = [TopicPartition(name, n) for name, topic in topics.items() for n in range(topic.partitions)]
    clock = asyncio.get_running_loop().time
    deadline, calm = clock() + within, 0
    waiting = behind = -1
    async with reader(cluster.bootstrap) as consumer:
        while clock() < deadline:
            ends = {(place.topic, place.partition): end for place, end in (await consumer.end_offsets(places_)).items()}
            before, (waiting, behind) = (waiting, behind), await _under_way(cluster, ends)
            if (waiting, behind) != before:
                say(f"settling: {waiting} rows to send, {behind} records to hear")
            # Twice: what a consumer says because of what it heard comes a moment later.
            calm = calm + 1 if waiting == behind == 0 else 0
            if calm == 2:
                return True
            await asyncio.sleep(0.5)
    return False


async def _under_way(cluster: Cluster, ends: dict[tuple[str, int], int]) -> tuple[int, int]:
    waiting = behind = 0
    for service in SERVICES:
        rows = await cluster.sql(f"SELECT count(*) FROM {service}.outbox")  # noqa: S608 -- names of this file
        waiting += rows[0][0]
        positions = await cluster.sql(f"SELECT topic, partition, next_offset FROM {service}.position")  # noqa: S608
        behind += sum(max(0, ends[row["topic"], row["partition"]] - row["next_offset"]) for row in positions)
    return waiting, behind


async def judge(cluster: Cluster, books: Books, tally: Tally, poison: Spoilt, say: Callable[[str], None]) -> Judgement:
    """Everything that is wrong. `say` gets a line for each part."""
    found = Judgement()
    topics = Topics.from_file(Path(cluster.layout.topics_file))
    services = [ServiceTables(name, cluster.dsn(), name) for name in SERVICES]
    effects, agreements = read_effect_queries(_EFFECTS), read_agreement_queries(_EFFECTS)
    say("reading every table")
    read = _Tenths(say)
    verdict = await verify(cluster.bootstrap, topics, services, effects, read, agreements=agreements)
    say(f"the oracle has judged {verdict.events:,} events")
    found.verdict = verdict
    found.findings += [one for one in verdict.findings if not _is_of_poison(one, poison)]
    if not verdict.is_quiet:
        found.findings.append(Finding("stuck", "system", f"{verdict.pending} not sent, not heard: {verdict.behind}"))
    await _hold_against_books(cluster, books, found, say)
    found.findings += [Finding("doubled", "http", f"answered otherwise: {one}") for one in tally.other_answers]
    found.parked, wrong = await _parked(cluster, poison)
    found.findings += wrong
    found.letters = len(cluster.letters.letters)
    found.findings += [
        Finding("doubled", "letters", f"{letter} was sent {times} times")
        for letter, times in cluster.letters.letters.items()
        if times > 1
    ]
    return found


def _is_of_poison(finding: Finding, poison: Spoilt) -> bool:
    """The oracle is right that nobody has said what the poison says: we have put it there."""
    return finding.kind == "invented" and finding.what.partition(":")[0] in poison.aggregates


class _Tenths:
    """Tells how far the reading of the topics is, a tenth at a time."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._told = 0

    def __call__(self, done: int, total: int) -> None:
        """So many of all records have been read."""
        tenth = 10 * done // total if total else 10
        if tenth > self._told:
            self._told = tenth
            self._say(f"reading the topics: {done:,} of {total:,} records")


async def _hold_against_books(cluster: Cluster, books: Books, found: Judgement, say: Callable[[str], None]) -> None:
    doubted = doubted_ids(books)
    for nth, promise in enumerate(PROMISES, 1):
        say(f"holding against the books: {promise.name} ({nth} of {len(PROMISES)})")
        owed = Counter(promise.owed(books))
        held = Counter(tuple(map(str, row)) for row in await cluster.sql(promise.query))
        found.looked_at += sum(owed.values())
        found.findings += compare(promise, owed, held, doubted=doubted, strangers=books.strangers)


async def _parked(cluster: Cluster, poison: Spoilt) -> tuple[int, list[Finding]]:
    held: set[Place] = set()
    reasons: dict[Place, str] = {}
    aggregates: dict[Place, str | None] = {}
    for service in SERVICES:
        statement = f'SELECT consumer, topic, partition, "offset", aggregate_id, reason FROM {service}.parked'  # noqa: S608
        for row in await cluster.sql(statement):
            place = (row["consumer"], row["topic"], row["partition"], row["offset"])
            held.add(place)
            reasons[place], aggregates[place] = row["reason"], row["aggregate_id"]
    wrong = [Finding("lost", place[0], f"poison at {place[1:]} is not parked") for place in sorted(poison.owed - held)]
    wrong += [
        Finding("stuck", place[0], f"parked without being poison: {aggregates[place]} at {place[1:]}: {reasons[place]}")
        for place in sorted(held - poison.owed)
        if aggregates[place] not in poison.doubtful and not (aggregates[place] is None and poison.doubtful)
    ]
    return len(held), wrong
