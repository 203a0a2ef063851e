"""JobPosting JSON-LD is read in all its shapes; a broken line costs its row, a broken document is refused whole."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ieum_local.demo import sample
from registration.imports.files import FileRefused
from registration.imports.formats import Check
from registration.imports.json_ld_file import JsonLdReader
from registration.imports.json_ld_rows import interpret
from registration.imports.rows import Outcome, Record

POSTING: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "간호사 모집",
    "url": "https://jobs.example.kr/1",
    "datePosted": "2026-11-20",
    "validThrough": "2026-12-31T23:59:59+09:00",
    "occupationalCategory": "304000",
    "employmentType": ["PART_TIME", "TEMPORARY"],
    "industry": "병원",
    "totalJobOpenings": 3,
    "workHours": "주 20시간",
    "hiringOrganization": {"@type": "Organization", "name": "한빛병원", "identifier": "124-81-00998"},
    "jobLocation": {
        "@type": "Place",
        "address": {"addressRegion": "서울특별시", "addressLocality": "강남구", "addressCountry": "KR"},
    },
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "KRW",
        "value": {"@type": "QuantitativeValue", "minValue": 15000, "maxValue": 18000, "unitText": "HOUR"},
    },
    "educationRequirements": {"credentialCategory": "bachelor degree"},
    "experienceRequirements": {"monthsOfExperience": 24},
}


def text(value: Any, **options: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **options).encode()


def posting(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**POSTING, **changes}.items() if value is not None}


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def records(content: bytes, size: int = 1 << 16, skip: int = 0) -> list[Record]:
    reader = JsonLdReader(skip)
    found = [record for piece in pieces(content, size) for record in reader.feed(piece)]
    return found + reader.close()


def outcome(value: Any) -> Outcome:
    return interpret(Record(1, value))


def test_a_posting_is_read() -> None:
    found = outcome(POSTING)

    assert found.errors == []
    assert found.vacancy is not None
    assert found.vacancy.reference == "https://jobs.example.kr/1"
    assert found.vacancy.business_number == "1248100998"
    assert found.vacancy.posted_on == date(2026, 11, 20)
    assert found.vacancy.terms._asdict() == {
        "title": "간호사 모집",
        "occupation_code": "304000",
        "region_code": "11680",
        "openings": 3,
        "pay_type": "hour",
        "pay_min": 15_000,
        "pay_max": 18_000,
        "employment_type": "fixed_term_part_time",
        "weekly_hours": 20,
        "career": "experienced",
        "education": "05",
        "closes_on": date(2026, 12, 31),
    }


@pytest.mark.parametrize("size", [3, 1 << 20])
@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (text(POSTING), [1]),
        (text(POSTING, indent=2), [1]),
        (b"\xef\xbb\xbf\n" + text(POSTING), [1]),
        (text([POSTING, POSTING]), [1, 2]),
        (text([POSTING, POSTING], indent=1), [1, 2]),
        (text({"@context": "x", "@graph": [POSTING, {"@type": "Organization"}, POSTING]}), [1, 2]),
        (text({"@graph": [POSTING], "name": "after the graph"}), [1]),
        (text(POSTING) + b"\n" + text(POSTING) + b"\n", [1, 2]),
        (text(POSTING) + b"\r\n\r\n" + text(POSTING), [1, 3]),
        (b"[]", []),
        (text({"@graph": []}), []),
    ],
)
def test_each_shape_gives_its_postings(content: bytes, rows: list[int], size: int) -> None:
    found = records(content, size)

    assert [record.row for record in found] == rows
    assert all(interpret(record).vacancy for record in found)


def test_a_broken_line_costs_its_row_only() -> None:
    deep = b'{"a":' * 500 + b"1" + b"}" * 500
    content = b"\n".join([text(POSTING), b'{"half": ', deep, b'{"n": NaN}', b"[1]", text(POSTING)])

    found = [interpret(record) for record in records(content)]

    assert [one.row for one in found if one.vacancy] == [1, 6]
    assert [one.row for one in found if one.errors] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "not_json"),
        (text([POSTING])[:-1], "truncated"),
        (text(POSTING)[:-9], "truncated"),
        (text(POSTING) + b"\n" + text(POSTING)[:-9], "truncated"),
        (text([POSTING]) + b"]", "not_well_formed"),
        (b'[{"a": 1,}]', "not_well_formed"),
        (b'[{"a": NaN}]', "not_well_formed"),
        (b'[{"a": ' + b"9" * 5_000 + b"}]", "not_well_formed"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 1_000, "too_deep"),
        (b'["' + b"x" * 3_000_000, "record_too_large"),
        (text(POSTING) + b"\n" + b"{" + b" " * 3_000_000, "record_too_large"),
        (text([POSTING]).decode().encode("cp949"), "wrong_encoding"),
        (text(POSTING).decode().encode("utf-16"), "wrong_encoding"),
        (text({"a": 1}) + b"\n" + text(POSTING).decode().encode("cp949") + b"\n", "wrong_encoding"),
    ],
)
def test_a_file_that_is_no_whole_document_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    checking = Check("json_ld")

    with pytest.raises(FileRefused) as refused:
        for piece in pieces(content, 1 << 16):
            checking.feed(piece)
        checking.close()

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"@type": "Event"}, "@type"),
        ({"title": ""}, "title"),
        ({"title": 5}, None),
        ({"title": {"a": 1}}, "title"),
        ({"title": True}, "title"),
        ({"url": None}, "identifier"),
        ({"hiringOrganization": None}, "hiringOrganization"),
        ({"hiringOrganization": {"name": "병원", "identifier": "124-81-00997"}}, "hiringOrganization.identifier"),
        ({"hiringOrganization": {"name": "병원", "taxID": "x"}}, "hiringOrganization.identifier"),
        ({"hiringOrganization": {"name": "병원", "identifier": "ORG-77"}}, None),
        ({"hiringOrganization": "병원"}, None),
        ({"hiringOrganization": {"@id": "#org"}}, "hiringOrganization.name"),
        ({"occupationalCategory": "용감한 사람"}, "occupationalCategory"),
        ({"occupationalCategory": None}, "occupationalCategory"),
        ({"occupationalCategory": "직업상담사"}, None),
        ({"occupationalCategory": ["29-1141.00", "304000 간호사"]}, None),
        ({"occupationalCategory": {"@type": "CategoryCode", "codeValue": "304000"}}, None),
        ({"jobLocation": None}, "jobLocation"),
        ({"jobLocation": {"address": {"addressLocality": "Tokyo", "addressCountry": "JP"}}}, "jobLocation"),
        ({"jobLocation": [{"address": "부산광역시 동래구"}]}, None),
        ({"jobLocation": {"address": {"addressLocality": "서울 강남구"}}}, None),
        ({"baseSalary": {"currency": "USD", "value": 10}}, "baseSalary"),
        ({"baseSalary": {"currency": "KRW", "value": {"value": 10, "unitText": "WEEK"}}}, "baseSalary"),
        ({"baseSalary": {"value": {"minValue": 20, "maxValue": 10, "unitText": "HOUR"}}}, "baseSalary"),
        ({"baseSalary": {"value": {"value": "1e400", "unitText": "HOUR"}}}, "baseSalary"),
        ({"baseSalary": {"value": {"value": -1, "unitText": "HOUR"}}}, "baseSalary"),
        ({"baseSalary": 5}, "baseSalary"),
        ({"baseSalary": "시급 12,000원"}, None),
        ({"baseSalary": {"currency": "KRW", "value": 2_500_000, "unitText": "MONTH"}}, None),
        ({"baseSalary": None}, None),
        ({"employmentType": "GIG"}, "employmentType"),
        ({"employmentType": None}, None),
        ({"totalJobOpenings": 0}, "totalJobOpenings"),
        ({"totalJobOpenings": "many"}, "totalJobOpenings"),
        ({"workHours": "999 hours"}, "workHours"),
        ({"datePosted": "2026-02-30"}, "datePosted"),
        ({"validThrough": "soon"}, "validThrough"),
        ({"educationRequirements": "유치원"}, "educationRequirements"),
        ({"experienceRequirements": "no requirements"}, None),
        ({"url": "javascript:alert(1)", "identifier": {"name": "한빛", "value": 7}}, None),
    ],
)
def test_each_property_is_read_or_named_with_its_rule(changes: dict[str, Any], field: str | None) -> None:
    found = outcome(posting(**changes))

    assert [error.field for error in found.errors] == ([field] if field else [])
    assert (found.vacancy is None) == (field is not None)


@pytest.mark.parametrize("value", [3, "text", None, [POSTING], {}, {"@type": []}])
def test_what_is_no_posting_is_an_error_of_its_row(value: Any) -> None:
    assert outcome(value).vacancy is None
    assert len(outcome(value).errors) == 1


NUMBERS = ["100000000000000000000", "-100000000000000000000", "1e999", "-1e999", "1" * 400, "1.0e400"]
AS_ARRAY, AS_LINES, AS_GRAPH = "[{},\n{},\n{}]", "{}\n{}\n{}\n", '{{"@graph": [{}, {}, {}]}}'


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("shape", [AS_ARRAY, AS_LINES, AS_GRAPH])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("totalJobOpenings", "?"),
        ("baseSalary", {"value": {"value": "?", "unitText": "HOUR"}}),
        ("experienceRequirements", {"monthsOfExperience": "?"}),
    ],
)
def test_a_number_beyond_all_bounds_costs_its_row_only(number: str, shape: str, name: str, value: Any) -> None:
    good, odd = json.dumps(POSTING), json.dumps(posting(**{name: value})).replace('"?"', number)

    found = [interpret(record) for record in records(shape.format(good, odd, good).encode())]

    assert [len(one.errors) for one in found] == [0, 1, 0]


@pytest.mark.parametrize("name", ["title", "identifier", "datePosted", "validThrough", "jobLocation"])
def test_a_number_that_is_none_is_no_text(name: str) -> None:
    odd = json.dumps(posting(**{name: "?"})).replace('"?"', "1e999").encode()

    (one,) = [interpret(record) for record in records(odd)]

    assert [error.field for error in one.errors] == [name]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "9" * 5_000, "1e99999999999999999999", "0x10"])
def test_what_is_no_json_number_costs_its_line_or_refuses_a_document(number: str) -> None:
    odd = json.dumps(posting(totalJobOpenings="?")).replace('"?"', number)
    good = json.dumps(POSTING)

    lines = [interpret(record) for record in records(AS_LINES.format(good, odd, good).encode())]

    assert [len(one.errors) for one in lines] == [0, 1, 0]
    with pytest.raises(FileRefused) as refused:
        records(AS_ARRAY.format(good, odd, good).encode())
    assert refused.value.reason == "not_well_formed"


@pytest.mark.parametrize("odd", ["NaN", '"\\udc00"', "1e99999999999999999999999", "9" * 5_000, "0x10"])
def test_a_fault_in_an_array_is_told_in_words_and_with_its_row(odd: str) -> None:
    good = json.dumps(POSTING)
    bad = json.dumps(posting(totalJobOpenings="?")).replace('"?"', odd)

    with pytest.raises(FileRefused) as refused:
        records(f"[{good},{good},{bad},{good}]".encode())

    assert "in row 3" in refused.value.en
    assert "3번째 행" in refused.value.ko
    assert not re.search(r"codec|decimal|class|lexical|parse|Error", refused.value.en)


def test_lone_surrogates_and_control_characters_never_reach_the_database() -> None:
    (record,) = records(b'[{"@type": "JobPosting", "title": "\\ud800\\u0000a"}]')

    assert interpret(record).vacancy is None
    assert all("\x00" not in error.excerpt for error in interpret(record).errors)


def test_an_identifier_belongs_to_its_name_space() -> None:
    named = outcome(posting(identifier={"@type": "PropertyValue", "name": "한빛병원", "value": "N-7"}))

    assert named.vacancy is not None
    assert named.vacancy.reference == "한빛병원:N-7"


def test_reading_goes_on_after_the_rows_that_were_read() -> None:
    lines = b"".join(sample.ndjson(30))
    array = text(list(sample.json_ld(30)))

    assert records(lines, 500, skip=10) == records(lines)[10:]
    assert records(array, 500, skip=10) == records(array)[10:]


def test_the_sample_is_good_input_throughout() -> None:
    found = [interpret(record) for record in records(b"".join(sample.ndjson(1_000)))]

    assert len(found) == 1_000
    assert [one.errors for one in found if one.errors] == []
