"""All SQL of the oracle: each service's own tables, read in one snapshot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from ieum.ops.effects import AgreementQuery, EffectQuery
from ieum.ops.oracle import Consumer, Key, Producer

Values = Mapping[str, tuple[str, ...]]

# A rebuild hears everything again, what was skipped before it included.
_LEFT_OUT = """
SELECT consumer, topic, aggregate_id, generate_series(left_out_from, left_out_to) AS version
FROM parked_decision d
WHERE done_at > coalesce((SELECT max(started_at) FROM rebuild r WHERE r.consumer = d.consumer), '-infinity')
"""


@dataclass(slots=True)
class Account:
    """One service's tables at one moment: what it said, what its consumers heard, what it shows."""

    producer: Producer
    consumers: dict[str, Consumer]
    effects: dict[str, Mapping[str, int]] = field(default_factory=dict)
    facts: dict[str, Values] = field(default_factory=dict)
    shown: dict[str, Values] = field(default_factory=dict)


class ServiceTables:
    """One service's schema, read in one snapshot."""

    def __init__(self, service: str, dsn: str, schema: str | None) -> None:
        self.service = service
        self._dsn = dsn
        self._settings = {"search_path": schema} if schema else {}

    async def read(self, effects: Sequence[EffectQuery], agreements: Sequence[AgreementQuery] = ()) -> Account:
        """Its account; queries that concern other services are left out."""
        connection = await asyncpg.connect(self._dsn, server_settings=self._settings)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                account = Account(await self._producer(connection), await self._consumers(connection))
                for effect in effects:
                    if effect.service == self.service:
                        account.effects[effect.name] = await self._ids(connection, effect.query)
                for one in agreements:
                    if one.owner == self.service:
                        account.facts[one.name] = await self._values(connection, one.facts)
                    if (one.service or one.owner) == self.service:
                        account.shown[one.name] = await self._values(connection, one.shown)
        finally:
            await connection.close()
        return account

    async def said(self, keys: Collection[Key]) -> dict[Key, int]:
        """How far these aggregates are by now."""
        connection = await asyncpg.connect(self._dsn, server_settings=self._settings)
        try:
            rows = await connection.fetch(
                """
                SELECT s.* FROM stream s JOIN unnest($1::text[], $2::text[]) AS k (topic, aggregate_id)
                USING (topic, aggregate_id)
                """,
                [topic for topic, _ in keys],
                [aggregate_id for _, aggregate_id in keys],
            )
        finally:
            await connection.close()
        return {(row["topic"], row["aggregate_id"]): row["version"] for row in rows}

    async def _producer(self, connection: Any) -> Producer:
        producer = Producer(self.service)
        for row in await connection.fetch("SELECT topic, aggregate_id, version FROM stream"):
            producer.said[row["topic"], row["aggregate_id"]] = row["version"]
        for row in await connection.fetch("SELECT topic, aggregate_id, aggregate_version FROM outbox ORDER BY id"):
            producer.pending.setdefault((row["topic"], row["aggregate_id"]), []).append(row["aggregate_version"])
        return producer

    async def _consumers(self, connection: Any) -> dict[str, Consumer]:
        topics: dict[str, set[str]] = {}
        for row in await connection.fetch("SELECT DISTINCT consumer, topic FROM position"):
            topics.setdefault(row["consumer"], set()).add(row["topic"])
        found = {name: Consumer(name, frozenset(heard)) for name, heard in topics.items()}
        for row in await connection.fetch("SELECT consumer, topic, aggregate_id, version, state FROM mark"):
            consumer = found.setdefault(row["consumer"], Consumer(row["consumer"]))
            consumer.heard[row["topic"], row["aggregate_id"]] = (row["version"], row["state"])
        for row in await connection.fetch(
            "SELECT consumer, topic, aggregate_id, aggregate_version FROM parked WHERE state <> 'unreadable'"
        ):
            consumer = found.setdefault(row["consumer"], Consumer(row["consumer"]))
            consumer.parked.setdefault((row["topic"], row["aggregate_id"]), []).append(row["aggregate_version"])
        for row in await connection.fetch(_LEFT_OUT):
            consumer = found.setdefault(row["consumer"], Consumer(row["consumer"]))
            consumer.left_out.setdefault((row["topic"], row["aggregate_id"]), set()).add(row["version"])
        return found

    async def _ids(self, connection: Any, query: str) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for row in await connection.fetch(query):
            counts[str(row[0])] = counts.get(str(row[0]), 0) + 1
        return counts

    async def _values(self, connection: Any, query: str) -> Values:
        values: dict[str, list[str]] = {}
        for row in await connection.fetch(query):
            values.setdefault(str(row[0]), []).append(str(row[1]))
        return {one: tuple(sorted(found)) for one, found in values.items()}
