"""What came of a file over HTTP: watched, stopped and continued by those it belongs to."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx

from ieum.service import Service
from ieum.testing import eventually
from ieum.testing.client import Tokens
from registration.employers.employer import NewEmployer
from registration.employers.store import save_new_employers
from registration.imports import sample
from registration.imports.working import take_imports, take_next

from .conftest import SHEET

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


async def test_rejections_are_paged_and_downloaded_without_formulas(
    service_client: httpx.AsyncClient, operator: dict[str, str], service: Service
) -> None:
    sent = await service_client.post("/imports", content=SHEET.encode(), headers=operator)
    await take_next(service.database)
    path = f"/imports/{sent.json()['import_id']}/rejections"

    first = (await service_client.get(path, params={"limit": 2}, headers=operator)).json()
    rest = (await service_client.get(path, params={"cursor": first["next"]}, headers=operator)).json()
    sheet = await service_client.get(f"{path}.csv", headers=operator)

    items = first["items"] + rest["items"]
    assert [(one["row"], one["field"]) for one in items[:1]] == [(3, "title")]
    assert {(one["row"], one["field"], one["value"]) for one in items[1:]} == {
        (4, "occupation_code", "999999"),
        (4, "region", "달나라"),
        (4, "closes_on", "26-02-30"),
    }
    assert rest["next"] is None
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
    assert len(rows) == 5
    assert rows[1][4] == '\'=HYPERLINK("http://evil.example")'
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


async def test_an_import_is_stopped_and_continued(
    service_client: httpx.AsyncClient, operator: dict[str, str], service: Service
) -> None:
    sent = await service_client.post("/imports", content=SHEET.encode(), headers=operator)
    path = f"/imports/{sent.json()['import_id']}"

    states = []
    for move in ("stop", "stop", "continue", "continue"):
        answer = await service_client.post(f"{path}/{move}", headers=operator)
        states.append((answer.status_code, answer.json()["state"]))
    assert await take_next(service.database)
    ended = [await service_client.post(f"{path}/{move}", headers=operator) for move in ("stop", "continue")]

    assert states == [(200, "stopped"), (200, "stopped"), (200, "waiting"), (200, "waiting")]
    assert [answer.status_code for answer in ended] == [409, 409]


async def test_a_failed_import_says_why_in_the_readers_language(
    service_client: httpx.AsyncClient, operator: dict[str, str], english: dict[str, str], service: Service
) -> None:
    sent = await service_client.post("/imports", content=SHEET.encode(), headers=operator)
    path = f"/imports/{sent.json()['import_id']}"
    async with service.database.transaction() as tx:
        await tx.execute(
            """UPDATE vacancy_import SET state = 'failed', problem = '{"reason": "x", "en": "Why.", "ko": "왜."}'"""
        )

    korean, in_english = [(await service_client.get(path, headers=one)).json() for one in (operator, english)]

    assert korean["problem"]["detail"] == "왜."
    assert in_english["problem"]["detail"] == "Why."
    assert in_english["problem"]["type"] == "urn:ieum:problem:import-failed"


async def test_imports_are_seen_by_those_they_belong_to_and_nobody_learns_of_others(
    service_client: httpx.AsyncClient,
    appointed: Callable[..., Awaitable[dict[str, str]]],
    tokens: Tokens,
    operator: dict[str, str],
) -> None:
    ours, colleague = await appointed("counsellor", "15152"), await appointed("director", "15152")
    elsewhere = await appointed("counsellor", "12003")
    employer = tokens("employer", "p-e", employer_id="00000000-0000-0000-0000-000000000001")
    own = (await service_client.post("/imports", content=SHEET.encode(), headers=ours)).json()["import_id"]
    theirs = (await service_client.post("/imports", content=SHEET.encode(), headers=employer)).json()["import_id"]
    unknown = "00000000-0000-0000-0000-000000000000"

    async def look(one: str, headers: dict[str, str]) -> tuple[int, str]:
        answer = await service_client.get(f"/imports/{one}", headers=headers)
        return answer.status_code, answer.json().get("type", "")

    async def ids(headers: dict[str, str]) -> set[str]:
        return {one["import_id"] for one in (await service_client.get("/imports", headers=headers)).json()["items"]}

    assert [(await look(own, headers))[0] for headers in (ours, colleague, operator)] == [200, 200, 200]
    assert [(await look(theirs, headers))[0] for headers in (employer, operator)] == [200, 200]
    strangers = [await look(own, elsewhere), await look(own, employer), await look(theirs, ours)]
    assert strangers == [await look(unknown, ours)] * 3 == [(403, "urn:ieum:problem:forbidden")] * 3
    assert (await look(unknown, operator))[0] == 404
    for move in ("stop", "continue"):
        assert (await service_client.post(f"/imports/{own}/{move}", headers=elsewhere)).status_code == 403
    for part in ("rejections", "rejections.csv"):
        assert (await service_client.get(f"/imports/{own}/{part}", headers=employer)).status_code == 403
    assert await ids(ours) == await ids(colleague) == {own}
    assert await ids(elsewhere) == set()
    assert await ids(employer) == {theirs}
    assert await ids(operator) == {own, theirs}


async def test_an_employers_file_brings_only_its_own_vacancies(
    service_client: httpx.AsyncClient, tokens: Tokens, service: Service
) -> None:
    own = NewEmployer(UUID(int=5), sample.business_number(0), "우리", "11680", "12003", None, "portal")
    async with service.database.transaction() as tx:
        await save_new_employers(tx, [own], "p-1")
    content = b"".join(sample.work24(40, seed=5))
    employer = tokens("employer", "p-e", employer_id=str(own.employer_id))
    sent = (await service_client.post("/imports", content=content, headers=employer)).json()

    await take_next(service.database)

    done = (await service_client.get(f"/imports/{sent['import_id']}", headers=employer)).json()
    ours = sum(one["busino"] == own.business_number for one in sample.wanted(40, seed=5))
    assert 0 < ours < 40
    assert (done["taken"], done["rejected"]) == (ours, 40 - ours)


async def test_the_worker_begins_as_soon_as_a_file_is_accepted(
    service_client: httpx.AsyncClient, operator: dict[str, str], service: Service
) -> None:
    working = asyncio.create_task(take_imports(service))
    sent = (await service_client.post("/imports", content=SHEET.encode(), headers=operator)).json()

    async def is_finished() -> bool:
        found = await service_client.get(f"/imports/{sent['import_id']}", headers=operator)
        return bool(found.json()["state"] == "finished")

    await eventually("the import is finished", is_finished)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
