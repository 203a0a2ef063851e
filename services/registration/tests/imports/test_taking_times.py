"""When a source says it changed a vacancy: a slip into the future must not keep out what it says later."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ieum.database import Database
from ieum_local.demo import sample
from registration.imports.rules import is_ahead
from registration.imports.store import rejections_of
from registration.vacancies.store import newest_vacancies

from .conftest import Send

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
POSTING: dict[str, Any] = next(iter(sample.json_ld(1)))


def posting(**changes: Any) -> bytes:
    return json.dumps({**POSTING, "validThrough": "2099-12-31", **changes}).encode()


async def title(database: Database) -> str:
    async with database.reading() as tx:
        (found,) = await newest_vacancies(tx, limit=2)
    return found.terms.title


@pytest.mark.parametrize(
    ("told", "is_so"),
    [
        (None, False),
        (NOW - timedelta(days=400), False),
        (NOW + timedelta(hours=24), False),
        (NOW + timedelta(hours=24, seconds=1), True),
    ],
)
def test_a_day_is_allowed_for_clocks_and_time_zones(told: datetime | None, is_so: bool) -> None:
    assert is_ahead(told, NOW) is is_so


async def test_a_row_from_the_future_is_rejected_by_field_and_rule(take: Send, speaking: Database) -> None:
    done = await take(posting(dateModified="2926-11-27T00:00:00Z"))

    assert (done.taken, done.rejected) == (0, 1)
    async with speaking.reading() as tx:
        (error,) = await rejections_of(tx, done.import_id, after=None, limit=10)
    assert (error.field, error.rule) == ("dateModified", "not more than a day ahead of today")
    assert error.excerpt.startswith("2926-11-27")


async def test_work24_names_its_own_field(take: Send, speaking: Database) -> None:
    row = {**next(iter(sample.wanted(1))), "smodifyDtm": "292611270900"}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in row.items())

    done = await take(f"<wantedRoot><total>1</total><wanted>{inner}</wanted></wantedRoot>".encode())

    async with speaking.reading() as tx:
        (error,) = await rejections_of(tx, done.import_id, after=None, limit=10)
    assert error.field == "smodifyDtm"


async def test_a_time_in_the_future_that_was_kept_before_keeps_nothing_out(take: Send, speaking: Database) -> None:
    await take(posting(title="처음", dateModified="2026-11-01T00:00:00Z"))
    async with speaking.transaction() as tx:
        await tx.execute("UPDATE vacancy SET source_modified_at = '2926-11-27T00:00:00Z'")

    changed = await take(posting(title="나중", dateModified="2026-11-20T00:00:00Z"))
    older = await take(posting(title="더 이른", dateModified="2026-11-19T00:00:00Z"))

    assert (changed.taken, older.taken) == (1, 0)
    assert await title(speaking) == "나중"


async def test_a_repeated_word_replaces_a_kept_time_in_the_future(take: Send, speaking: Database) -> None:
    await take(posting(title="처음", dateModified="2026-11-01T00:00:00Z"))
    async with speaking.transaction() as tx:
        await tx.execute("UPDATE vacancy SET source_modified_at = '2926-11-27T00:00:00Z'")

    await take(posting(title="처음", dateModified="2026-11-20T00:00:00Z"))

    async with speaking.reading() as tx:
        (found,) = await newest_vacancies(tx, limit=2)
    assert found.source_modified_at == datetime(2026, 11, 20, tzinfo=UTC)
