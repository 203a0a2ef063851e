"""FastStream subscribers with every setting that loses data turned off, checked before anything is read."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import ConsumerRebalanceListener
from aiokafka.errors import ConsumerStoppedError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from faststream.kafka.message import KafkaMessage as RawKafkaMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber

from ieum.messaging.failures import Unsafe
from ieum.messaging.reactions import Reaction

# FastStream sleeps this long after an empty poll: it is a part of the latency of a quiet topic.
POLL_MS = 10
# The least a broker allows by default. Nobody reads the partitions of a killed process for so long, and a new member
# without a name waits for it, and all others with it. A process that is only slow for so long loses its partitions;
# marks make that safe.
SESSION_MS = 6_000
# How long reading rests that broke off.
BREAK_SECONDS = 0.5


class UnsafeSubscriber(Unsafe):
    """A subscriber could lose or skip events as it is configured; nothing is read, and `/readyz` says why."""


def subscribe(
    broker: KafkaBroker,
    reaction: Reaction,
    listener: ConsumerRebalanceListener,
    take: Callable[[Any], Awaitable[None]],
    read_on: Callable[[Exception | None], None],
    *,
    member: str | None = None,
) -> BatchSubscriber:
    """Have `take` called with every batch of a reaction's records; consuming begins when the broker starts.

    `read_on` is called after every look for records, with what it broke off with, or None. aiokafka has then dropped
    what it had taken of other partitions, though it counts it as read. FastStream begins anew at once.
    `member`: the name under which the group knows this process again after a restart.
    """
    subscriber = broker.subscriber(
        *reaction.topics,
        group_id=reaction.consumer,
        batch=True,
        max_records=reaction.max_batch,
        batch_timeout_ms=POLL_MS,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
        group_instance_id=member,
        session_timeout_ms=SESSION_MS,
        # The others learn of a rebalance by their next heartbeat, and it waits for all of them.
        heartbeat_interval_ms=500,
        max_poll_interval_ms=300_000,
        fetch_max_wait_ms=500,
        max_partition_fetch_bytes=4 * 1024 * 1024,
        listener=listener,
        parser=_parse,
        decoder=_decode,
    )

    async def deliver(message: KafkaMessage) -> None:
        await take(message.raw_message)

    fetch = subscriber.get_msg

    async def look(consumer: Any) -> Any:
        try:
            found = await fetch(consumer)
        except ConsumerStoppedError:
            raise
        except Exception as problem:
            read_on(problem)
            await asyncio.sleep(BREAK_SECONDS)
            raise
        read_on(None)
        return found

    subscriber.get_msg = look  # type: ignore[method-assign]
    deliver.__name__ = reaction.handler.__name__
    subscriber(deliver)
    return subscriber


async def _parse(records: Any) -> RawKafkaMessage:
    """Hand the records through untouched: a header that is not UTF-8 must reach the inbox, which parks the record."""
    return RawKafkaMessage(
        raw_message=records, body=b"", headers={}, batch_headers=[], message_id="batch", correlation_id=None,
        consumer=FAKE_CONSUMER,
    )  # fmt: skip


async def _decode(message: Any) -> None:
    """Nothing to decode here: the inbox does it, record by record."""


def assert_safe(broker: KafkaBroker) -> None:
    """Raise UnsafeSubscriber unless every subscriber has the settings whose defaults lose events, and reads batches.

    Those of the producer are asserted by the relay.
    """
    for subscriber in broker.subscribers:
        config = getattr(subscriber, "_connection_args", {})
        wrong = [
            rule
            for rule, kept in {
                "group_id is set": bool(getattr(subscriber, "group_id", None)),
                "auto_offset_reset is earliest": config.get("auto_offset_reset") == "earliest",
                "auto commit is off": config.get("enable_auto_commit") is False,
                "acknowledgement is manual": subscriber.ack_policy is AckPolicy.MANUAL,
                "it reads batches": isinstance(subscriber, BatchSubscriber),
            }.items()
            if not kept
        ]
        if wrong:
            raise UnsafeSubscriber(f"{getattr(subscriber, 'topic_names', subscriber)}: not so: {', '.join(wrong)}")
