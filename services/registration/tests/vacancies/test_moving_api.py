"""A vacancy moves along its lifecycle, by hand and by what becomes of it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx

from ieum.database import Database
from registration.placements.rules import Placement
from registration.placements.store import save_placements

from .conftest import FORM, Hiring, Open

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


async def test_fewer_openings_than_were_hired_fill_the_vacancy(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, database: Database, told: Told
) -> None:
    view = await open_one(openings=3)
    async with database.transaction() as tx:
        placement = Placement("pl-1", view["vacancy_id"], "js-1", date(2026, 11, 20), None, None)
        await save_placements(tx, [placement])
    path = f"/vacancies/{view['vacancy_id']}"

    fewer = await service_client.put(path, json={**FORM, "openings": 2}, headers={**own.headers, "If-Match": '"1"'})
    fewest = await service_client.put(
        path, json={**FORM, "openings": 1}, headers={**own.headers, "If-Match": fewer.headers["etag"]}
    )

    assert [(one.json()["status"], one.json()["hired"]) for one in (fewer, fewest)] == [("open", 1), ("filled", 1)]
    assert [kind for kind, *_ in await told()] == [
        "VacancyOpened",
        "VacancyChanged",
        "VacancyChanged",
        "VacancyFilled",
    ]


async def test_a_vacancy_is_paused_resumed_and_closed(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, told: Told
) -> None:
    view = await open_one()
    path = f"/vacancies/{view['vacancy_id']}"

    states = []
    for version, (move, reason) in enumerate((("pause", "휴무"), ("resume", None), ("close", "")), 1):
        answer = await service_client.post(
            f"{path}/{move}",
            json={"reason": reason} if reason is not None else None,
            headers={**own.headers, "If-Match": f'"{version}"'},
        )
        states.append((answer.status_code, answer.json()["status"], answer.json()["status_reason"]))

    assert states == [(200, "paused", "휴무"), (200, "open", None), (200, "closed", None)]
    events = [(kind, body) for kind, _, _, body in await told()][1:]
    about = {"centre_code": view["centre_code"], "openings": 2}
    assert events == [
        ("VacancyPaused", {**about, "reason": "other"}),
        ("VacancyResumed", about),
        ("VacancyClosed", {**about, "reason": "not_given"}),
    ]


async def test_of_a_reason_in_own_words_no_event_says_one(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, told: Told
) -> None:
    view = await open_one()
    sentence = "면접에서 김철수 씨와 다툼이 있었음 010-1234-5678"

    answer = await service_client.post(
        f"/vacancies/{view['vacancy_id']}/close", json={"reason": sentence}, headers={**own.headers, "If-Match": '"1"'}
    )

    assert answer.json()["status_reason"] == sentence
    events = await told()
    assert events[-1][3]["reason"] == "other"
    assert "김철수" not in repr(events)


async def test_a_closed_vacancy_takes_nothing_more(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open
) -> None:
    view = await open_one()
    path = f"/vacancies/{view['vacancy_id']}"
    await service_client.post(f"{path}/close", headers={**own.headers, "If-Match": '"1"'})
    headers = {**own.headers, "If-Match": '"2"'}

    changed = await service_client.put(path, json={**FORM, "title": "다시"}, headers=headers)
    resumed = await service_client.post(f"{path}/resume", headers=headers)

    assert [changed.status_code, resumed.status_code] == [409, 409]
    assert changed.json()["type"] == "urn:ieum:problem:no-such-move"
    assert "마감" in changed.json()["detail"]


async def test_an_expired_vacancy_opens_again_with_a_later_day(
    service_client: httpx.AsyncClient, own: Hiring, open_one: Open, database: Database, told: Told
) -> None:
    view = await open_one()
    async with database.transaction() as tx:
        await tx.execute("UPDATE vacancy SET status = 'expired', closes_on = '2026-01-01'")

    answer = await service_client.put(
        f"/vacancies/{view['vacancy_id']}", json=FORM, headers={**own.headers, "If-Match": '"1"'}
    )

    assert answer.json()["status"] == "open"
    assert [kind for kind, *_ in await told()] == ["VacancyOpened", "VacancyChanged", "VacancyResumed"]
