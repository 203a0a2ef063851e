"""Vacancies, jobseekers and matches are made again from the topics alone, and nobody is told anything twice."""

import random

import pytest

from ieum.testing.retelling import Retelling
from matching.recommendations.upkeep import match_id

from . import telling
from .test_exactness import World


@pytest.fixture
async def world(retelling: Retelling) -> World:
    """Three hundred things happened and were heard."""
    made = World(random.Random(12))
    await retelling.tell(*(made.step() for _ in range(300)))
    await retelling.heard_all()
    return made


async def standing(retelling: Retelling) -> dict[str, int]:
    """Scores by match id, as whoever listens knows them. What was withdrawn without standing fails here."""
    found: dict[str, int] = {}
    for event in await retelling.said():
        if event["type"] == "MatchProposed":
            found[event["aggregate_id"]] = event["body"]["score"]
        else:
            del found[event["aggregate_id"]]
    return found


async def kept_and_told(retelling: Retelling) -> dict[str, int]:
    """The same as this service keeps it."""
    async with retelling.database.reading() as tx:
        rows = await tx.fetch("SELECT jobseeker_id, vacancy_id, told_score FROM match WHERE told_score IS NOT NULL")
    return {match_id(row["jobseeker_id"], row["vacancy_id"]): row["told_score"] for row in rows}


async def test_what_is_heard_again_gives_the_same_state_and_nothing_is_said(retelling: Retelling, world: World) -> None:
    said = await retelling.said()

    progress, different = await retelling.rebuild()

    assert different == []
    assert progress.rebuild.before.keys() == {"vacancy", "jobseeker", "wish", "match"}
    assert all(state.rows for state in progress.rebuild.before.values())
    assert await retelling.said() == said != []
    assert await telling.kept(retelling.database) == world.expected()


async def test_what_happens_meanwhile_is_told_once_everything_is_heard(retelling: Retelling, world: World) -> None:
    begun = await retelling.begin()
    for _ in range(10):
        await retelling.tell(*(world.step() for _ in range(30)))
    progress, _ = await retelling.end(begun)
    await retelling.heard_all()

    assert progress.total == 300
    assert await telling.kept(retelling.database) == world.expected()
    assert await standing(retelling) == await kept_and_told(retelling) != {}

    said = await retelling.said()
    _, different = await retelling.rebuild()
    assert (different, await retelling.said()) == ([], said)


async def test_damaged_tables_are_made_good_and_only_differences_told(retelling: Retelling, world: World) -> None:
    said = len(await retelling.said())
    async with retelling.database.transaction() as tx:
        await tx.execute("DELETE FROM vacancy WHERE vacancy_id IN (SELECT vacancy_id FROM vacancy LIMIT 20)")
        await tx.execute("UPDATE jobseeker SET wished_regions = '{99999}', bar_score = 90")
        await tx.execute("DELETE FROM wish")
        await tx.execute("UPDATE match SET score = 1, centre_code = '99999'")
        gone = await tx.fetchrow("DELETE FROM match WHERE told_score IS NOT NULL RETURNING jobseeker_id, vacancy_id")

    _, different = await retelling.rebuild()

    assert different == ["jobseeker", "match", "vacancy", "wish"]
    assert gone is not None
    assert await telling.kept(retelling.database) == world.expected()
    assert await standing(retelling) == await kept_and_told(retelling)
    async with retelling.database.reading() as tx:
        assert not await tx.fetchval("SELECT count(*) FROM match WHERE centre_code = '99999'")
    assert len(await retelling.said()) > said
