"""A service's consumer at work on topics of the test's own, to see it hear everything again."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from ieum.database import Database
from ieum.messaging import Event, Messaging, Reaction, Topic, Topics, rebuilding
from ieum.messaging.clients import admin_client
from ieum.messaging.provision import provision
from ieum.messaging.rebuilding import Progress
from ieum.messaging.rebuilding_store import Rebuild
from ieum.messaging.state_hash import differing
from ieum.testing.probes import eventually
from ieum.testing.records import record_of

_KEEP_WHAT_IS_SAID = """
CREATE TABLE said (LIKE outbox);
CREATE FUNCTION keep_what_is_said() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO said SELECT NEW.*; RETURN NULL; END $$;
CREATE TRIGGER said AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep_what_is_said();
"""


class Retelling:
    """Tells events, and lets the consumer of a running process hear them: once in daily life, once more in a rebuild.

    What the consumer says is kept for the test, also what its relay has sent and deleted.
    """

    def __init__(self, reaction: Reaction, database: Database, topics: Topics, bootstrap: str) -> None:
        self._prefix = f"t{uuid4().hex[:8]}."
        service = reaction.consumer.split(".")[0]
        self.heard = [Topic(self._prefix + name, "elsewhere", topics[name].key, 2) for name in reaction.topics]
        self.topics = Topics([*topics.owned_by(service), *self.heard])
        types = {(self._prefix + topic, kind): view for (topic, kind), view in reaction.types.items()}
        self.reaction = replace(reaction, types=types)
        self.database = database
        self._messaging = Messaging(service, database, [self.reaction], self.topics, bootstrap)
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
        self._bootstrap = bootstrap
        self._versions: dict[tuple[str, str], int] = {}
        self._told = 0

    async def tell(self, *events: Event) -> None:
        """Events as received (`event.received(aggregate_id)`), each its aggregate's next; in Kafka on return."""
        for event in events:
            key = (event.topic, event.aggregate_id)
            self._versions[key] = version = self._versions.get(key, 0) + 1
            sent = record_of(event, event.aggregate_id, version)
            await self._producer.send(self._prefix + event.topic, sent.value, key=sent.key, headers=list(sent.headers))
            self._told += 1
        await self._producer.flush()

    async def heard_all(self) -> None:
        """Wait until everything told so far is heard."""

        async def is_heard() -> bool:
            async with self.database.reading() as tx:
                return bool(await tx.fetchval("SELECT sum(next_offset) = $1 FROM position", self._told))

        await eventually(f"{self._told} events heard", is_heard, within=60)

    async def begin(self) -> Rebuild:
        """Begin a rebuild."""
        begun, began = await rebuilding.begin(self.database, self.reaction, self.topics)
        assert began
        return begun

    async def end(self, begun: Rebuild) -> tuple[Progress, list[str]]:
        """Wait until a rebuild has finished; how far it went, and which tables have another state than before."""

        async def is_finished() -> bool:
            return (await rebuilding.look(self.database, self.reaction.consumer, begun.started_at)).is_finished

        await eventually("the rebuild has finished", is_finished, within=60)
        progress, after = await rebuilding.compare(self.database, self.reaction, begun.started_at)
        return progress, differing(begun.before, after)

    async def rebuild(self) -> tuple[Progress, list[str]]:
        """Hear everything again, from beginning to end."""
        return await self.end(await self.begin())

    async def said(self) -> list[dict[str, Any]]:
        """What the consumer has said so far, in order: type, aggregate_id, body."""
        async with self.database.reading() as tx:
            rows = await tx.fetch("SELECT type, aggregate_id, convert_from(body, 'UTF8') AS body FROM said ORDER BY id")
        return [{**dict(row), "body": json.loads(row["body"])} for row in rows]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Retelling"]:
        """The topics there and the consumer at work; both gone afterwards."""
        async with self.database.transaction() as tx:
            await tx.execute(_KEEP_WHAT_IS_SAID)
        await provision(self._bootstrap, self.topics)
        try:
            await self._producer.start()
            await self._messaging.start()
            yield self
        finally:
            await self._messaging.stop()
            await self._producer.stop()
            async with admin_client(self._bootstrap) as admin:
                await admin.delete_topics([topic.name for topic in self.heard])
