"""A key lives where every other Kafka client looks for it, and topics are looked at though a broker is away."""

import random

import pytest
from aiokafka.errors import NodeNotReadyError
from aiokafka.partitioner import murmur2

from ieum.messaging.topics import Topic, Topics, _insisting


def test_a_key_has_the_partition_of_kafkas_default_partitioner() -> None:
    chance = random.Random(1)
    alphabet = "0123456789abcdef-가나다😀\x00"
    keys = ["".join(chance.choices(alphabet, k=length)) for length in range(50) for _ in range(20)]
    topics = Topics([Topic("t", "o", "k", 4_096)])

    found = {key: topics.partition("t", key) for key in keys}

    assert found == {key: (murmur2(key.encode()) & 0x7FFFFFFF) % 4_096 for key in keys}


async def test_a_question_that_met_a_broker_that_is_away_is_asked_again() -> None:
    away = [NodeNotReadyError(), NodeNotReadyError()]

    async def ask() -> str:
        if away:
            raise away.pop()
        return "here"

    assert await _insisting(ask) == "here"


async def test_where_no_broker_answers_the_asking_ends() -> None:
    asked = 0

    async def ask() -> str:
        nonlocal asked
        asked += 1
        raise NodeNotReadyError

    with pytest.raises(NodeNotReadyError):
        await _insisting(ask)
    assert asked == 5
