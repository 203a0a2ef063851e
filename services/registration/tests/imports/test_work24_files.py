"""Work24's list is read to its end in the encodings of the field, and a file that is not one is refused whole."""

import pytest

from ieum_local.demo import sample
from registration.imports.files import FileRefused
from registration.imports.work24_file import Work24Reader

from .work24_lists import check, document, outcomes, wanted

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
