"""What is known of vacancies is made again from the topics; nobody is told anything a second time."""

import pytest

from ieum.database import Database
from ieum.messaging import Event
from ieum.testing.retelling import Retelling
from notifications.messages.events import MatchProposed, PlacementRecorded, ReferralMade

_WHO = {"jobseeker_id": "j-1", "centre_code": "12012", "employer_id": "e-1", "employer_name": "이음상사"}


def proposed(number: int, title: str = "용접공") -> Event:
    facts = {**_WHO, "vacancy_id": f"v-{number % 5}", "title": title, "score": 80}
    return MatchProposed.model_validate(facts).received(f"m-{number}")


def referred(number: int) -> Event:
    facts = {**_WHO, "vacancy_id": f"v-{number % 5}", "title": "선반공", "counsellor_id": "c-1"}
    return ReferralMade.model_validate(facts).received(f"r-{number}")


def hired(number: int) -> Event:
    facts = {**_WHO, "vacancy_id": f"v-{number % 5}", "hired_on": "2026-11-02"}
    return PlacementRecorded.model_validate(facts).received(f"p-{number}")


@pytest.fixture
async def told(retelling: Retelling) -> Retelling:
    """Matches, referrals and a hire, told to two recipients."""
    await retelling.tell(*map(proposed, range(30)), *map(referred, range(8)), hired(1))
    await retelling.heard_all()
    return retelling


async def messages(database: Database) -> int:
    async with database.reading() as tx:
        found: int = await tx.fetchval("SELECT count(*) FROM message")
    return found


async def letters(database: Database) -> list[tuple[str, int]]:
    """State of each letter with the number of its messages."""
    async with database.reading() as tx:
        rows = await tx.fetch(
            "SELECT state, count(*) FROM delivery JOIN delivery_message USING (delivery_id) GROUP BY delivery_id, state"
        )
    return sorted((row["state"], row["count"]) for row in rows)


async def test_hearing_all_again_gives_the_same_state_and_no_message_and_no_letter(told: Retelling) -> None:
    before = await messages(told.database), await letters(told.database)

    progress, different = await told.rebuild()

    assert different == []
    assert progress.rebuild.before["vacancy"].rows == 5
    assert (await messages(told.database), await letters(told.database)) == before
    assert before[0] == 30 + 2 * 8 + 1


async def test_what_comes_meanwhile_is_told_once_and_damage_is_made_good(told: Retelling) -> None:
    before = await messages(told.database)
    async with told.database.transaction() as tx:
        await tx.execute("UPDATE vacancy SET title = '?'")

    begun = await told.begin()
    await told.tell(*(proposed(number, "도장공") for number in range(30, 60)))
    await told.end(begun)
    await told.heard_all()

    assert await messages(told.database) == before + 30
    async with told.database.reading() as tx:
        assert {row["title"] for row in await tx.fetch("SELECT title FROM vacancy")} == {"도장공"}
