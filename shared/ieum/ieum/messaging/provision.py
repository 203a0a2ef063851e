"""Creates the topics of the topics file on a cluster: `python -m ieum.messaging.provision FILE [--replication N]`.

What is missing is created, retention and cleanup of what is there are set. Another number of partitions is refused:
keys would move and lose their order.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from ieum.messaging.clients import admin_client
from ieum.messaging.topics import Topic, Topics, TopicsMismatch


async def provision(bootstrap: str, topics: Topics, *, replication: int = 1) -> list[str]:
    """Make the cluster agree with the file; returns the names of new topics. Raises TopicsMismatch, KafkaError."""
    async with admin_client(bootstrap) as admin:
        existing = set(await admin.list_topics())
        new = [topic for topic in topics.values() if topic.name not in existing]
        if new:
            answer = await admin.create_topics(
                [NewTopic(topic.name, topic.partitions, replication, topic_configs=_configs(topic)) for topic in new],
                timeout_ms=30_000,
            )
            for name, code, *details in answer.topic_errors:
                if code:
                    raise TopicsMismatch(f"{name} was not created: {for_code(code).__name__} {details[0] or ''}")
        old = [topic for topic in topics.values() if topic.name in existing]
        if old:
            await _same_partitions(admin, old)
            await admin.alter_configs(
                [ConfigResource(ConfigResourceType.TOPIC, topic.name, _configs(topic)) for topic in old]
            )
    await _settled(bootstrap, topics)
    return [topic.name for topic in new]


async def _same_partitions(admin: AIOKafkaAdminClient, topics: list[Topic]) -> None:
    described = {entry["topic"]: entry for entry in await admin.describe_topics([topic.name for topic in topics])}
    wrong = [
        f"{topic.name}: {count} partitions, the file says {topic.partitions}"
        for topic in topics
        if (count := len(described[topic.name]["partitions"])) != topic.partitions
    ]
    if wrong:
        raise TopicsMismatch(f"{'; '.join(wrong)}; the number never changes: a new layout is a new topic (.v2)")


async def _settled(bootstrap: str, topics: Topics, seconds: float = 15.0) -> None:
    """The controller has a change at once, the broker that is asked a moment later: check until it agrees."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await topics.check(bootstrap, topics)
        except TopicsMismatch:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(0.2)


def _configs(topic: Topic) -> dict[str, str]:
    """The settings as the broker calls them."""
    return {"retention.ms": str(topic.retention_ms), "cleanup.policy": topic.cleanup_policy}


def main() -> int:
    """Provision from the command line; KAFKA_BOOTSTRAP names the cluster."""
    parser = argparse.ArgumentParser(prog="python -m ieum.messaging.provision", description="Create Kafka topics")
    parser.add_argument("file", type=Path, help="the topics file")
    parser.add_argument("--replication", type=int, default=1, help="copies of each partition (default 1)")
    options = parser.parse_args()
    bootstrap = os.environ.get("KAFKA_BOOTSTRAP")
    if not bootstrap:
        sys.stderr.write("KAFKA_BOOTSTRAP is not set: host:port of the cluster\n")
        return 2
    try:
        new = asyncio.run(provision(bootstrap, Topics.from_file(options.file), replication=options.replication))
    except (TopicsMismatch, KafkaError, OSError, ValueError) as problem:
        sys.stderr.write(f"topics: {problem}\n")
        return 1
    sys.stdout.write(f"topics: {len(new)} created\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
