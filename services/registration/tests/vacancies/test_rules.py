"""The lifecycle is a table, terms have bounds, and pay is compared by the hour."""

from datetime import date
from typing import Any

import pytest

from registration.vacancies import rules
from registration.vacancies.rules import Terms

TODAY = date(2026, 11, 23)
TERMS = Terms(
    title="경리 사원 모집",
    occupation_code="133200",
    region_code="11680",
    openings=2,
    pay_type="month",
    pay_min=2_200_000,
    pay_max=2_500_000,
    employment_type="regular",
    weekly_hours=40,
    career="any",
    education="03",
    closes_on=date(2026, 12, 31),
)


@pytest.mark.parametrize(
    ("pay_type", "pay_min", "weekly_hours", "hourly"),
    [
        ("hour", 10_320, 40, 10_320),
        ("day", 82_560, 40, 10_320),
        ("month", 2_156_880, 40, 10_320),  # 209 hours at the minimum wage of 2026, as the notice gives it
        ("month", 2_156_880, None, 10_320),
        ("month", 2_156_880, 52, 10_320),  # overtime is paid apart
        ("year", 25_882_560, 40, 10_320),
        ("month", 2_156_879, 40, 10_319),  # rounded down: one won short is short
        ("month", 1_300_000, 20, 12_465),  # (20 + 4) hours over 365/7/12 weeks, 104.29 a month
        ("month", 700_000, 14, 11_506),  # below 15 hours no weekly holiday is paid: 60.83 a month
        ("year", 15_600_000, 20, 12_465),
        ("day", 82_560, 16, 10_320),  # two days of eight hours, for all that is known
        ("hour", 0, 40, 0),
        ("month", None, 40, None),
    ],
)
def test_pay_is_brought_to_an_hour(
    pay_type: str, pay_min: int | None, weekly_hours: int | None, hourly: int | None
) -> None:
    terms = TERMS._replace(pay_type=pay_type, pay_min=pay_min, weekly_hours=weekly_hours)

    assert rules.hourly_pay(terms) == hourly


MOVES: tuple[rules.Move, ...] = ("pause", "resume", "fill", "reopen", "close", "expire", "renew")


@pytest.mark.parametrize(
    ("status", "possible"),
    [
        ("open", {"pause": "paused", "fill": "filled", "close": "closed", "expire": "expired"}),
        ("paused", {"resume": "open", "fill": "filled", "close": "closed", "expire": "expired"}),
        ("filled", {"reopen": "open", "close": "closed"}),
        ("expired", {"renew": "open", "close": "closed"}),
        ("closed", {}),
    ],
)
def test_only_the_moves_of_the_table_can_be_made(status: str, possible: dict[str, str]) -> None:
    found = {move: rules.after(status, move) for move in MOVES}

    assert found == {move: possible.get(move) for move in MOVES}


@pytest.mark.parametrize(
    ("status", "closes_on", "taken", "move"),
    [
        ("open", None, True, None),
        ("paused", date(2026, 11, 23), True, None),
        ("expired", date(2026, 11, 23), True, "renew"),
        ("expired", None, True, "renew"),
        ("expired", date(2026, 11, 22), False, None),
        ("filled", None, False, None),
        ("closed", None, False, None),
    ],
)
def test_terms_can_change_while_open_and_a_later_day_opens_an_expired_one(
    status: str, closes_on: date | None, taken: bool, move: str | None
) -> None:
    assert rules.move_of_change(status, closes_on, TODAY) == (taken, move)


def test_a_vacancy_is_open_through_its_last_day() -> None:
    assert not rules.is_past(TODAY, TODAY)
    assert rules.is_past(date(2026, 11, 22), TODAY)
    assert not rules.is_past(None, TODAY)
    assert rules.broken_closing_day(date(2026, 11, 22), TODAY)[0].field == "closes_on"


def test_good_terms_break_nothing() -> None:
    assert rules.broken_terms(TERMS) == []
    assert rules.broken_terms(TERMS._replace(pay_min=None, pay_max=None, weekly_hours=None, closes_on=None)) == []


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("title", ""),
        ("title", "가" * 301),
        ("title", "\u202e집모"),
        ("title", "경리 \u2066모집"),
        ("title", "\u200b\u200f"),
        ("title", "\u3164"),
        ("title", "★★"),
        ("occupation_code", "133"),  # a heading, no occupation
        ("occupation_code", "999999"),
        ("region_code", "00000"),
        ("region_code", "42110"),  # 춘천 before 2023
        ("region_code", "99999"),
        ("openings", 0),
        ("openings", 10_000),
        ("pay_type", "week"),
        ("pay_min", -1),
        ("pay_min", 0),
        ("pay_max", 0),
        ("pay_max", 10_000_000_001),
        ("pay_max", 2_199_999),
        ("employment_type", "gig"),
        ("weekly_hours", 0),
        ("weekly_hours", 169),
        ("career", "none"),
        ("education", "08"),
    ],
)
def test_a_broken_term_is_named_with_its_rule_in_both_languages(term: str, value: Any) -> None:
    broken = rules.broken_terms(TERMS._replace(**{term: value}))

    assert [found.field for found in broken] == [term]
    assert broken[0].rule
    assert broken[0].ko


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"pay_type": "hour", "pay_min": 10_319, "pay_max": 12_000}, "pay_min"),
        ({"pay_type": "hour", "pay_min": 10_320, "pay_max": None}, None),
        ({"pay_type": "hour", "pay_min": None, "pay_max": 10_319}, "pay_max"),
        ({"pay_type": "hour", "pay_min": 9_000, "pay_max": None, "employment_type": "substitute"}, "pay_min"),
        ({"pay_type": "day", "pay_min": 82_559, "pay_max": None}, "pay_min"),
        ({"pay_type": "day", "pay_min": 50_000, "pay_max": None, "weekly_hours": 20}, None),
        ({"pay_min": 2_156_879}, "pay_min"),
        ({"pay_min": 2_156_880}, None),
        ({"pay_min": 2_156_879, "weekly_hours": None}, "pay_min"),
        ({"pay_min": 2_156_879, "weekly_hours": None, "employment_type": "regular_part_time"}, None),
        ({"pay_min": 1_076_228, "weekly_hours": 20}, None),  # 20 hours and a weekly holiday of 4
        ({"pay_min": 1_076_227, "weekly_hours": 20}, "pay_min"),
        ({"pay_min": 627_800, "weekly_hours": 14}, None),  # below 15 hours there is no weekly holiday
        ({"pay_min": 627_799, "weekly_hours": 14}, "pay_min"),
        ({"pay_type": "year", "pay_min": 25_882_559, "pay_max": None}, "pay_min"),
        ({"pay_type": "year", "pay_min": 25_882_560, "pay_max": None}, None),
    ],
)
def test_pay_below_the_minimum_wage_is_refused_where_the_hours_are_known(
    terms: dict[str, Any], field: str | None
) -> None:
    broken = rules.broken_terms(TERMS._replace(**terms))

    assert [found.field for found in broken] == ([field] if field else [])
    assert all("10,320" in found.rule and "10,320" in found.ko for found in broken)


def test_the_changed_terms_are_named_in_their_order() -> None:
    changed = rules.changed_terms(TERMS, TERMS._replace(education="00", openings=3))

    assert changed == ["openings", "education"]
    assert rules.changed_terms(TERMS, TERMS) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("plan_changed", "plan_changed"),
        ("hired_elsewhere", "hired_elsewhere"),
        ("김철수 씨가 그만두어서", "other"),
        ("other", "other"),
        ("", "not_given"),
        (None, "not_given"),
    ],
)
def test_of_a_reason_only_a_word_of_the_list_is_told(written: str | None, told: str) -> None:
    assert rules.told_reason(written) == told
