"""A file's row with somebody's resident number is not taken, and the number is kept nowhere."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ieum.database import Database
from ieum_local.demo import sample
from registration.imports.store import rejections_of

from .conftest import Send

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]

NUMBER = "900101-1234568"
POSTING: dict[str, Any] = next(iter(sample.json_ld(1)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": f"담당 홍길동 {NUMBER} 문의"}, "title"),
        ({"hiringOrganization": {"name": f"홍길동 {NUMBER}"}}, "hiringOrganization.name"),
        ({"industry": NUMBER}, "industry"),
    ],
)
async def test_a_row_is_rejected_by_field_and_rule_without_the_number(
    take: Send, told: Told, speaking: Database, changes: dict[str, Any], field: str
) -> None:
    done = await take(json.dumps({**POSTING, **changes}).encode())

    assert (done.taken, done.rejected) == (0, 1)
    assert await told() == []
    async with speaking.reading() as tx:
        errors = await rejections_of(tx, done.import_id, after=None, limit=10)
    assert [(error.field, error.rule) for error in errors] == [(field, "without a resident registration number")]
    assert NUMBER not in str(errors)


async def test_a_number_in_a_value_that_breaks_another_rule_is_covered(take: Send, speaking: Database) -> None:
    done = await take(json.dumps({**POSTING, "datePosted": NUMBER}).encode())

    async with speaking.reading() as tx:
        (error,) = await rejections_of(tx, done.import_id, after=None, limit=10)
    assert error.excerpt == "******-*******"


async def test_a_sources_own_number_may_look_like_one(take: Send) -> None:
    done = await take(json.dumps({**POSTING, "identifier": "2611271000001"}).encode())

    assert done.taken == 1
