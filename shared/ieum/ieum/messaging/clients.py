"""Kafka clients for a while: closed however their use ends, also where they could not even start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient


@asynccontextmanager
async def reader(bootstrap: str, **settings: Any) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer in no group, which commits nothing and is assigned its partitions by whoever asks for it."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, **settings)
    try:
        # Inside: a start that fails or is cancelled leaves connections behind.
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def admin_client(bootstrap: str, **settings: Any) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **settings)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()
