"""The centres of the code lists are opened and announced once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ieum.database import Database
from ieum.messaging import Topics, outbox
from registration.centres.opening import open_listed_centres
from registration.reference.codes import CENTRES

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


@pytest.fixture
def speaking(database: Database, topics: Topics) -> Database:
    """A database through which registration speaks."""
    outbox.configure(database, topics, "registration")
    return database


async def test_every_listed_centre_is_announced(speaking: Database, told: Told) -> None:
    opened = await open_listed_centres(speaking)

    events = {aggregate_id: (kind, version, event) for kind, aggregate_id, version, event in await told()}
    assert sorted(opened) == sorted(events) == sorted(CENTRES)
    assert events["13990"] == (
        "CentreOpened",
        1,
        {
            "name": "부산동래고용센터",
            "regional_office_code": "13000",
            "regional_office_name": "부산지방고용노동청",
            "demonstration": True,
        },
    )


async def test_starting_again_announces_nothing(speaking: Database, told: Told) -> None:
    await open_listed_centres(speaking)
    before = await told()

    opened = await open_listed_centres(speaking)

    assert opened == []
    assert await told() == before


async def test_processes_that_start_side_by_side_announce_each_centre_once(speaking: Database, told: Told) -> None:
    opened = await asyncio.gather(*(open_listed_centres(speaking) for _ in range(4)))

    assert sorted(code for codes in opened for code in codes) == sorted(CENTRES)
    assert len(await told()) == len(CENTRES)


async def test_a_failure_announces_nothing(speaking: Database, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("after the centres were written")

    monkeypatch.setattr("registration.centres.opening.outbox.add", fail)
    with pytest.raises(RuntimeError):
        await open_listed_centres(speaking)
    monkeypatch.undo()

    async with speaking.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM centre") == 0
    assert await told() == []
