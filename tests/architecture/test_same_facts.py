"""Facts of the law and of the official lists that two services hold: they share no code, and must not differ."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from matching.reason import Reason
from matching.recommendations import rules
from registration.text.resident_numbers import has_resident_number
from registration.vacancies import minimum_wage

from .conftest import ROOT

_LISTS = [("occupations.csv", ["code", "headings"]), ("regions.csv", ["code", "parent", "succeeded_by"])]


def test_matching_and_registration_know_the_same_minimum_wage() -> None:
    assert rules.MINIMUM_WAGE == minimum_wage.MINIMUM_WAGE


@pytest.mark.parametrize(
    "text",
    [
        "900101-1234567", "9001011234567", "900101 5234567", "000229-3234567", "010229-3234567", "901301-1234567",
        "900101-9234567", "19001011234567", "번호 900101-1234567 입니다", "900101-123456", "다른 사유", "010-1234-5678",
    ],
)  # fmt: skip
def test_matching_and_registration_refuse_the_same_resident_numbers(text: str) -> None:
    assert _refused_by_matching(text) == has_resident_number(text)


def _refused_by_matching(text: str) -> bool:
    try:
        TypeAdapter(Reason).validate_python(text)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(("name", "columns"), _LISTS)
def test_matching_and_registration_hold_the_same_codes(name: str, columns: list[str]) -> None:
    matching = ROOT / "services" / "matching" / "matching" / "market" / "data" / name
    registration = ROOT / "services" / "registration" / "registration" / "reference" / "data" / name

    assert differences(matching, registration, columns) == set()


def test_codes_that_differ_are_seen(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("code,parent\n1,\n2,1\n")
    other.write_text("code,name,parent\n1,eins,\n2,zwei,\n")

    assert differences(one, other, ["code", "parent"]) == {("2", "1"), ("2", "")}


def differences(one: Path, other: Path, columns: Sequence[str]) -> set[tuple[str, ...]]:
    """Rows that stand in one of the files only, as far as these columns go."""
    return _rows(one, columns) ^ _rows(other, columns)


def _rows(file: Path, columns: Sequence[str]) -> set[tuple[str, ...]]:
    with file.open(encoding="utf-8", newline="") as text:
        return {tuple(row[column] for column in columns) for row in csv.DictReader(text)}
