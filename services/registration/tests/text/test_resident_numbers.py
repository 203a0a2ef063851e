"""Resident numbers are seen where they stand, and other numbers are left alone."""

import pytest

from registration.text.resident_numbers import has_resident_number, without_resident_numbers


@pytest.mark.parametrize(
    "text",
    [
        "900101-1234568",
        "담당 홍길동 900101-1234568 문의",
        "9001011234568",
        "900101 2234568번",
        "가900101-3234568",
        "외국인 900101-5234568",
        "000229-8234568",  # 2000 was a leap year
        "tel:010-1234-5678 000229-4234568",
    ],
)
def test_a_number_is_seen_wherever_it_stands(text: str) -> None:
    assert has_resident_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "010-1234-5678",
        "123-45-67891",
        "900101-9234568",  # born in the eighteen hundreds
        "900101-0234568",
        "901301-1234568",
        "900230-1234568",
        "000229-1234568",  # 1900 was none
        "900101-123456",
        "900101-12345678",
        "1900101-1234568",
        "900101--1234568",
        "900101_1234568",
        "K120112611270012",
        "2026-11-27 09:00",
        "90010112345681234",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not has_resident_number(text)


def test_a_number_is_covered_and_nothing_else() -> None:
    text = "홍길동 900101-1234568, 010-1234-5678, 0002294234568"

    assert without_resident_numbers(text) == "홍길동 ******-*******, 010-1234-5678, ******-*******"
