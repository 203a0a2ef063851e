"""The entry rules admit and refuse as tables say, and name field and rule."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from registration.jobseekers.rules import RULES, Application, reasons_against

TODAY = date(2026, 11, 23)
ADMITTED = Application(
    name="홍길동",
    email="hong@example.com",
    phone="010-1234-5678",
    birth_year=1990,
    language="ko",
    centre_code="15152",
    occupations=["012201"],
    regions=["41150"],
    wage_floor=12_000,
    employment_types=["regular"],
    weekly_hours_min=20,
    weekly_hours_max=40,
    career_years=3,
    education="05",
)


def broken(**changes: Any) -> list[tuple[str, str]]:
    reasons = reasons_against(replace(ADMITTED, **changes), TODAY)
    return [(reason.field, reason.rule) for reason in reasons]


def test_a_whole_application_is_admitted() -> None:
    assert broken() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"email": None},
        {"phone": None},
        {"email": "", "phone": "02-123-4567"},
        {"birth_year": None, "career_years": 70},
        {"birth_year": 2011, "career_years": 0},  # turns 15 this year
        {"birth_year": 1926},
        {"occupations": ["01", "01A", "012201", "058", "841100"]},
        {"regions": ["00000"]},
        {"regions": ["41000", "11680", "36110"]},
        {"wage_floor": 0},
        {"wage_floor": None},
        {"wage_floor": 1_000_000},
        {"employment_types": []},
        {"weekly_hours_min": None, "weekly_hours_max": None},
        {"weekly_hours_min": 40, "weekly_hours_max": 40},
        {"weekly_hours_min": 1, "weekly_hours_max": 52},
        {"career_years": 21},
        {"education": "00"},
        {"language": "en"},
    ],
)
def test_an_application_at_the_edge_is_admitted(changes: dict[str, Any]) -> None:
    assert broken(**changes) == []


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"name": " "}, "person.name", "1 to 60 characters with a letter"),
        ({"name": "홍\x00"}, "person.name", "1 to 60 characters with a letter"),
        ({"email": None, "phone": None}, "person.email", "e-mail or phone is required"),
        ({"email": "", "phone": ""}, "person.email", "e-mail or phone is required"),
        ({"email": "hong"}, "person.email", "an e-mail address"),
        ({"phone": "12"}, "person.phone", "a phone number"),
        ({"name": "홍길동 900101-1234568"}, "person.name", "without a resident registration number"),
        ({"email": "900101-1234568@example.com"}, "person.email", "without a resident registration number"),
        ({"phone": "900101-1234568"}, "person.phone", "without a resident registration number"),
        ({"birth_year": 1925, "career_years": 0}, "person.birth_year", "at most 100 years ago"),
        ({"language": "fr"}, "person.language", "ko or en"),
        ({"centre_code": "00000"}, "centre_code", "a known centre"),
        ({"centre_code": "\x00"}, "centre_code", "a known centre"),
        ({"occupations": []}, "wishes.occupations", "1 to 5 occupations"),
        ({"occupations": ["01", "02", "03", "04", "05", "06"]}, "wishes.occupations", "1 to 5 occupations"),
        ({"occupations": ["999999"]}, "wishes.occupations", "known occupation codes"),
        ({"occupations": ["01", "01"]}, "wishes.occupations", "each occupation once"),
        ({"regions": []}, "wishes.regions", "1 to 5 regions"),
        ({"regions": ["99999"]}, "wishes.regions", "region codes in use"),
        ({"regions": ["42110"]}, "wishes.regions", "region codes in use"),  # 춘천 until June 2023
        ({"regions": ["41000", "41000"]}, "wishes.regions", "each region once"),
        ({"regions": ["00000", "41000"]}, "wishes.regions", "anywhere stands alone"),
        ({"wage_floor": -1}, "wishes.wage_floor", "at least 0"),
        ({"wage_floor": 1_000_001}, "wishes.wage_floor", "at most 1,000,000 KRW an hour"),
        ({"employment_types": ["daily"]}, "wishes.employment_types", "known employment types"),
        ({"employment_types": ["regular", "regular"]}, "wishes.employment_types", "each employment type once"),
        ({"weekly_hours_min": 0}, "wishes.weekly_hours_min", "1 to 52 hours"),
        ({"weekly_hours_max": 53}, "wishes.weekly_hours_max", "1 to 52 hours"),
        ({"weekly_hours_min": 41}, "wishes.weekly_hours_max", "not less than the fewest hours"),
        ({"career_years": -1}, "career_years", "0 to the years since the age of 15, at most 70"),
        ({"career_years": 22}, "career_years", "0 to the years since the age of 15, at most 70"),
        ({"birth_year": None, "career_years": 71}, "career_years", "0 to the years since the age of 15, at most 70"),
        ({"education": "08"}, "education", "an education code, 00 to 07"),
    ],
)
def test_a_broken_rule_is_named_with_its_field(changes: dict[str, Any], field: str, rule: str) -> None:
    assert broken(**changes) == [(field, rule)]


def test_somebody_under_fifteen_is_refused() -> None:
    assert broken(birth_year=2012, career_years=0) == [("person.birth_year", "at least 15 years old")]


def test_every_broken_rule_is_named_at_once() -> None:
    named = broken(name="", email=None, phone=None, occupations=[], education="x")

    assert [field for field, _ in named] == ["person.name", "person.email", "wishes.occupations", "education"]


def test_a_reason_never_repeats_what_was_entered() -> None:
    reasons = reasons_against(replace(ADMITTED, name="비밀\x00이름", email="secret-mailbox", phone="99-secret"), TODAY)

    told = " ".join(f"{reason.rule} {reason.ko}" for reason in reasons)

    assert len(reasons) == 3
    assert not any(secret in told for secret in ("비밀", "secret", "99"))


def test_every_rule_says_why_it_stands() -> None:
    assert [rule.__name__ for rule in RULES if not rule.__doc__] == []


def test_every_field_is_looked_at_by_a_rule() -> None:
    seen: set[str] = set()

    class Watched(Application):
        def __getattribute__(self, name: str) -> Any:
            seen.add(name)
            return super().__getattribute__(name)

    reasons_against(Watched(**{field.name: getattr(ADMITTED, field.name) for field in fields(ADMITTED)}), TODAY)

    assert {field.name for field in fields(ADMITTED)} <= seen
