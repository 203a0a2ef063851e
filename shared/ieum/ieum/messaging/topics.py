"""Topics as data: read from one file, checked against the broker before anything is consumed or produced.

A keyed topic's partition count never changes, because a key's place is stored with every outbox row.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from ieum.messaging.clients import admin_client
from ieum.messaging.failures import Unsafe

# With one of three brokers away all of them go to it once in 243 times.
_ATTEMPTS, _PAUSE_SECONDS = 5, 0.1
_SEED, _FACTOR, _WORD = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF


class TopicsMismatch(Unsafe):
    """The broker's topics are not what the topics file says; nothing is consumed or produced until they are."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: `owner` is the only service that writes to it. `retention_ms` -1 keeps everything."""

    name: str
    owner: str
    key: str
    partitions: int
    retention_ms: int = -1
    cleanup_policy: str = "delete"
    description: str = ""


@lru_cache(maxsize=65_536)
def _hash(key: str) -> int:
    """murmur2 with Kafka's seed, four bytes at a time: aiokafka's goes byte by byte, and every event is hashed once."""
    data = key.encode()
    words = len(data) // 4
    found = _SEED ^ len(data)
    for word in struct.unpack_from(f"<{words}I", data):
        word = word * _FACTOR & _WORD
        word = (word ^ word >> 24) * _FACTOR & _WORD
        found = found * _FACTOR & _WORD ^ word
    if rest := data[words * 4 :]:
        found = (found ^ int.from_bytes(rest, "little")) * _FACTOR & _WORD
    found = (found ^ found >> 13) * _FACTOR & _WORD
    return (found ^ found >> 15) & 0x7FFFFFFF


class Topics(Mapping[str, Topic]):
    """The topics file: name to Topic."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._topics = {topic.name: topic for topic in topics}

    @classmethod
    def from_file(cls, path: Path) -> "Topics":
        """Read `topics: {name: {owner, key, partitions, …}}`. Raises ValueError naming what is wrong."""
        content = yaml.safe_load(path.read_text())
        try:
            return cls(Topic(name=name, **entry) for name, entry in content["topics"].items())
        except (TypeError, KeyError, AttributeError) as problem:
            raise ValueError(f"{path}: {problem}") from problem

    def __getitem__(self, name: str) -> Topic:
        return self._topics[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._topics)

    def __len__(self) -> int:
        return len(self._topics)

    def owned_by(self, service: str) -> list[Topic]:
        """What a service may write to, in the file's order."""
        return [topic for topic in self._topics.values() if topic.owner == service]

    def partition(self, topic: str, key: str) -> int:
        """Where a key lives: the same murmur2 as every Kafka client's default, so that others may join on it."""
        return _hash(key) % self._topics[topic].partitions

    async def check(self, bootstrap: str, names: Iterable[str]) -> None:
        """Raise TopicsMismatch unless the broker has these topics as the file describes them."""
        wanted = sorted(set(names))
        if unknown := [name for name in wanted if name not in self._topics]:
            raise TopicsMismatch(f"not in the topics file: {', '.join(unknown)}")
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in wanted]
        async with admin_client(bootstrap, request_timeout_ms=3_000) as admin:
            found = {entry["topic"]: entry for entry in await _insisting(lambda: admin.describe_topics(wanted))}
            configs = await _insisting(lambda: admin.describe_configs(resources))
        wrong = [
            f"{name}: {problem}"
            for name in wanted
            for problem in _differences(self._topics[name], found.get(name), _settings(configs, name))
        ]
        if wrong:
            raise TopicsMismatch("; ".join(wrong))


async def _insisting(ask: Callable[[], Awaitable[Any]]) -> Any:
    """The answer of any broker. aiokafka asks one by chance, also one that is away; the next one asked may be there."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await ask()
        except KafkaError:
            await asyncio.sleep(_PAUSE_SECONDS)
    return await ask()


def _settings(responses: list, name: str) -> dict[str, str]:  # type: ignore[type-arg]
    """One topic's configuration out of the admin client's answers."""
    for response in responses:
        for resource in response.resources:
            if resource[3] == name:
                return {entry[0]: entry[1] for entry in resource[4]}
    return {}


def _differences(topic: Topic, found: dict | None, settings: dict[str, str]) -> list[str]:  # type: ignore[type-arg]
    """What the broker has otherwise, in words."""
    if found is None or found.get("error_code"):
        return ["the broker does not have it"]
    wrong = []
    if (count := len(found["partitions"])) != topic.partitions:
        wrong.append(f"{count} partitions, the file says {topic.partitions}")
    for key, value in (("retention.ms", str(topic.retention_ms)), ("cleanup.policy", topic.cleanup_policy)):
        if (actual := settings.get(key)) is not None and actual != value:
            wrong.append(f"{key} is {actual}, the file says {value}")
    return wrong
