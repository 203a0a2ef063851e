"""A key lives where every other Kafka client looks for it."""

import random

from aiokafka.partitioner import murmur2

from ieum.messaging.topics import Topic, Topics


def test_a_key_has_the_partition_of_kafkas_default_partitioner() -> None:
    chance = random.Random(1)
    alphabet = "0123456789abcdef-가나다😀\x00"
    keys = ["".join(chance.choices(alphabet, k=length)) for length in range(50) for _ in range(20)]
    topics = Topics([Topic("t", "o", "k", 4_096)])

    found = {key: topics.partition("t", key) for key in keys}

    assert found == {key: (murmur2(key.encode()) & 0x7FFFFFFF) % 4_096 for key in keys}
