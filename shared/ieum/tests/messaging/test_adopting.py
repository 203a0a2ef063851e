"""After a restore a producer can count on from what is out, when somebody answers for what was lost."""

import argparse
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from aiokafka import AIOKafkaProducer

from ieum.database import Database
from ieum.messaging import Messaging, outbox, relay_store
from ieum.messaging.adopting import RelayAtWork, Unsaid, adopt, find_unsaid
from ieum.messaging.events import Envelope
from ieum.messaging.failures import Unremembered
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
    await eventually("14 letters booked", lambda: _booked(bank, 14))
    await eventually("the outbox is empty", lambda: _empty(bank))
    await messaging.stop()
    async with bank.transaction() as tx:
        rows = await tx.fetch("SELECT aggregate_id, version FROM stream ORDER BY aggregate_id")
        await tx.execute("DELETE FROM stream WHERE version = 1; UPDATE stream SET version = version - 1")
    return [Unsaid(post.topic, row["aggregate_id"], row["version"], row["version"] - 1) for row in rows]


async def test_what_was_adopted_is_counted_on_from(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]], restored: list[Unsaid]
) -> None:
    found = await find_unsaid(bank, post.bootstrap, list(post.topics.values()))

    await adopt(bank, found)

    assert found == restored
    await assert_remembered(bank, post.bootstrap, post.topics.values())
    await running()
    await post.write(bank, 14, 28)
    await eventually("the 14 new ones booked, too", lambda: _booked(bank, 28))


async def test_what_was_said_under_a_number_that_is_out_gets_the_next_and_leaves(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]], restored: list[Unsaid]
) -> None:
    await post.write(bank, 14, 28)  # each aggregate's next two, the first of them under a number that is out
    with pytest.raises(Unremembered):
        await assert_remembered(bank, post.bootstrap, post.topics.values())

    found = await find_unsaid(bank, post.bootstrap, list(post.topics.values()))
    await adopt(bank, found)

    assert {(one.published - one.said, one.waiting) for one in found} == {(-1, 1)}
    assert await find_unsaid(bank, post.bootstrap, list(post.topics.values())) == []
    await running()
    await eventually("the 14 new ones booked, too", lambda: _booked(bank, 28))
    assert sorted(await booked(bank)) == sorted(set(await booked(bank)))


async def test_what_is_out_keeps_its_number_and_what_waits_under_a_lost_one_gets_the_next(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    outbox.configure(bank, post.topics, post.service)
    await post.write(bank, 0, 14)
    async with bank.transaction() as tx:
        await tx.execute("CREATE TABLE sent AS SELECT * FROM outbox WHERE aggregate_version = 2")
    messaging = await running()
    await post.write(bank, 14, 21)
    await eventually("21 letters booked", lambda: _booked(bank, 21))
    await eventually("the outbox is empty", lambda: _empty(bank))
    await messaging.stop()
    # Restored to before the third of each, when a relay had sent the second and not forgotten it yet.
    async with bank.transaction() as tx:
        await tx.execute("INSERT INTO outbox OVERRIDING SYSTEM VALUE TABLE sent; UPDATE stream SET version = 2")
    await post.write(bank, 21, 28)
    before = await _waiting(bank)

    await adopt(bank, await find_unsaid(bank, post.bootstrap, list(post.topics.values())))

    assert {version for _, version in before.values()} == {2, 3}
    moved = {2: 2, 3: 4}
    assert await _waiting(bank) == {event: (one, moved[version]) for event, (one, version) in before.items()}
    await running()
    await eventually("the 7 new ones booked, too", lambda: _booked(bank, 28))
    assert sorted(await booked(bank)) == sorted(set(await booked(bank)))


async def test_the_repeats_of_a_relay_that_died_are_not_unsaid(
    post: Post, bank: Database, running: Callable[..., Awaitable[Messaging]]
) -> None:
    outbox.configure(bank, post.topics, post.service)
    await post.write(bank, 0, 7)
    async with bank.transaction() as tx:
        await tx.execute("CREATE TABLE sent AS TABLE outbox")
    messaging = await running()
    await eventually("the outbox is empty", lambda: _empty(bank))
    await eventually("it is ready", lambda: not messaging.problems())
    await messaging.stop()

    async with bank.transaction() as tx:
        await tx.execute("INSERT INTO outbox OVERRIDING SYSTEM VALUE TABLE sent")

    assert await find_unsaid(bank, post.bootstrap, list(post.topics.values())) == []


async def test_nothing_gets_another_number_while_a_relay_sends(
    post: Post, bank: Database, restored: list[Unsaid]
) -> None:
    async with bank.transaction() as tx:
        await relay_store.take_lease(tx, "somebody", 60)

    with pytest.raises(RelayAtWork):
        await adopt(bank, restored, patience=0.1)


async def test_a_number_that_nobody_can_have_counted_to_silences_nobody(post: Post, bank: Database) -> None:
    forged = Envelope(uuid4(), "LetterSent", f"/{post.service}", "a1", 2**63 - 1, datetime.now(UTC))
    async with AIOKafkaProducer(bootstrap_servers=post.bootstrap) as producer:
        await producer.send_and_wait(post.topic, b"{}", key=b"a1", headers=forged.headers())

    await assert_remembered(bank, post.bootstrap, post.topics.values())

    assert await find_unsaid(bank, post.bootstrap, list(post.topics.values())) == []


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


async def _waiting(database: Database) -> dict[UUID, tuple[str, int]]:
    """What is in the outbox: event id to aggregate and version."""
    async with database.reading() as tx:
        rows = await tx.fetch("SELECT event_id, aggregate_id, aggregate_version FROM outbox")
    return {row["event_id"]: (row["aggregate_id"], row["aggregate_version"]) for row in rows}
