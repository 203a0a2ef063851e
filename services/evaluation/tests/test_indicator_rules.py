from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.indicators.definitions import DEFINITIONS, Indicator, find_indicator, in_force
from evaluation.indicators.rules import value_of
from evaluation.measure import Measure


def indicator(code: str) -> Indicator:
    found = find_indicator(code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "openings", "jobseekers", "placements", "published"),
    [
        # The ministry's figures for 2025 as the press reported them: 구인배수 0.36, 취업률 24.5 %.
        ("openings", 1_295_179, 3_599_671, 881_228, "1295179"),
        ("jobseekers", 1_295_179, 3_599_671, 881_228, "3599671"),
        ("placements", 1_295_179, 3_599_671, 881_228, "881228"),
        ("opening_ratio", 1_295_179, 3_599_671, 881_228, "0.36"),
        ("placement_rate", 1_295_179, 3_599_671, 881_228, "24.5"),
        # 2000 and 2007, from the account of the centres' reform.
        ("opening_ratio", 557_096, 972_382, 242_979, "0.57"),
        ("placement_rate", 557_096, 972_382, 242_979, "25.0"),
        ("fill_rate", 557_096, 972_382, 242_979, "43.6"),
        ("placement_rate", 1_008_448, 1_967_073, 501_256, "25.5"),
        ("fill_rate", 1_008_448, 1_967_073, 501_256, "49.7"),
        # Ties go up, also where binary fractions would fall short of the tie.
        ("opening_ratio", 1, 8, 0, "0.13"),
        ("opening_ratio", 201, 200, 0, "1.01"),
        ("placement_rate", 0, 2_000, 1, "0.1"),
        ("placement_rate", 0, 10_000, 4, "0.0"),
        ("fill_rate", 3, 0, 4, "133.3"),
    ],
)
def test_a_value_is_what_the_official_statistics_publish(
    code: str, openings: int, jobseekers: int, placements: int, published: str
) -> None:
    amounts = {Measure.OPENINGS: openings, Measure.JOBSEEKERS: jobseekers, Measure.PLACEMENTS: placements}

    result = value_of(indicator(code), amounts)

    assert str(result.value) == published
    assert result.reason is None


@pytest.mark.parametrize(
    ("code", "missing"), [("opening_ratio", "구직자"), ("placement_rate", "구직자"), ("fill_rate", "구인")]
)
def test_with_nothing_to_divide_by_there_is_a_reason_and_no_value(code: str, missing: str) -> None:
    result = value_of(indicator(code), {Measure.PLACEMENTS: 3})

    assert result.value is None
    assert result.denominator == 0
    assert result.reason is not None
    assert missing in result.reason.ko


def test_a_count_of_nothing_is_zero_and_not_missing() -> None:
    result = value_of(indicator("openings"), {})

    assert (result.value, result.numerator, result.denominator) == (Decimal(0), 0, None)


def test_a_region_is_the_rate_of_its_sums_and_not_the_mean_of_its_centres() -> None:
    small = {Measure.JOBSEEKERS: 10, Measure.PLACEMENTS: 9}
    large = {Measure.JOBSEEKERS: 990, Measure.PLACEMENTS: 91}
    both = {measure: small[measure] + large[measure] for measure in small}

    result = value_of(indicator("placement_rate"), both)

    assert str(result.value) == "10.0"


@given(numerator=st.integers(0, 2**62), denominator=st.integers(1, 2**62))
def test_rounding_twice_is_rounding_the_exact_fraction_once(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator * 1000, denominator)
    half_up = Fraction((2 * exact.numerator + exact.denominator) // (2 * exact.denominator), 10)

    result = value_of(indicator("placement_rate"), {Measure.PLACEMENTS: numerator, Measure.JOBSEEKERS: denominator})

    assert result.value is not None
    assert Fraction(result.value) == half_up


def test_versions_of_an_indicator_are_counted_from_one_without_a_gap() -> None:
    versions: dict[str, list[int]] = defaultdict(list)
    for definition in DEFINITIONS:
        versions[definition.code].append(definition.version)

    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in versions.values())
    assert [definition.version for definition in in_force()] == [max(versions[d.code]) for d in in_force()]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: f"{definition.code} v{definition.version}")
def test_every_definition_speaks_both_languages_and_names_its_source(definition: Indicator) -> None:
    texts = [
        definition.name,
        definition.meaning,
        definition.formula,
        definition.source.says,
        definition.source.publisher,
    ]

    assert all(text.ko.strip() and text.en.strip() for text in texts)
    assert definition.source.url.startswith("http")
    assert (definition.denominator is None) == (definition.decimals == 0)
