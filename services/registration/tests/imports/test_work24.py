"""What stands in Work24's list is taken as the field means it, row by row."""

from datetime import UTC, date, datetime

import pytest

from .work24_lists import FIELDS, document, outcomes, wanted


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_vacancy_is_read_in_pieces_of_any_size(size: int) -> None:
    content = b"\xef\xbb\xbf\r\n" + document(wanted())

    (outcome,) = outcomes(content, size)

    assert outcome.errors == []
    vacancy = outcome.vacancy
    assert vacancy is not None
    assert vacancy.reference == "K151122603300001"
    assert vacancy.company == "(주)한빛정보"
    assert vacancy.business_number == "1248100998"
    assert vacancy.url == "https://www.work24.go.kr/a.do?wantedAuthNo=K1"
    assert vacancy.posted_on == date(2026, 3, 30)
    assert vacancy.modified_at == datetime(2026, 3, 30, 0, 50, tzinfo=UTC)
    assert vacancy.terms._asdict() == {
        "title": "응용SW 개발자 & 운영자",
        "occupation_code": "133200",
        "region_code": "11680",
        "openings": 1,
        "pay_type": "hour",
        "pay_min": 10_320,
        "pay_max": None,
        "employment_type": "regular",
        "weekly_hours": None,
        "career": "any",
        "education": "05",
        "closes_on": date(2026, 4, 17),
    }


@pytest.mark.parametrize(
    ("changes", "pay"),
    [
        ({"salTpNm": "월급", "minSal": "2200000", "maxSal": "2500000"}, ("month", 2_200_000, 2_500_000)),
        ({"salTpNm": "H", "minSal": "10,320", "maxSal": ""}, ("hour", 10_320, None)),
        ({"salTpNm": "연봉", "sal": "3000~4000만원"}, ("year", 30_000_000, 40_000_000)),
        ({"salTpNm": "", "sal": "일급 9만원"}, ("day", 90_000, None)),
        ({"salTpNm": "월급", "sal": "면접 후 결정"}, ("month", None, None)),
        ({"salTpNm": None, "sal": None, "minSal": None, "maxSal": None}, ("month", None, None)),
    ],
)
def test_pay_is_taken_from_numbers_and_else_from_words(
    changes: dict[str, str | None], pay: tuple[str, int | None, int | None]
) -> None:
    (outcome,) = outcomes(document(wanted(**changes)))

    assert outcome.vacancy is not None
    assert outcome.vacancy.terms[4:7] == pay


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wantedAuthNo": ""}, "wantedAuthNo"),
        ({"wantedAuthNo": None}, "wantedAuthNo"),
        ({"company": " "}, "company"),
        ({"busino": "1248100997"}, "busino"),
        ({"title": None}, "title"),
        ({"salTpNm": "주급"}, "salTpNm"),
        ({"salTpNm": "", "sal": "250만원"}, "salTpNm"),
        ({"minSal": "많이"}, "minSal"),
        ({"minSal": "3000000", "maxSal": "2000000"}, "maxSal"),
        ({"sal": "시급 많이"}, "sal"),
        ({"region": "화성 올림푸스산", "strtnmCd": "", "basicAddr": "", "zipCd": ""}, "region"),
        ({"minEdubg": "유치원"}, "minEdubg"),
        ({"career": "인턴"}, "career"),
        ({"regDt": "26-02-30"}, "regDt"),
        ({"closeDt": "채용시까지 26-13-01"}, "closeDt"),
        ({"empTpCd": "99"}, "empTpCd"),
        ({"empTpCd": None}, "empTpCd"),
        ({"jobsCd": "999999"}, "jobsCd"),
        ({"jobsCd": "11100"}, "jobsCd"),  # a leading zero lost
        ({"jobsCd": None}, "jobsCd"),
        ({"smodifyDtm": "202613300950"}, "smodifyDtm"),
    ],
)
def test_a_bad_field_is_named_with_its_rule_and_its_neighbours_are_taken(
    changes: dict[str, str | None], field: str
) -> None:
    good, bad, after = outcomes(document(wanted(), wanted(**changes), wanted()))

    assert good.vacancy is not None
    assert after.vacancy is not None
    assert bad.vacancy is None
    assert bad.row == 2
    assert [error.field for error in bad.errors] == [field]
    assert bad.errors[0].rule
    assert bad.errors[0].ko
    said = changes[field] if field in changes else FIELDS[field]
    assert bad.errors[0].excerpt == (said or "").strip()


def test_a_row_is_told_all_its_faults_at_once() -> None:
    (outcome,) = outcomes(document(wanted(jobsCd="x", closeDt="soon", career="?", title="")))

    assert {error.field for error in outcome.errors} == {"jobsCd", "closeDt", "career", "title"}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://", "//evil.example", "data:text/html,x", "https://a.example/ b"]
)
def test_an_address_that_is_no_web_page_is_dropped(address: str) -> None:
    (outcome,) = outcomes(document(wanted(wantedInfoUrl=address)))

    assert outcome.vacancy is not None
    assert outcome.vacancy.url is None


@pytest.mark.parametrize("said", ["\u202e제목", "\u200b", "&#x202e;가", "\u3164"])
@pytest.mark.parametrize("field", ["title", "company", "wantedAuthNo"])
def test_a_name_that_cannot_be_read_is_an_error_of_its_row(field: str, said: str) -> None:
    (found,) = outcomes(document(wanted(**{field: said})))

    assert found.vacancy is None
    assert [error.field for error in found.errors] == [field]
    assert "\u202e" not in found.errors[0].excerpt


def test_an_industry_is_told_in_its_order() -> None:
    (found,) = outcomes(document(wanted(indTpNm="\u202e제조업")))

    assert found.vacancy is not None
    assert found.vacancy.industry == "제조업"
