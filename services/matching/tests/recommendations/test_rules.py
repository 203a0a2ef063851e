"""The rule: what excludes a pair, what each part gives, and what always holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.market.facts import Jobseeker, Vacancy
from matching.recommendations import rules
from matching.recommendations.rules import Finding

from .worlds import OCCUPATIONS, REGIONS, a_jobseeker, a_vacancy, jobseekers, vacancies

PART = {name: number for number, name in enumerate(rules.OF)}


def found(part: str, vacancy: dict[str, object], jobseeker: dict[str, object]) -> str | None:
    """The key found for one part of the standard pair with changes; None when the pair does not suit."""
    verdict = rules.judge(a_vacancy(**vacancy), a_jobseeker(**jobseeker))
    return None if verdict is None else verdict[PART[part]].key


@pytest.mark.parametrize("status", ["paused", "filled", "closed", "expired"])
def test_only_an_open_vacancy_suits(status: str) -> None:
    assert rules.judge(a_vacancy(status=status), a_jobseeker()) is None


def test_nobody_is_matched_without_consent() -> None:
    assert rules.judge(a_vacancy(), a_jobseeker(matching_consent=False)) is None


def test_nobody_is_matched_after_they_stopped() -> None:
    assert rules.judge(a_vacancy(), a_jobseeker(stopped_on=a_jobseeker().started_on, stop_reason="employed")) is None


@pytest.mark.parametrize(
    ("offered", "wished", "key"),
    [
        ("031100", ["031100"], "same"),
        ("031100", ["01C"], "group"),
        ("031100", ["01"], "field"),
        ("031100", ["03"], None),
        ("031100", ["031"], None),
        ("014100", ["013"], "group"),
        ("014100", ["012"], "group"),
        ("01C", ["031100"], "vague"),
        ("01C", ["01C"], "group"),
        ("01", ["031100"], "vague"),
        ("031100", ["01", "031100"], "same"),
        ("031100", ["031100", "01"], "same"),
        ("011100", ["031100"], None),
        ("999999", ["999999"], "same"),
        ("999999", ["99"], None),
        ("031100", [], None),
    ],
)
def test_an_occupation_fits_by_the_menu_and_the_best_wish_counts(
    offered: str, wished: list[str], key: str | None
) -> None:
    assert found("occupation", {"occupation_code": offered}, {"wished_occupations": tuple(wished)}) == key


@pytest.mark.parametrize(
    ("offered", "wished", "key"),
    [
        ("11110", ["11110"], "same"),
        ("36110", ["36110"], "same"),
        ("41111", ["41110"], "city"),
        ("41111", ["41000"], "province"),
        ("41000", ["41000"], "province"),
        ("41111", ["00000"], "anywhere"),
        ("99999", ["00000"], "anywhere"),
        ("41110", ["41111"], "vague"),
        ("41000", ["41111"], "vague"),
        ("00000", ["41111"], "vague"),
        ("00000", ["00000"], "anywhere"),
        ("41111", ["41113"], None),
        ("43745", ["43740"], None),
        ("11110", ["11140", "11000"], "province"),
        ("11110", ["00000", "11110"], "same"),
        ("00000", ["99999"], None),
        ("11110", [], None),
    ],
)
def test_a_region_fits_by_where_it_lies_and_the_best_wish_counts(
    offered: str, wished: list[str], key: str | None
) -> None:
    assert found("region", {"region_code": offered}, {"wished_regions": tuple(wished)}) == key


@pytest.mark.parametrize(
    ("pay", "floor", "key"),
    [
        (11_999, 12_000, None),
        (12_000, 12_000, "meets"),
        (12_599, 12_000, "meets"),
        (12_600, 12_000, "slightly_above"),
        (13_200, 12_000, "above"),
        (14_400, 12_000, "well_above"),
        (15_599, 12_000, "well_above"),
        (15_600, 12_000, "far_above"),
        (None, 12_000, "unknown"),
        (None, None, "unknown"),
        (10_320, None, "meets"),
        (10_319, None, "below_minimum"),
        (13_416, None, "far_above"),
        (0, 0, "below_minimum"),
        (10_319, 0, "below_minimum"),
        (10_320, 0, "meets"),
        (13_416, 0, "far_above"),
        (8_999, 9_000, None),
        (9_000, 9_000, "below_minimum"),
        (13_000, 9_000, "well_above"),
    ],
)
def test_pay_must_reach_the_floor_and_counts_by_how_far_it_goes_above(
    pay: int | None, floor: int | None, key: str | None
) -> None:
    assert found("pay", {"hourly_pay": pay}, {"wage_floor": floor}) == key


@pytest.mark.parametrize(
    ("offered", "wished", "key"),
    [
        ("regular", ["regular"], "wished"),
        ("dispatch", ["regular", "dispatch"], "wished"),
        ("dispatch", ["regular"], None),
        ("regular", [], "any_regular"),
        ("fixed_term", [], "any_fixed_term"),
        ("substitute", [], "any_temporary"),
    ],
)
def test_a_form_of_employment_must_be_among_those_wished_unless_none_was_named(
    offered: str, wished: list[str], key: str | None
) -> None:
    assert found("employment", {"employment_type": offered}, {"employment_types": tuple(wished)}) == key


@pytest.mark.parametrize(
    ("hours", "least", "most", "key"),
    [
        (40, 35, 45, "wished"),
        (40, 40, 40, "wished"),
        (40, None, 45, "wished"),
        (40, 35, None, "wished"),
        (34, 35, None, None),
        (46, None, 45, None),
        (None, 35, 45, "unknown"),
        (None, None, None, "any"),
        (70, None, None, "any"),
    ],
)
def test_weekly_hours_must_be_within_the_wished_ones_unless_the_offer_is_silent(
    hours: int | None, least: int | None, most: int | None, key: str | None
) -> None:
    assert found("hours", {"weekly_hours": hours}, {"weekly_hours_min": least, "weekly_hours_max": most}) == key


@pytest.mark.parametrize(
    ("career", "years", "key"),
    [
        ("any", 0, "any"),
        ("any", 5, "any"),
        ("new", 0, "new"),
        ("new", 5, "begins_again"),
        ("experienced", 1, "experienced"),
        ("experienced", 0, None),
    ],
)
def test_experience_asked_for_must_be_there(career: str, years: int, key: str | None) -> None:
    assert found("career", {"career": career}, {"career_years": years}) == key


@pytest.mark.parametrize(
    ("asked", "has", "key"),
    [
        ("00", "00", "not_asked"),
        ("00", "07", "not_asked"),
        ("05", "05", "met"),
        ("05", "06", "above"),
        ("05", "04", None),
        ("01", "00", None),
    ],
)
def test_education_asked_for_must_be_told(asked: str, has: str, key: str | None) -> None:
    assert found("education", {"education": asked}, {"education": has}) == key


def findings() -> list[Finding]:
    values: list[object] = [*vars(rules).values()]
    values += [finding for _, finding in rules.PAY_STEPS]
    values += rules.EMPLOYMENT_OF_ANY.values()
    return [value for value in values if isinstance(value, Finding)]


def test_the_best_findings_of_all_parts_make_a_hundred() -> None:
    best = {part: max(f.points for f in findings() if f.part == part) for part in rules.OF}

    assert best == rules.OF
    assert sum(best.values()) == 100


@given(vacancies(), jobseekers())
def test_the_parts_of_a_score_are_in_order_and_within_their_bounds(vacancy: Vacancy, jobseeker: Jobseeker) -> None:
    verdict = rules.judge(vacancy, jobseeker)

    if verdict is not None:
        assert [finding.part for finding in verdict] == list(rules.OF)
        assert all(0 <= finding.points <= rules.OF[finding.part] for finding in verdict)
        assert rules.total(verdict) == sum(finding.points for finding in verdict)
        assert 0 <= rules.total(verdict) <= 100


@given(vacancies(), jobseekers(), st.permutations(OCCUPATIONS[:4]), st.permutations(REGIONS[:4]))
def test_the_order_of_wishes_does_not_matter(
    vacancy: Vacancy, jobseeker: Jobseeker, occupations: list[str], regions: list[str]
) -> None:
    one = replace(jobseeker, wished_occupations=tuple(occupations), wished_regions=tuple(regions))
    other = replace(jobseeker, wished_occupations=tuple(sorted(occupations)), wished_regions=tuple(sorted(regions)))

    assert rules.judge(vacancy, one) == rules.judge(vacancy, other)


@given(vacancies(), jobseekers(), st.integers(0, 50_000))
def test_more_pay_never_lowers_a_score(vacancy: Vacancy, jobseeker: Jobseeker, more: int) -> None:
    pay = 10_000
    lower = rules.judge(replace(vacancy, hourly_pay=pay), jobseeker)
    higher = rules.judge(replace(vacancy, hourly_pay=pay + more), jobseeker)

    if lower is not None:
        assert higher is not None
        assert rules.total(higher) >= rules.total(lower)


@given(vacancies(), jobseekers())
def test_no_score_is_above_the_ceiling_its_occupation_and_region_set(vacancy: Vacancy, jobseeker: Jobseeker) -> None:
    verdict = rules.judge(vacancy, jobseeker)

    if verdict is not None:
        assert rules.total(verdict) <= rules.ceiling(verdict[0], verdict[1])
