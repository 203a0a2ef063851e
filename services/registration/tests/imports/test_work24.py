"""Work24's list is read as the field has it, row by row, and a file that is not one is refused whole."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from ieum_local.demo import sample
from registration.imports.files import FileRefused
from registration.imports.formats import Check
from registration.imports.rows import Outcome
from registration.imports.work24_file import Work24Reader
from registration.imports.work24_rows import interpret

FIELDS = {
    "wantedAuthNo": "K151122603300001",
    "company": "(주)한빛정보",
    "busino": "124-81-00998",
    "indTpNm": "응용 소프트웨어 개발 및 공급업",
    "title": "응용SW 개발자 &amp;amp; 운영자",
    "salTpNm": "시급",
    "sal": "시급 10,320원",
    "minSal": "",
    "maxSal": "0",
    "region": "서울 강남구",
    "minEdubg": "대졸(4년)",
    "career": "관계없음",
    "regDt": "26-03-30",
    "closeDt": "채용시까지  26-04-17",
    "wantedInfoUrl": "https://www.work24.go.kr/a.do?wantedAuthNo=K1&amp;authKey=SECRET",
    "zipCd": "06236",
    "strtnmCd": "116803122001",
    "basicAddr": "서울특별시 강남구 어디로 1",
    "empTpCd": "10",
    "jobsCd": "133200",
    "smodifyDtm": "202603300950",
}


def wanted(**changes: str | None) -> str:
    fields = {**FIELDS, **changes}
    return f"<wanted>{''.join(f'<{k}>{v}</{k}>' for k, v in fields.items() if v is not None)}</wanted>"


def document(*rows: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    return f"{head}<wantedRoot><total>{len(rows)}</total>{''.join(rows)}</wantedRoot>".encode()


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def outcomes(content: bytes, size: int = 1 << 16, skip: int = 0) -> list[Outcome]:
    reader = Work24Reader(skip)
    records = [record for piece in pieces(content, size) for record in reader.feed(piece)]
    return [interpret(record) for record in records + reader.close()]


def check(content: bytes, size: int = 1 << 16) -> int:
    checking = Check("work24")
    for piece in pieces(content, size):
        checking.feed(piece)
    return checking.close().rows


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


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n + 1} "{f"&lol{n or str()};" * 10}">' for n in range(9))
    + "]><wantedRoot><wanted><title>&lol9;</title></wanted></wantedRoot>"
).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (document(wanted())[:-30], "truncated"),
        (document(wanted())[:-1], "truncated"),
        (document(wanted())[:70], "truncated"),
        (b"<wantedRoot><wan", "truncated"),
        (b"<?xml version='1.0'?>", "truncated"),
        (document(wanted()) + b"<more/>", "not_well_formed"),
        (b"<wantedRoot><wanted></wantedRoot>", "not_well_formed"),
        (b"<wantedRoot><wanted><title>A & B</title></wanted></wantedRoot>", "not_well_formed"),
        (b"<wantedRoot><wanted><title>a&nbsp;b</title></wanted></wantedRoot>", "not_well_formed"),
        (b"<wantedRoot><wanted><title>\x0b</title></wanted></wantedRoot>", "not_well_formed"),
        (LAUGHS, "doctype"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><wantedRoot>&x;</wantedRoot>', "doctype"),
        (b'<!DOCTYPE wantedRoot SYSTEM "http://example.invalid/a.dtd"><wantedRoot/>', "doctype"),
        (b"<wantedRoot>" + b"<a>" * 5_000, "too_deep"),
        (b"<wantedRoot><wanted><title>" + b"x" * 2_000_000, "record_too_large"),
        (b"<wantedRoot>" + b"<other/>" * 300_000 + b"</wantedRoot>", "record_too_large"),
        (b"<!-- " + b"x" * 100_000, "not_xml"),
        (document(wanted()).decode().encode("cp949"), "wrong_encoding"),
        (document(wanted()).decode().encode("utf-16"), "wrong_encoding"),
        (b"<!DOCTYPE html><html><body>503</body></html>", "html"),
        (b"\n<html><head><title>error</title>", "html"),
        (b"hello", "not_xml"),
        ("<GO24><error>개인회원은 사용할 수 없는 OPEN-API입니다.</error></GO24>".encode(), "source_error"),
        (b"<rss><channel/></rss>", "wrong_root"),
    ],
)
def test_a_file_that_is_no_whole_list_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        check(content)

    assert refused.value.reason == reason
    assert refused.value.en
    assert refused.value.ko


def test_the_sources_own_words_are_passed_on() -> None:
    with pytest.raises(FileRefused) as refused:
        check("<GO24><error>인증키가 유효하지 않습니다.</error></GO24>".encode())

    assert "인증키가 유효하지 않습니다." in refused.value.ko


def test_a_declared_korean_encoding_is_read() -> None:
    content = document(wanted(), head='<?xml version="1.0" encoding="EUC-KR"?>').decode().encode("cp949")

    (outcome,) = outcomes(content)

    assert outcome.vacancy is not None
    assert outcome.vacancy.company == "(주)한빛정보"


def test_a_list_without_vacancies_is_whole() -> None:
    assert check(document()) == 0
    assert check(b"<wantedRoot/>") == 0


def test_reading_goes_on_after_the_rows_that_were_read() -> None:
    content = b"".join(sample.work24(50))
    whole = outcomes(content, 1000)

    rest = outcomes(content, 777, skip=20)

    assert rest == whole[20:]


def test_the_sample_is_good_input_throughout() -> None:
    found = outcomes(b"".join(sample.work24(3_000)), 1 << 20)

    assert len(found) == 3_000
    assert [outcome.errors for outcome in found if outcome.errors] == []


@pytest.mark.parametrize(
    "encoding", ["ASCII", "us-ascii", "ISO-8859-1", "windows-1252", "UTF-8", "utf8", "x-windows-949"]
)
def test_declared_text_encodings_are_read(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><wantedRoot><wanted><title>x</title></wanted></wantedRoot>'
    reader = Work24Reader()

    records = [*reader.feed(content.encode("ascii")), *reader.close()]

    assert [record.content for record in records] == [{"title": "x"}]


@pytest.mark.parametrize(
    "encoding",
    ["utf-16", "UTF-16LE", "utf-32", "utf-7", "hex", "base64", "zlib", "bz2", "rot13", "uu", "quopri", "undefined",
     "unicode_escape", "raw_unicode_escape", "punycode", "idna", "cp037", "mbcs", "no-such-thing"],
)  # fmt: skip
def test_a_file_that_declares_an_encoding_of_no_list_is_refused(encoding: str) -> None:
    content = document(wanted(), head=f'<?xml version="1.0" encoding="{encoding}"?>')

    with pytest.raises(FileRefused) as refused:
        check(content)

    assert refused.value.reason == "wrong_encoding"
    assert encoding.lower() in refused.value.en
    assert "UTF-8" in refused.value.ko


def test_what_is_declared_ascii_has_to_be() -> None:
    with pytest.raises(FileRefused, match="ascii"):
        check(document(wanted(), head='<?xml version="1.0" encoding="US-ASCII"?>'))


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
