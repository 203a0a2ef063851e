"""An open vacancy is published as a JobPosting that our own reader understands."""

import httpx
import pytest

from registration.imports.json_ld_rows import interpret
from registration.imports.rows import Record

from .conftest import FORM, Hiring, Open


async def test_an_open_vacancy_is_published_without_signing_in(
    service_client: httpx.AsyncClient, open_one: Open
) -> None:
    view = await open_one()

    answer = await service_client.get(f"/vacancies/{view['vacancy_id']}/job-posting")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/ld+json"
    posting = answer.json()
    assert posting["@type"] == "JobPosting"
    assert posting["validThrough"] == "2099-12-31T23:59:59+09:00"
    assert posting["hiringOrganization"]["name"] == "기업1"
    assert posting["jobLocation"]["address"] == {
        "@type": "PostalAddress",
        "addressRegion": "경기",
        "addressLocality": "의정부시",
        "addressCountry": "KR",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"pay_type": "hour", "pay_min": 10_320, "pay_max": None, "weekly_hours": None},
        {"pay_min": None, "pay_max": None, "pay_type": "month", "career": "experienced", "education": "07"},
        {"employment_type": "fixed_term_part_time", "career": "any", "education": "00"},
        {"employment_type": "regular_part_time", "region_code": "36110", "openings": 30},
    ],
)
async def test_what_is_published_is_read_back_with_the_same_terms(
    service_client: httpx.AsyncClient, open_one: Open, changes: dict[str, object]
) -> None:
    terms = {**FORM, **changes, "closes_on": "2089-12-31"}
    view = await open_one(**terms)
    posting = (await service_client.get(f"/vacancies/{view['vacancy_id']}/job-posting")).json()

    read = interpret(Record(1, posting))

    assert read.errors == []
    assert read.vacancy is not None
    assert {**read.vacancy.terms._asdict(), "closes_on": str(read.vacancy.terms.closes_on)} == terms


async def test_a_vacancy_that_is_not_open_is_not_published(
    service_client: httpx.AsyncClient, open_one: Open, own: Hiring
) -> None:
    view = await open_one()
    path = f"/vacancies/{view['vacancy_id']}"
    await service_client.post(f"{path}/pause", headers={**own.headers, "If-Match": '"1"'})

    answer = await service_client.get(f"{path}/job-posting")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:ieum:problem:vacancy-not-open"
