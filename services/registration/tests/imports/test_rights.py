"""Nobody's file touches a vacancy that its sender could not open or change by hand."""

import csv
import io
import json
from typing import Any
from uuid import UUID

import pytest

from ieum.database import Database
from ieum_local.demo import sample
from registration.employers.employer import NewEmployer
from registration.employers.store import save_new_employers
from registration.imports.store import rejections_of
from registration.imports.vacancy_import import Import
from registration.uploads.uploading import Sender

from .conftest import Send

UIJEONGBU = "15152"
OURS, THEIRS = sample.business_number(1), sample.business_number(2)
OPERATOR = Sender("p-operator")
COUNSELLOR = Sender("p-counsellor", centre_code=UIJEONGBU)
LISTED = next(sample.wanted(1)) | {"closeDt": "채용시까지"}


def sheet(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    usual = {
        "reference": "1",
        "company": "가나",
        "business_number": OURS,
        "title": "경리",
        "occupation_code": "133200",
        "region": "경기 의정부시",
        "employment_type": "regular",
    }
    writer = csv.DictWriter(text, usual)
    writer.writeheader()
    writer.writerows(usual | row for row in rows)
    return text.getvalue().encode()


def posting(**changes: Any) -> bytes:
    return json.dumps({**next(sample.json_ld(1)), **changes}).encode()


def listed(**changes: str) -> bytes:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in (LISTED | changes).items())
    return f"<wantedRoot><wanted>{inner}</wanted></wantedRoot>".encode()


async def kept(database: Database) -> list[tuple[str, str, str, int]]:
    """Company, title, centre and version of every vacancy."""
    async with database.reading() as tx:
        return [
            tuple(row)
            for row in await tx.fetch(
                "SELECT e.name, v.title, v.centre_code, v.version"
                " FROM vacancy v JOIN employer e USING (employer_id) ORDER BY 1, 2"
            )
        ]


async def rejected(database: Database, done: Import) -> list[tuple[int, str, str]]:
    async with database.reading() as tx:
        found = await rejections_of(tx, done.import_id, after=None, limit=10)
    return [(one.row, one.field, one.rule) for one in found]


async def registered(database: Database, number: str) -> Sender:
    """Somebody who acts for a registered employer."""
    own = NewEmployer(UUID(number.zfill(32)), number, f"기업{number}", "41150", UIJEONGBU, None, "portal")
    async with database.transaction() as tx:
        await save_new_employers(tx, [own], "p-1")
    return Sender(f"p-{number}", employer_id=own.employer_id)


@pytest.mark.parametrize("other", [{"business_number": THEIRS}, {"company": "다라", "business_number": ""}])
async def test_two_firms_with_one_reference_have_two_vacancies(
    take: Send, speaking: Database, other: dict[str, str]
) -> None:
    await take(sheet({"title": "우리 자리"}))

    done = await take(sheet({"company": "다라", "title": "남의 자리"} | other))

    assert done.taken == 1
    assert [title for _, title, *_ in await kept(speaking)] == ["우리 자리", "남의 자리"]


async def test_two_firms_with_one_reference_in_one_file_have_two_vacancies(take: Send, speaking: Database) -> None:
    content = sheet({}, {"company": "다라", "business_number": THEIRS})

    first, again = await take(content), await take(content)

    assert (first.taken, again.taken, again.unchanged) == (2, 0, 2)
    assert [(company, version) for company, _, _, version in await kept(speaking)] == [("가나", 1), ("다라", 1)]


async def test_two_firms_with_one_identifier_have_two_postings(take: Send, speaking: Database) -> None:
    for number, company in ((OURS, "가나"), (THEIRS, "다라")):
        done = await take(posting(identifier="1", hiringOrganization={"name": company, "identifier": number}))
        assert done.taken == 1

    assert [company for company, *_ in await kept(speaking)] == ["가나", "다라"]


async def test_an_employers_file_cannot_take_over_anothers_vacancy(take: Send, speaking: Database) -> None:
    intruder = await registered(speaking, THEIRS)
    await take(listed(busino=OURS))
    before = await kept(speaking)

    done = await take(listed(busino=THEIRS, title="빼앗은 자리"), sender=intruder)

    assert (done.taken, done.unchanged, done.rejected) == (0, 0, 1)
    assert await rejected(speaking, done) == [(1, "wantedAuthNo", "not the number of somebody else's vacancy")]
    assert await kept(speaking) == before


async def test_an_employers_own_sheet_needs_no_number(take: Send, speaking: Database) -> None:
    us = await registered(speaking, OURS)

    first = await take(sheet({"business_number": "", "company": f"(주) 기업 {OURS}"}), sender=us)
    again = await take(sheet({"business_number": OURS}), sender=us)

    assert (first.taken, first.rejected, again.unchanged) == (1, 0, 1)
    assert [company for company, *_ in await kept(speaking)] == [f"기업{OURS}"]


async def test_a_row_without_a_number_that_names_another_company_is_not_the_senders(
    take: Send, speaking: Database
) -> None:
    us = await registered(speaking, OURS)

    done = await take(sheet({"business_number": "", "company": "남의 회사"}), sender=us)

    assert (done.taken, done.rejected) == (0, 1)
    ((_, field, rule),) = await rejected(speaking, done)
    assert field == "business_number"
    assert "missing" in rule


async def test_a_rejected_row_names_the_field_by_the_heading_of_the_sheet(take: Send, speaking: Database) -> None:
    us = await registered(speaking, OURS)
    content = sheet({"business_number": THEIRS}, {"region": "달"}).decode()
    for name, heading in (("business_number", "사업자 번호"), ("region", "지역")):
        content = content.replace(name, heading, 1)

    done = await take(content.encode(), sender=us)

    assert [(row, field) for row, field, _ in await rejected(speaking, done)] == [(2, "사업자 번호"), (3, "지역")]


async def test_an_employer_that_is_not_registered_under_its_number_is_rejected(take: Send, speaking: Database) -> None:
    own = await registered(speaking, OURS)

    done = await take(sheet({}, {"business_number": THEIRS}), sender=own)

    assert (done.taken, done.rejected) == (1, 1)
    assert await rejected(speaking, done) == [(3, "business_number", "your own business number")]


async def test_a_counsellors_file_brings_what_the_own_centre_serves(take: Send, speaking: Database) -> None:
    content = sheet({}, {"reference": "2", "region": "서울 강남구", "company": "다라", "business_number": THEIRS})

    done = await take(content, sender=COUNSELLOR)

    assert (done.taken, done.rejected) == (1, 1)
    assert await rejected(speaking, done) == [(3, "region", "a place that your centre serves")]
    assert [(company, centre) for company, _, centre, _ in await kept(speaking)] == [("가나", UIJEONGBU)]
    async with speaking.reading() as tx:
        assert await tx.fetchval("SELECT count(*) FROM employer") == 1


async def test_a_counsellors_file_cannot_fetch_a_vacancy_of_another_centre(take: Send, speaking: Database) -> None:
    await take(listed(region="서울 강남구", strtnmCd="", basicAddr=""))
    before = await kept(speaking)

    done = await take(listed(region="경기 의정부시", strtnmCd="", basicAddr=""), sender=COUNSELLOR)

    assert (done.taken, done.rejected) == (0, 1)
    assert await rejected(speaking, done) == [(1, "wantedAuthNo", "not the number of somebody else's vacancy")]
    assert await kept(speaking) == before


async def test_the_list_of_the_country_may_correct_whose_a_vacancy_is(take: Send, speaking: Database) -> None:
    await take(listed(busino=OURS, company="가나"))

    done = await take(listed(busino=THEIRS, company="다라"), sender=OPERATOR)

    assert done.taken == 1
    assert [(company, version) for company, _, _, version in await kept(speaking)] == [("다라", 2)]
