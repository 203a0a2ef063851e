"""What loses events by default, or by a topic that is not as the file says, sends and takes nothing at all."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaProducer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from ieum.database import Database
from ieum.messaging import Messaging, Topic, Topics, outbox
from ieum.messaging.relay import Relay
from ieum.messaging.subscribing import UnsafeSubscriber, assert_safe
from ieum.testing import eventually

from .test_delivery import Post, _empty, post, running

__all__ = ["post", "running"]  # fixtures

SAFE = {
    "group_id": "bank.ledger",
    "batch": True,
    "auto_offset_reset": "earliest",
    "ack_policy": AckPolicy.MANUAL,
}


def _broker(**changed: object) -> KafkaBroker:
    broker = KafkaBroker()
    broker.subscriber("bank.account.v1", **SAFE | changed)  # type: ignore[call-overload]
    return broker


def test_a_subscriber_with_safe_settings_may_start() -> None:
    assert_safe(_broker())


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"group_id": None}, "group_id is set"),
        ({"auto_offset_reset": "latest"}, "auto_offset_reset is earliest"),
        ({"ack_policy": AckPolicy.ACK_FIRST}, "auto commit is off, acknowledgement is manual"),
        ({"batch": False}, "it reads batches"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_subscriber_that_could_lose_events_may_not(changed: dict[str, object], rule: str) -> None:
    with pytest.raises(UnsafeSubscriber, match=rule):
        assert_safe(_broker(**changed))


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"acks": 1}, "all in-sync replicas acknowledge, retries do not reorder"),
        ({"acks": "all"}, "retries do not reorder"),
    ],
    ids=["acks", "idempotence"],
)
async def test_a_relay_sends_nothing_by_a_producer_that_could_lose_events(
    post: Post, bank: Database, settings: dict[str, object], rule: str
) -> None:
    outbox.configure(bank, post.topics, post.service)
    await post.write(bank, 0, 1)
    relay = Relay(
        bank,
        post.service,
        post.bootstrap,
        make_producer=lambda bootstrap: AIOKafkaProducer(bootstrap_servers=bootstrap, **settings),  # type: ignore[arg-type]
    )

    working = asyncio.create_task(relay.run())

    problem = await eventually("the relay says why", lambda: relay.problem)
    assert problem == f"UnsafeProducer: not so: {rule}"
    assert not await _empty(bank)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_nothing_is_sent_to_a_topic_that_has_other_partitions_than_the_file_says(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    post.topics = Topics([Topic(post.topic, post.service, "letter", partitions=5)])

    messaging = await running()
    await post.write(bank, 0, 7)

    problem = await eventually("the relay says why", lambda: messaging.problems().get("relay"))
    assert "4 partitions, the file says 5" in problem
    assert not await _empty(bank)
