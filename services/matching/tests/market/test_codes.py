"""How codes stand to each other."""

import pytest

from matching.market import codes


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("031100", {"031100", "01C", "01"}),
        ("014100", {"014100", "012", "013", "01"}),
        ("01C", {"01C", "01"}),
        ("01", {"01"}),
        ("999999", {"999999"}),
    ],
)
def test_an_occupation_stands_under_the_headings_of_the_menu_and_not_under_its_prefix(
    code: str, line: set[str]
) -> None:
    assert codes.occupation_line(code) == line


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("41111", {"41111", "41110", "41000", "00000"}),
        ("43745", {"43745", "43000", "00000"}),
        ("36110", {"36110", "00000"}),
        ("00000", {"00000"}),
        ("99999", {"99999", "00000"}),
    ],
)
def test_a_region_lies_in_its_city_and_province_and_not_in_its_prefix(code: str, line: set[str]) -> None:
    assert codes.region_line(code) == line


def test_what_stands_under_a_code_is_what_has_it_in_its_line() -> None:
    assert "031100" in codes.occupations_under("01C")
    assert "031100" not in codes.occupations_under("03")
    assert codes.regions_under("41110") == {"41111", "41113", "41115", "41117"}
    assert codes.regions_under("41111") == frozenset()
    assert len(codes.regions_under("00000")) > 280


@pytest.mark.parametrize(("told", "today"), [("45111", "52111"), ("42110", "51110"), ("11110", "11110"), ("x", "x")])
def test_a_retired_region_is_read_as_the_one_that_took_its_place(told: str, today: str) -> None:
    assert codes.current_region(told) == today
