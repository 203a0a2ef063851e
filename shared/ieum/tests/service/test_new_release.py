"""A new release with a further column and a further field in its event takes over under load, and nothing is lost."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from ieum.messaging import Topics
from ieum.messaging.clients import admin_client
from ieum.messaging.provision import provision
from ieum.testing import eventually

from .test_process import empty_database
from .voting import Tally

__all__ = ["empty_database"]  # a fixture

_TOPICS = """
topics:
  tally.voter.v1: {owner: tally, key: voter, partitions: 4, retention_ms: -1}
"""


@pytest.fixture
async def tally(empty_database: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Tally]:
    topics_file = tmp_path / "topics.yaml"
    topics_file.write_text(_TOPICS)
    await provision(kafka_bootstrap, Topics.from_file(topics_file))
    yield Tally(empty_database, kafka_bootstrap, topics_file)
    async with admin_client(kafka_bootstrap) as admin:
        await admin.delete_topics(["tally.voter.v1"])


async def test_a_release_with_a_further_column_and_field_takes_over_under_load_and_loses_nothing(tally: Tally) -> None:
    await tally.command("first", "migrate")
    with ExitStack() as stack:
        old = await tally.serve(stack, "first")
        voting = [asyncio.create_task(tally.vote(voter)) for voter in tally.acknowledged]
        await tally.more(60)

        await tally.command("second", "migrate")
        await tally.more(60)
        await tally.serve(stack, "second")
        await tally.more(60)
        tally.addresses.pop(0)
        old.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(old.wait, 30)
        said_by_both = tally.count
        await tally.more(60)
        tally.closing.set()
        await asyncio.gather(*voting)

        booked = await eventually("all votes booked", _all(tally), within=180)
        # 1, where the old release has booked votes of the new one: their channels are a difference.
        rebuilt = await tally.command("second", "rebuild", codes=(0, 1))

    assert code == 0
    assert tally.answers <= {201, 503}
    assert booked == tally.acknowledged
    versions = await tally.rows("SELECT array_agg(version ORDER BY nth) AS found FROM vote GROUP BY voter")
    assert all(row["found"] == list(range(1, len(row["found"]) + 1)) for row in versions)
    assert await tally.rows("SELECT FROM parked") == []
    # Whatever the old release booked without the new field has it once everything is heard again.
    (channels,) = await tally.rows(
        "SELECT count(*) FILTER (WHERE channel = 'hall') AS new, count(*) FILTER (WHERE channel IS NULL) AS old "
        "FROM vote"
    )
    assert channels["old"] >= 120
    assert channels["new"] >= tally.count - said_by_both
    assert channels["new"] + channels["old"] == tally.count, rebuilt


def _all(tally: Tally) -> Callable[[], Awaitable[dict[str, list[int]] | None]]:
    """Every voter's choices in the order they were booked, once there are as many as were acknowledged."""

    async def booked() -> dict[str, list[int]] | None:
        found: dict[str, list[int]] = {}
        for row in await tally.rows("SELECT voter, choice FROM vote ORDER BY nth"):
            found.setdefault(row["voter"], []).append(row["choice"])
        return found if sum(map(len, found.values())) >= tally.count else None

    return booked
