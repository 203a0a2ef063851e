"""Spreadsheets are read in both encodings of Korea; rows that are no vacancy are named, other files refused."""

import csv
import io
from collections.abc import Iterator

import pytest

from ieum_local.demo import sample
from registration.imports.csv_file import CsvReader
from registration.imports.csv_rows import interpret
from registration.imports.files import FileRefused
from registration.imports.formats import Check, Checked
from registration.imports.rows import Outcome

HEADING = "구인인증번호,회사명,사업자등록번호,채용제목,직종코드,근무지역,모집인원,임금형태,최소임금,고용형태,마감일"
ROW = "A-1,(주)한빛,124-81-00998,경리 모집,133200,서울 강남구,2,월급,250만원,10,26-12-31"


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def check(content: bytes, size: int = 1 << 16) -> Checked:
    checking = Check("csv")
    for piece in pieces(content, size):
        checking.feed(piece)
    return checking.close()


def outcomes(content: bytes, encoding: str = "utf-8-sig", size: int = 1 << 16, skip: int = 0) -> list[Outcome]:
    reader = CsvReader(skip, encoding)
    found = [record for piece in pieces(content, size) for record in reader.feed(piece)]
    return [interpret(record) for record in found + reader.close()]


def changed(column: str, cell: str) -> bytes:
    names = HEADING.split(",")
    cells = ROW.split(",")
    cells[names.index(column)] = cell
    sheet = io.StringIO()
    csv.writer(sheet).writerows([names, cells])
    return sheet.getvalue().encode()


@pytest.mark.parametrize("size", [1, 1 << 20])
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (f"{HEADING}\n{ROW}\n".encode(), "utf-8-sig"),
        (f"\ufeff{HEADING}\r\n{ROW}\r\n".encode(), "utf-8-sig"),
        (f"{HEADING}\r\n{ROW}".encode("cp949"), "cp949"),
    ],
)
def test_a_row_is_read_in_either_encoding(content: bytes, encoding: str, size: int) -> None:
    found = check(content, size)

    (outcome,) = outcomes(content, encoding, size)

    assert found == Checked("csv", encoding, 1)
    assert outcome.row == 2
    assert outcome.vacancy is not None
    assert outcome.vacancy.company == "(주)한빛"
    assert outcome.vacancy.terms.openings == 2
    assert outcome.vacancy.terms.pay_min == 2_500_000


def test_english_names_are_headings_too_and_unknown_columns_are_left_alone() -> None:
    content = b"reference,company,title,Occupation_Code,region,employment_type,colour\nA,B,C,133200,11680,10,blue\n"

    (outcome,) = outcomes(content)

    assert outcome.vacancy is not None
    assert outcome.vacancy.terms.region_code == "11680"


def test_the_encoding_is_found_when_hangul_comes_late() -> None:
    ascii_rows = "A,B,C,133200,11680,10\n" * 20_000
    content = f"reference,company,title,occupation_code,region,employment_type\n{ascii_rows}".encode()

    found = check(content + "Z,회사,제목,133200,11680,10\n".encode("cp949"))

    assert found == Checked("csv", "cp949", 20_001)


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_marks_of_inches_swallow_no_row(size: int) -> None:
    rows = [ROW, ROW.replace("경리 모집", '5" 화면 조립'), ROW.replace("A-1", "A-3"), ROW.replace("경리", '7" 화면')]
    content = "\n".join([HEADING, *rows, ""]).encode()

    found = outcomes(content, size=size)

    assert check(content, size).rows == 4
    assert [one.vacancy.terms.title for one in found if one.vacancy] == [
        "경리 모집", '5" 화면 조립', "경리 모집", '7" 화면 모집'
    ]  # fmt: skip


def test_a_cell_may_hold_commas_quotes_and_lines() -> None:
    content = changed("채용제목", 'A, "B"\nC')

    (outcome,) = outcomes(content, size=1)

    assert check(content).rows == 1
    assert outcome.vacancy is not None
    assert outcome.vacancy.terms.title == 'A, "B" C'


@pytest.mark.parametrize(
    ("column", "cell", "field"),
    [
        ("구인인증번호", "", "reference"),
        ("회사명", "", "company"),
        ("사업자등록번호", "123", "business_number"),
        ("채용제목", "", "title"),
        ("채용제목", '=HYPERLINK("http://evil.example","a")', "title"),
        ("채용제목", "@SUM(A1)", "title"),
        ("최소임금", "-5", "pay_min"),
        ("모집인원", "+1+1", "openings"),
        ("모집인원", "여럿", "openings"),
        ("모집인원", "0", "openings"),
        ("직종코드", "11100", "occupation_code"),
        ("근무지역", "달", "region"),
        ("임금형태", "주급", "pay_type"),
        ("임금형태", "", "pay_type"),
        ("최소임금", "많이", "pay_min"),
        ("고용형태", "", "employment_type"),
        ("마감일", "26-02-30", "closes_on"),
    ],
)
def test_a_bad_cell_is_named_with_its_rule(column: str, cell: str, field: str) -> None:
    (outcome,) = outcomes(changed(column, cell))

    assert outcome.vacancy is None
    assert [error.field for error in outcome.errors] == [field]
    assert outcome.errors[0].excerpt == cell


@pytest.mark.parametrize("heading", ["최소임금", "최소 임금액", "pay_min"])
def test_an_error_stands_under_the_heading_that_the_file_has(heading: str) -> None:
    content = changed("최소임금", "많이").replace("최소임금".encode(), heading.encode())

    (outcome,) = outcomes(content)

    assert [outcome.under_its_heading(error).field for error in outcome.errors] == [heading]


@pytest.mark.parametrize("cell", [" =1+1", "＝1+1", "　＠SUM(A1)", "\t간호사", "\u200b=1", "−5"])
@pytest.mark.parametrize(("column", "field"), [("채용제목", "title"), ("회사명", "company")])
def test_a_formula_in_disguise_is_refused(column: str, field: str, cell: str) -> None:
    (outcome,) = outcomes(changed(column, cell))

    assert outcome.vacancy is None
    assert [(error.field, error.rule[:13]) for error in outcome.errors] == [(field, "not a formula")]


@pytest.mark.parametrize("row", ["A-2,too,few", f"{ROW},too many", '"A"x,b'])
def test_a_row_with_other_cells_than_the_heading_is_named(row: str) -> None:
    good, bad = outcomes(f"{HEADING}\n{ROW}\n{row}\n".encode())

    assert good.vacancy is not None
    assert bad.row == 3
    assert bad.vacancy is None
    assert bad.errors[0].field == ""


def test_empty_lines_are_no_rows() -> None:
    assert check(f"\n{HEADING}\n\n{ROW}\n\r\n".encode()).rows == 1
    assert len(outcomes(f"\n{HEADING}\n\n{ROW}\n\r\n".encode())) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"a,b,c\n1,2,3\n", "wrong_header"),
        (HEADING.replace("직종코드,", "").encode(), "wrong_header"),
        (f"{HEADING},회사명\n".encode(), "wrong_header"),
        (b"a\rb\n1\n", "wrong_header"),
        (f"{HEADING}\n{ROW}\n\xff\xff".encode("latin-1", "ignore") + b"\xff\xff\n", "wrong_encoding"),
        (f"{HEADING}\n{ROW}\n".encode("utf-16"), "not_csv"),
        (b"PK\x03\x04rest of a workbook", "not_csv"),
        (f'{HEADING}\nA-1,"(주)한빛'.encode(), "truncated"),
        (f"{HEADING}\n".encode() + b"x" * 3_000_000, "record_too_large"),
        (f'{HEADING}\n"'.encode() + b"x\n" * 1_500_000, "record_too_large"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        check(content)

    assert refused.value.reason == reason


def test_the_missing_columns_are_named() -> None:
    with pytest.raises(FileRefused) as refused:
        check("회사명,채용제목\n".encode())

    assert "직종코드(occupation_code)" in refused.value.ko
    assert "occupation_code (직종코드)" in refused.value.en
    assert "company" not in refused.value.en


def test_a_heading_alone_is_a_table_without_rows() -> None:
    assert check(HEADING.encode()) == Checked("csv", "utf-8-sig", 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_the_sample_is_good_input_throughout_and_can_be_gone_on_with(encoding: str) -> None:
    content = sample.spreadsheet(1_000, encoding=encoding)
    found = check(content, 4_096)

    whole = outcomes(content, found.encoding or "", 4_096)

    assert found.rows == len(whole) == 1_000
    assert [outcome.errors for outcome in whole if outcome.errors] == []
    assert outcomes(content, found.encoding or "", 999, skip=400) == whole[400:]
