"""Names, addresses and numbers are taken, compared and masked as tables say."""

import unicodedata

import pytest

from registration.people.rules import (
    clean_email,
    clean_name,
    clean_phone,
    mask_name,
    same_email,
    same_name,
)


@pytest.mark.parametrize(
    ("entered", "taken"),
    [
        ("홍길동", "홍길동"),
        (unicodedata.normalize("NFD", "홍길동"), "홍길동"),
        ("  John   Smith ", "John Smith"),
        ("Nguyễn Văn A", "Nguyễn Văn A"),
        ("", None),
        ("   ", None),
        ("1234", None),
        ("홍길동\x00", None),
        ("홍\n길동", None),
        ("\ud800", None),
        ("가" * 60, "가" * 60),
        ("가" * 61, None),
        ("\u202e홍길동", None),
        ("홍\u2066길동", None),
        ("\u3164\u3164", None),
        ("\u200f\u05e9\u05dc\u05d5\u05dd", "\u200f\u05e9\u05dc\u05d5\u05dd"),
    ],
)
def test_a_name_is_taken_clean_or_not_at_all(entered: str, taken: str | None) -> None:
    assert clean_name(entered) == taken


@pytest.mark.parametrize(
    ("entered", "taken"),
    [
        ("hong@example.com", "hong@example.com"),
        (" Hong@EXAMPLE.com ", "Hong@example.com"),
        ("hong@demo.test", "hong@demo.test"),
        ("hong@이음.kr", "hong@이음.kr"),
        ("hong", None),
        ("hong@localhost", None),
        ("hong@example.com\r\nBcc: all@example.com", None),
        ("hong\x00@example.com", None),
        ("a" * 300 + "@example.com", None),
        ("", None),
    ],
)
def test_an_address_is_taken_clean_or_not_at_all(entered: str, taken: str | None) -> None:
    assert clean_email(entered) == taken


@pytest.mark.parametrize(
    ("entered", "taken"),
    [
        ("010-1234-5678", "+821012345678"),
        ("(02) 123-4567", "+8221234567"),
        ("+82 10 1234 5678", "+821012345678"),
        ("+1 202-555-0143", "+12025550143"),
        ("1588-1234", "+8215881234"),
        ("12", None),
        ("12345", None),
        ("02-123-45", None),
        ("010-1234-5678\x00", None),
        ("1-800-FLOWERS", None),
        ("0101234567890123456789", None),
        ("", None),
    ],
)
def test_a_number_is_taken_in_one_form_or_not_at_all(entered: str, taken: str | None) -> None:
    assert clean_phone(entered) == taken


def test_two_spellings_of_a_name_are_the_same_name() -> None:
    assert same_name("John Smith") == same_name("JOHN  SMITH") == same_name("\uff2aohn Smith")
    assert same_name("홍길동") == same_name("홍 길동") == same_name(unicodedata.normalize("NFD", "홍길동"))
    assert same_name("홍길동") != same_name("홍길순")


def test_two_spellings_of_an_address_are_the_same_address() -> None:
    assert same_email("Hong@example.com") == same_email("hong@example.com")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("홍길동", "홍*동"),
        ("이산", "이*"),
        ("남궁민수", "남**수"),
        ("John Smith", "J*** S****"),
        ("김", "김*"),
        ("O", "O*"),
    ],
)
def test_a_name_is_masked_in_lists(name: str, masked: str) -> None:
    assert mask_name(name) == masked
