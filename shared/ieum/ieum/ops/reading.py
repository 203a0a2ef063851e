"""Reads what the oracle judges: topics from their beginning to their present end, and every service's account."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from ieum.messaging.clients import reader
from ieum.messaging.events import Envelope, UnreadableEnvelope
from ieum.messaging.topics import Topics
from ieum.messaging.whole_topics import chunks
from ieum.ops.effects import AgreementQuery, EffectQuery
from ieum.ops.oracle import Agreement, Consumer, Effects, Producer, Published
from ieum.ops.store import ServiceTables


async def read_log(
    bootstrap: str, topics: Topics, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Published], int]:
    """All records up to the present ends, in order per partition, and how many had no usable envelope.

    Raises TopicSilent.
    """
    async with reader(bootstrap, max_partition_fetch_bytes=4 * 1024 * 1024) as consumer:
        places = [TopicPartition(name, n) for name, topic in topics.items() for n in range(topic.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        begins = await consumer.beginning_offsets(places)
        left = {place: end for place, end in ends.items() if end > begins[place]}
        total, done, unreadable = sum(ends[place] - begins[place] for place in left), 0, 0
        found: list[Published] = []
        async for records in chunks(consumer, left):
            for record in records:
                try:
                    found.append(_published(record))
                except UnreadableEnvelope:
                    unreadable += 1
            done += len(records)
            progress(done, total)
    return found, unreadable


def _published(record: "ConsumerRecord[Any, Any]") -> Published:
    envelope = Envelope.from_headers(record.headers)
    return Published(
        record.topic, record.partition, record.offset, envelope.aggregate_id, envelope.aggregate_version,
        str(envelope.event_id), envelope.type,
    )  # fmt: skip


@dataclass(slots=True)
class Accounts:
    """All services' accounts together."""

    producers: dict[str, Producer]
    consumers: dict[str, Consumer]
    effects: list[Effects]
    agreements: list[Agreement]


async def read_services(
    services: Sequence[ServiceTables], effects: Sequence[EffectQuery], agreements: Sequence[AgreementQuery] = ()
) -> Accounts:
    """All services' accounts, read side by side."""
    read = await asyncio.gather(*(one.read(effects, agreements) for one in services))
    accounts = {account.producer.service: account for account in read}
    return Accounts(
        producers={name: account.producer for name, account in accounts.items()},
        consumers={name: found for account in read for name, found in account.consumers.items()},
        effects=[
            Effects(
                one.name, one.service, one.types, one.by, accounts[one.service].effects[one.name], one.consumer,
                one.in_order,
            )
            for one in effects
            if one.service in accounts
        ],
        agreements=[
            Agreement(
                one.name, accounts[one.owner].facts[one.name], accounts[one.service or one.owner].shown[one.name],
                one.topic, one.owner, one.consumer,
            )
            for one in agreements
            if one.owner in accounts and (one.service or one.owner) in accounts
        ],
    )  # fmt: skip
