"""Hires count against the openings that a file tells, as against those that somebody enters."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ieum.database import Database
from registration.placements.rules import Placement
from registration.placements.store import save_placements
from registration.vacancies.store import newest_vacancies
from registration.vacancies.vacancy import Vacancy

from .conftest import Send

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]

HEADINGS = "구인인증번호,회사명,사업자등록번호,채용제목,직종코드,근무지역,고용형태,모집인원,마감일"


def sheet(openings: int, closes_on: str = "2089-12-31") -> bytes:
    row = f"1,이음상사,123-45-67891,조리원,531201,경기 의정부시,정규직,{openings},{closes_on}"
    return f"{HEADINGS}\n{row}\n".encode()


async def the_vacancy(database: Database) -> Vacancy:
    async with database.reading() as tx:
        (found,) = await newest_vacancies(tx, limit=2)
    return found


async def hire(database: Database, vacancy_id: UUID, count: int) -> None:
    placements = [Placement(f"p-{n}", str(vacancy_id), f"j-{n}", date(2026, 11, 2), None, None) for n in range(count)]
    async with database.transaction() as tx:
        await save_placements(tx, placements)


async def test_a_file_that_lowers_the_openings_to_the_hires_fills_the_vacancy(
    take: Send, told: Told, speaking: Database
) -> None:
    await take(sheet(openings=3))
    await hire(speaking, (await the_vacancy(speaking)).vacancy_id, 1)

    await take(sheet(openings=2))
    still_open = (await the_vacancy(speaking)).status
    await take(sheet(openings=1))

    assert (still_open, (await the_vacancy(speaking)).status) == ("open", "filled")
    assert [(kind, version) for kind, _, version, _ in (await told())[-3:]] == [
        ("VacancyChanged", 2),
        ("VacancyChanged", 3),
        ("VacancyFilled", 4),
    ]


@pytest.mark.parametrize(("openings", "status"), [(1, "filled"), (2, "open")])
async def test_an_expired_vacancy_that_a_file_renews_opens_only_for_who_is_still_wanted(
    take: Send, speaking: Database, openings: int, status: str
) -> None:
    await take(sheet(openings=2))
    known = await the_vacancy(speaking)
    await hire(speaking, known.vacancy_id, 1)
    async with speaking.transaction() as tx:
        await tx.execute("UPDATE vacancy SET status = 'expired', closes_on = '2026-04-17'")

    await take(sheet(openings=openings, closes_on="2090-01-31"))

    assert (await the_vacancy(speaking)).status == status
