"""The local Kafka: one broker's life, a cluster that loses one, topics as the file says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from ieum.messaging.provision import provision
from ieum.messaging.topics import Topic, Topics, TopicsMismatch
from ieum.testing import eventually
from ieum_local import places
from ieum_local.kafka import LocalKafka


@pytest.fixture(scope="module")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalKafka]:
    kafka = LocalKafka(tmp_path_factory.mktemp("kafka"))
    await kafka.start()
    yield kafka
    await kafka.kill()


def topics(**entry: object) -> Topics:
    return Topics([replace(Topic("t.thing.v1", owner="t", key="id", partitions=3), **entry)])


async def send(bootstrap: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait("t.thing.v1", value, key=b"k")


async def read(bootstrap: str, count: int) -> list[bytes | None]:
    async with AIOKafkaConsumer("t.thing.v1", bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_records_and_ports_survive_kill_9(broker: LocalKafka) -> None:
    await provision(broker.bootstrap, topics())
    await send(broker.bootstrap, b"before")
    address = broker.bootstrap

    await broker.kill()
    await broker.start()

    assert broker.bootstrap == address
    await send(broker.bootstrap, b"after")
    assert await read(broker.bootstrap, 2) == [b"before", b"after"]


async def test_provisioning_twice_changes_nothing(broker: LocalKafka) -> None:
    first = await provision(broker.bootstrap, Topics.from_file(places.TOPICS_FILE))
    second = await provision(broker.bootstrap, Topics.from_file(places.TOPICS_FILE))

    assert set(first) <= set(Topics.from_file(places.TOPICS_FILE))
    assert second == []


async def retention_is(broker: LocalKafka, wanted: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "t.thing.v1")])
    finally:
        await admin.close()
    return {name: value for name, value, *_ in answers[0].resources[0][4]}["retention.ms"] == wanted


async def test_retention_follows_the_file_and_partitions_never_change(broker: LocalKafka) -> None:
    await provision(broker.bootstrap, topics())

    await provision(broker.bootstrap, topics(retention_ms=60_000))

    # The controller has it at once, the broker that is asked a moment later.
    await eventually("retention follows the file", lambda: retention_is(broker, "60000"))
    with pytest.raises(TopicsMismatch, match="3 partitions, the file says 4"):
        await provision(broker.bootstrap, topics(partitions=4))


async def test_every_topic_of_the_system_is_kept_whole() -> None:
    declared = yaml.safe_load(places.TOPICS_FILE.read_text())["topics"]

    assert declared
    for name, entry in declared.items():
        assert name.startswith(f"{entry['owner']}."), name
        assert (entry["retention_ms"], entry["cleanup_policy"]) == (-1, "delete"), name


async def test_a_cluster_of_three_goes_on_without_one(tmp_path: Path) -> None:
    kafka = LocalKafka(tmp_path / "cluster", brokers=3, heap="256m")
    try:
        await kafka.start(seconds=180)
        await provision(kafka.bootstrap, topics(), replication=kafka.replication)
        await send(kafka.bootstrap, b"all three")

        await kafka.kill(2)

        await send(kafka.bootstrap, b"two")
        await kafka.start_broker(2, seconds=120)
        assert await read(kafka.bootstrap, 2) == [b"all three", b"two"]
    finally:
        await kafka.kill()
