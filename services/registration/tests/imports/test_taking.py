"""Rows become vacancies, employers and events in one transaction; the same word twice changes nothing."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from ieum.database import Database
from ieum_local.demo import sample
from registration.employers.employer import NewEmployer
from registration.employers.store import save_new_employers
from registration.imports.rules import vacancy_id as imported_id
from registration.imports.store import rejections_of
from registration.uploads.uploading import Sender
from registration.vacancies.moving import Wish, move_locked
from registration.vacancies.store import find_vacancy, lock_vacancies
from registration.vacancies.vacancy import Vacancy

from .conftest import TODAY, Send

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]

ROWS = list(sample.wanted(3))
LAST_DAY = "채용시까지  99-12-31"


def listed(*rows: dict[str, str]) -> bytes:
    inner = "".join(f"<wanted>{''.join(f'<{k}>{v}</{k}>' for k, v in row.items())}</wanted>" for row in rows)
    return f"<wantedRoot><total>{len(rows)}</total>{inner}</wantedRoot>".encode()


def row(number: int = 0, **changes: str) -> dict[str, str]:
    return {**ROWS[number], "closeDt": LAST_DAY, **changes}


def identity(number: str) -> UUID:
    return imported_id("work24", number, "")


async def vacancy(database: Database, number: int = 0) -> Vacancy:
    async with database.reading() as tx:
        found = await find_vacancy(tx, identity(ROWS[number]["wantedAuthNo"]))
    assert found is not None
    return found


async def test_new_rows_open_vacancies_and_register_employers(take: Send, told: Told, speaking: Database) -> None:
    done = await take(listed(row(0), row(1, busino=ROWS[0]["busino"]), row(2, busino="")))

    assert (done.state, done.rows_total, done.rows_read, done.taken) == ("finished", 3, 3, 3)
    said = await told()
    assert Counter(kind for kind, *_ in said) == {"VacancyOpened": 3, "EmployerRegistered": 2}
    assert all(version == 1 for _, _, version, _ in said)
    opened = {key: body for kind, key, _, body in said if kind == "VacancyOpened"}
    first = opened[str(identity(ROWS[0]["wantedAuthNo"]))]
    assert first["employer_name"] == ROWS[0]["company"]
    assert first["occupation_code"] == ROWS[0]["jobsCd"]
    assert first["source"] == "work24"
    employers = {key for kind, key, *_ in said if kind == "EmployerRegistered"}
    assert {body["employer_id"] for body in opened.values()} == employers
    kept = await vacancy(speaking)
    assert (kept.status, kept.version, kept.source_reference) == ("open", 1, ROWS[0]["wantedAuthNo"])


async def test_the_same_file_twice_changes_nothing(take: Send, told: Told) -> None:
    content = b"".join(sample.work24(250))
    await take(content)
    before = await told()

    again = await take(content)

    assert (again.taken, again.unchanged, again.rejected) == (0, 250, 0)
    assert await told() == before


async def test_a_changed_row_tells_what_changed(take: Send, told: Told, speaking: Database) -> None:
    await take(listed(row(), row(1)))

    done = await take(
        listed(row(title="다른 제목", salTpNm="시급", minSal="20000", maxSal="0", region="서울 강남구"), row(1))
    )

    assert (done.taken, done.unchanged) == (1, 1)
    kind, key, version, body = (await told())[-1]
    assert (kind, key, version) == ("VacancyChanged", str(identity(ROWS[0]["wantedAuthNo"])), 2)
    assert set(body["changed"]) >= {"title", "region_code", "region_name", "centre_code", "hourly_pay"}
    assert body["title"] == "다른 제목"
    assert body["hourly_pay"] == 20_000
    assert (await vacancy(speaking)).version == 2


async def test_an_older_word_of_the_source_does_not_undo_a_newer_one(take: Send, told: Told) -> None:
    await take(listed(row(title="가", smodifyDtm="202611010900")))
    await take(listed(row(title="나", smodifyDtm="202611030900")))
    told_so_far = len(await told())

    older = await take(listed(row(title="다", smodifyDtm="202611020900")))
    newer = await take(listed(row(title="라", smodifyDtm="202611040900")))

    assert (older.taken, older.unchanged) == (0, 1)
    assert newer.taken == 1
    assert len(await told()) == told_so_far + 1


async def test_a_newer_stamp_without_a_change_is_remembered_but_not_told(take: Send, told: Told) -> None:
    await take(listed(row(title="가", smodifyDtm="202611010900")))
    repeated = await take(listed(row(title="가", smodifyDtm="202611050900")))
    told_so_far = len(await told())

    older = await take(listed(row(title="나", smodifyDtm="202611030900")))

    assert repeated.unchanged == 1
    assert older.unchanged == 1
    assert len(await told()) == told_so_far


async def test_what_people_did_to_a_vacancy_stands(take: Send, told: Told, speaking: Database) -> None:
    await take(listed(row(0), row(1), row(2)))
    ids = [identity(one["wantedAuthNo"]) for one in ROWS]
    async with speaking.transaction() as tx:
        wishes = {ids[0]: Wish("close", "취소"), ids[1]: Wish("pause"), ids[2]: Wish("fill")}
        await move_locked(tx, wishes, await lock_vacancies(tx, wishes))

    done = await take(listed(row(0, title="가"), row(1, title="나"), row(2, title="다")))

    assert (done.taken, done.unchanged) == (1, 2)
    states = [(await vacancy(speaking, number)).status for number in range(3)]
    assert states == ["closed", "paused", "filled"]
    assert (await vacancy(speaking, 1)).terms.title == "나"
    assert [kind for kind, *_ in await told()][-1] == "VacancyChanged"


async def test_a_row_whose_day_is_over_is_kept_and_nobody_is_told(take: Send, told: Told, speaking: Database) -> None:
    done = await take(listed(row(closeDt="채용시까지  26-04-17")))

    assert done.taken == 1
    assert (await vacancy(speaking)).status == "expired"
    assert [kind for kind, *_ in await told()] == ["EmployerRegistered"]


async def test_an_expired_vacancy_with_a_later_day_opens(take: Send, told: Told, speaking: Database) -> None:
    await take(listed(row(0, closeDt="26-04-17")))
    await take(listed(row(1)))
    async with speaking.transaction() as tx:
        await tx.execute(
            "UPDATE vacancy SET status = 'expired', closes_on = '2026-04-17' WHERE vacancy_id = $1",
            identity(ROWS[1]["wantedAuthNo"]),
        )

    done = await take(listed(row(0), row(1, closeDt="98-01-01", title="연장")))

    assert done.taken == 2
    assert [(await vacancy(speaking, number)).status for number in (0, 1)] == ["open", "open"]
    by_vacancy: dict[str, list[str]] = {}
    for kind, key, *_ in await told():
        by_vacancy.setdefault(key, []).append(kind)
    assert by_vacancy[str(identity(ROWS[0]["wantedAuthNo"]))] == ["VacancyOpened"]
    assert by_vacancy[str(identity(ROWS[1]["wantedAuthNo"]))] == [
        "VacancyOpened",
        "VacancyChanged",
        "VacancyResumed",
    ]


async def test_a_vacancy_named_twice_in_a_file_has_its_last_word(take: Send, speaking: Database) -> None:
    done = await take(listed(row(title="처음"), row(title="나중")))

    assert (done.rows_read, done.taken, done.unchanged) == (2, 1, 1)
    assert (await vacancy(speaking)).terms.title == "나중"


async def test_good_rows_are_taken_and_bad_ones_listed(take: Send, speaking: Database) -> None:
    done = await take(listed(row(0), row(1, jobsCd="999999", closeDt="26-02-30"), row(2)))

    assert (done.state, done.taken, done.rejected) == ("finished", 2, 1)
    async with speaking.reading() as tx:
        found = await rejections_of(tx, done.import_id, after=None, limit=10)
    assert {(one.row, one.field, one.excerpt) for one in found} == {
        (2, "jobsCd", "999999"),
        (2, "closeDt", "26-02-30"),
    }
    assert [one.nth for one in found] == [1, 2]


async def test_a_known_employer_is_found_by_its_number_and_keeps_its_name(
    take: Send, told: Told, speaking: Database
) -> None:
    known = NewEmployer(UUID(int=7), ROWS[0]["busino"], "등록된 이름", "11680", "12003", None, "portal")
    async with speaking.transaction() as tx:
        await save_new_employers(tx, [known], "p-1")

    await take(listed(row()))

    ((kind, _, _, body),) = await told()
    assert kind == "VacancyOpened"
    assert body["employer_id"] == str(known.employer_id)
    assert body["employer_name"] == "등록된 이름"


async def test_employers_without_a_number_are_known_by_name(take: Send, told: Told) -> None:
    await take(listed(row(0, busino="", company="가나"), row(1, busino="", company="가나"), row(2, busino="")))

    said = await told()

    assert Counter(kind for kind, *_ in said) == {"VacancyOpened": 3, "EmployerRegistered": 2}


async def test_an_employers_file_brings_its_own_vacancies_only(take: Send, speaking: Database) -> None:
    own = NewEmployer(UUID(int=8), ROWS[0]["busino"], "우리", "11680", "12003", None, "portal")
    async with speaking.transaction() as tx:
        await save_new_employers(tx, [own], "p-1")

    done = await take(
        listed(row(0), row(1, busino=sample.business_number(99)), row(2, busino="")),
        sender=Sender("p-1", employer_id=own.employer_id),
    )

    assert (done.taken, done.rejected) == (1, 2)


@pytest.mark.parametrize(
    "content",
    [
        b"".join(sample.work24(300, day=TODAY)),
        b"".join(sample.ndjson(300, day=TODAY)),
        json.dumps(list(sample.json_ld(300, day=TODAY))).encode(),
        sample.spreadsheet(300, encoding="cp949", day=TODAY),
    ],
    ids=["work24", "ndjson", "json", "csv"],
)
async def test_every_format_is_taken_to_its_end(take: Send, told: Told, content: bytes) -> None:
    done = await take(content)

    assert (done.rows_total, done.taken, done.rejected) == (300, 300, 0)
    assert Counter(kind for kind, *_ in await told())["VacancyOpened"] == 300
