"""A file's format is told by its beginning."""

import pytest

from ieum_local.demo import sample
from registration.imports.formats import Check, format_of


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\xef\xbb\xbf<?xml", "work24"),
        (b"\n <html>", "work24"),
        (b"  [", "json_ld"),
        (b'{"@graph"', "json_ld"),
        (b"reference,company", "csv"),
        ("구인인증번호".encode("cp949"), "csv"),
        (b"", "csv"),
    ],
)
def test_a_format_is_told_by_the_first_character(start: bytes, name: str) -> None:
    assert format_of(start) == name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"".join(sample.work24(20)), "work24"),
        (b"".join(sample.ndjson(20)), "json_ld"),
        (sample.spreadsheet(20, encoding="cp949"), "csv"),
    ],
)
def test_a_check_finds_the_format_and_counts_the_rows(content: bytes, name: str) -> None:
    checking = Check(None)

    for at in range(0, len(content), 100):
        checking.feed(content[at : at + 100])

    assert checking.close()[0] == name
