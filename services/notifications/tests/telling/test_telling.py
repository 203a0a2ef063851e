import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import asyncpg
import pytest

from ieum.database import Database
from notifications.messages.store import count_unread, messages_after, messages_before
from notifications.telling.handlers import Telling, configure, tell_people

Hear = Callable[..., Awaitable[None]]
Make = Callable[..., Any]


async def test_messages_of_a_recipient_are_numbered_without_gaps(
    database: Database, hear: Hear, proposed: Make, referred: Make
) -> None:
    await hear(proposed("a"), proposed("b"), proposed("a"))
    await hear(referred("a"))

    async with database.reading() as tx:
        found = await messages_after(tx, {"a": 0, "b": 0}, 10)
    assert [(message.recipient_id, message.seq, message.kind) for message in found] == [
        ("a", 1, "match_proposed"),
        ("a", 2, "match_proposed"),
        ("a", 3, "referral_made"),
        ("b", 1, "match_proposed"),
    ]


async def test_an_event_heard_again_is_told_once(
    database: Database, hear: Hear, proposed: Make, referred: Make
) -> None:
    events = [proposed("a"), referred("a")]

    await hear(*events)
    await hear(*events, proposed("a"))

    async with database.reading() as tx:
        found = await messages_after(tx, {"a": 0, "employer:employer-1": 0}, 10)
        letters = await tx.fetchval("SELECT count(*) FROM delivery_message")
    assert [(message.recipient_id, message.seq) for message in found] == [
        ("a", 1),
        ("a", 2),
        ("a", 3),
        ("employer:employer-1", 1),
    ]
    assert letters == 4


async def test_writers_that_overlap_leave_no_gap_and_no_double(database: Database, hear: Hear, proposed: Make) -> None:
    await hear(*(proposed(f"j-{number}") for number in range(5)))
    batches = [
        [proposed(f"j-{(start + offset) % 5}", f"v-{start}-{offset}") for offset in range(10)] for start in range(8)
    ]

    await asyncio.gather(*(hear(*batch) for batch in batches), *(hear(*reversed(batch)) for batch in batches))

    async with database.reading() as tx:
        rows = await tx.fetch(
            "SELECT r.recipient_id, r.last_seq, array_agg(m.seq ORDER BY m.seq) AS seqs, count(DISTINCT event_id)"
            " FROM recipient r JOIN message m USING (recipient_id) GROUP BY r.recipient_id"
        )
    assert sorted(row["recipient_id"] for row in rows) == [f"j-{number}" for number in range(5)]
    for row in rows:
        assert row["seqs"] == list(range(1, 18))
        assert (row["last_seq"], row["count"]) == (17, 17)


async def test_a_number_cannot_be_given_twice(database: Database, hear: Hear, proposed: Make) -> None:
    await hear(proposed("a"), proposed("a"))

    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as tx:
            await tx.execute("UPDATE message SET seq = 1 WHERE seq = 2")


async def test_a_placement_names_the_vacancy_whether_the_referral_is_heard_before_or_after(
    database: Database, hear: Hear, placed: Make, referred: Make
) -> None:
    await hear(placed("early", "v-1"))
    await hear(referred("early", "v-1", title="조리원", employer_name="푸른식당"))
    await hear(placed("late", "v-1"))

    async with database.reading() as tx:
        found = await messages_before(tx, "early", None, 10, unread_only=False)
        late = await messages_before(tx, "late", None, 10, unread_only=False)
    assert found[-1].kind == late[-1].kind == "placement_recorded"
    for message in (found[-1], late[-1]):
        assert (message.params["title"], message.params["employer_name"]) == ("조리원", "푸른식당")


async def test_a_message_keeps_the_title_it_was_told_with(database: Database, hear: Hear, proposed: Make) -> None:
    await hear(proposed("a", "v-1", title="용접원"))
    await hear(proposed("b", "v-1", title="용접반장"))

    async with database.reading() as tx:
        (message,) = await messages_after(tx, {"a": 0}, 10)
    assert message.params["title"] == "용접원"


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_newest_facts_of_a_vacancy_win_in_whatever_order_they_are_heard(
    database: Database, hear: Hear, proposed: Make, order: tuple[int, ...]
) -> None:
    first = datetime(2026, 11, 20, 3, tzinfo=UTC)
    told = [
        proposed("a", "v-1", title=title, occurred_at=first + timedelta(minutes=minute))
        for minute, title in enumerate(("용접원", "용접 보조", "용접원"))
    ]

    for index in order:
        await hear(told[index])

    async with database.reading() as tx:
        assert await tx.fetchval("SELECT title FROM vacancy") == "용접원"


async def test_a_batch_without_news_still_teaches_what_the_vacancy_is_called(
    database: Database, hear: Hear, proposed: Make, placed: Make
) -> None:
    await hear(proposed("a", "v-1", title="조리원", version=2))
    await hear(placed("a", "v-1"))

    async with database.reading() as tx:
        (message,) = await messages_after(tx, {"a": 0}, 10)
    assert (message.kind, message.params["title"]) == ("placement_recorded", "조리원")


async def test_what_is_not_wanted_on_the_open_page_is_in_the_list_all_the_same(
    database: Database, hear: Hear, proposed: Make, referred: Make
) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO recipient (recipient_id, kinds) VALUES ('a', '{\"match_proposed\": {\"live\": false}}')"
        )

    await hear(proposed("a"), referred("a"))

    async with database.reading() as tx:
        found = await messages_after(tx, {"a": 0}, 10)
        unread = await count_unread(tx, "a")
    assert [message.live for message in found] == [False, True]
    assert unread == 2


async def test_recipients_are_announced_after_the_commit_and_not_before(database: Database, proposed: Make) -> None:
    announced: list[set[str]] = []
    configure(database, Telling(announce=lambda recipient_ids: announced.append(set(recipient_ids))))

    async with database.transaction() as tx:
        await tell_people(tx, [proposed("a"), proposed("b")])
        before = list(announced)

    assert before == []
    assert announced == [{"a", "b"}]


async def test_nothing_is_announced_when_the_transaction_fails(database: Database, proposed: Make) -> None:
    announced: list[set[str]] = []
    configure(database, Telling(announce=lambda recipient_ids: announced.append(set(recipient_ids))))

    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await tell_people(tx, [proposed("a")])
            raise RuntimeError

    assert announced == []
