"""Creates the topics of deploy/topics.yaml on a cluster, and brings their settings in line."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from ieum_local.failure import LocalFailure


@dataclass(frozen=True)
class Topic:
    """One entry of the topics file."""

    name: str
    partitions: int
    retention_ms: int
    cleanup_policy: str

    @property
    def configs(self) -> dict[str, str]:
        """The settings as the broker calls them."""
        return {"retention.ms": str(self.retention_ms), "cleanup.policy": self.cleanup_policy}


def read(topics_file: Path) -> list[Topic]:
    """The topics of the file, which has `topics: {name: {owner, key, partitions, retention_ms, cleanup_policy, …}}`."""
    entries = yaml.safe_load(topics_file.read_text())["topics"]
    return [
        Topic(name, int(entry["partitions"]), int(entry["retention_ms"]), str(entry["cleanup_policy"]))
        for name, entry in entries.items()
    ]


async def provision(bootstrap: str, topics_file: Path, *, replication: int = 1) -> list[str]:
    """Create what is missing and set retention and cleanup of what is there; answers the names of new topics.

    LocalFailure for a topic with another number of partitions: its keys would move and lose their order.
    """
    wanted = read(topics_file)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        new = [topic for topic in wanted if topic.name not in existing]
        if new:
            answer = await admin.create_topics(
                [NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.configs) for topic in new],
                timeout_ms=30_000,
            )
            for name, code, *details in answer.topic_errors:
                if code:
                    raise LocalFailure(f"topic {name} was not created: {for_code(code).__name__} {details[0] or ''}")
        old = [topic for topic in wanted if topic.name in existing]
        if old:
            await _check_partitions(admin, old)
            await admin.alter_configs(
                [ConfigResource(ConfigResourceType.TOPIC, topic.name, topic.configs) for topic in old]
            )
    finally:
        await admin.close()
    return [topic.name for topic in new]


async def _check_partitions(admin: AIOKafkaAdminClient, topics: list[Topic]) -> None:
    described = await admin.describe_topics([topic.name for topic in topics])
    counts = {entry["topic"]: len(entry["partitions"]) for entry in described}
    for topic in topics:
        if counts.get(topic.name) != topic.partitions:
            raise LocalFailure(
                f"topic {topic.name} has {counts.get(topic.name)} partitions, the topics file says {topic.partitions}",
                "the number never changes; a new layout is a new topic (.v2). `make clean` forgets local data.",
            )
