"""After a restore a producer can count on from what is out, when somebody answers for what was lost."""

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ieum.database import Database
from ieum.messaging import Messaging
from ieum.messaging.adopting import Unsaid, adopt, find_unsaid
from ieum.messaging.remembering import assert_remembered
from ieum.service import adopt_command
from ieum.testing import eventually

from .test_delivery import Post, _empty, booked, post, running

__all__ = ["post", "running"]  # fixtures


@pytest.fixture
async def restored(post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]) -> list[Unsaid]:
    """A database that has forgotten each aggregate's last event, and what it has forgotten."""
    messaging = await running()
    await post.write(bank, 0, 14)
    await eventually("14 letters booked", lambda: _booked(bank, 14), within=30)
    await eventually("the outbox is empty", lambda: _empty(bank), within=20)
    await messaging.stop()
    async with bank.transaction() as tx:
        rows = await tx.fetch("SELECT aggregate_id, version FROM stream ORDER BY aggregate_id")
        await tx.execute("DELETE FROM stream WHERE version = 1; UPDATE stream SET version = version - 1")
    return [Unsaid(post.topic, row["aggregate_id"], row["version"], row["version"] - 1) for row in rows]


async def test_what_was_adopted_is_counted_on_from(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]], restored: list[Unsaid]
) -> None:
    found = await find_unsaid(bank, post.bootstrap, list(post.topics.values()))

    adopted = await adopt(bank, found)

    assert found == restored
    assert adopted == len(restored)
    await assert_remembered(bank, post.bootstrap, post.topics.values())
    await running()
    await post.write(bank, 14, 28)
    await eventually("the 14 new ones booked, too", lambda: _booked(bank, 28), within=30)


async def test_an_aggregate_that_has_spoken_under_a_number_that_is_out_is_not_adopted(
    post: Post, bank: Database, restored: list[Unsaid]
) -> None:
    one = restored[0].aggregate_id
    async with bank.transaction() as tx:
        await tx.execute(
            """INSERT INTO outbox (topic, partition, aggregate_id, aggregate_version, event_id, type, body)
               VALUES ($1, 0, $2, $3, gen_random_uuid(), 'LetterSent', '{}')""",
            post.topic, one, restored[0].published,
        )  # fmt: skip

    adopted = await adopt(bank, restored)

    left = await find_unsaid(bank, post.bootstrap, list(post.topics.values()))
    assert adopted == len(restored) - 1
    assert [forgotten.aggregate_id for forgotten in left] == [one]


async def test_the_command_shows_what_is_forgotten_and_changes_it_only_for_somebody_who_says_why(
    post: Post, bank: Database, restored: list[Unsaid], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "topics.yaml"
    described = {
        name: {"description": "-", "owner": topic.owner, "key": topic.key, "partitions": topic.partitions}
        for name, topic in post.topics.items()
    }
    file.write_text(yaml.safe_dump({"topics": described}))
    service: Any = SimpleNamespace(
        name=post.service, database=bank, settings=SimpleNamespace(kafka_bootstrap=post.bootstrap, topics_file=file)
    )

    codes = [
        await adopt_command.run(service, argparse.Namespace(by=by, reason=reason))
        for by, reason in ((None, None), ("kim", None), ("kim", "the log is lost"), (None, None))
    ]

    printed = capsys.readouterr().out
    assert codes == [adopt_command.LEFT, adopt_command.NOT_DONE, adopt_command.DONE, adopt_command.DONE]
    assert f"{restored[0].aggregate_id}: version {restored[0].published} is published" in printed
    assert "--by and --reason go together" in printed


async def _booked(database: Database, count: int) -> bool:
    return len(await booked(database)) >= count
