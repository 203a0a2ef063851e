"""A business number is what the tax office gives, and an employer has a name."""

import pytest

from registration.employers.rules import (
    broken_business_number,
    broken_name,
    business_number,
    check_digit,
    same_company,
    written,
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1248100998", "1248100998"),  # 삼성전자, as its annual report states it
        ("124-81-00998", "1248100998"),
        (" 220-81-62517 ", "2208162517"),  # 네이버
        ("1234567891", "1234567891"),
    ],
)
def test_a_number_with_the_right_check_digit_is_taken_with_or_without_hyphens(text: str, digits: str) -> None:
    assert business_number(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "1234567890",  # the check digit would be 1
        "1248100997",
        "124810099",
        "12481009981",
        "000-00-00000",  # passes the sum, but no tax office is 000
        "１２４８１００９９８",
        "124810099X",
        "",
    ],
)
def test_anything_else_is_no_business_number(text: str) -> None:
    assert business_number(text) is None
    assert [broken.field for broken in broken_business_number(text)] == ["business_number"]


def test_every_single_wrong_digit_is_found() -> None:
    right = "2208162517"

    wrong = [right[:at] + digit + right[at + 1 :] for at in range(10) for digit in "0123456789" if digit != right[at]]

    # The ninth digit's product and its tens change together, which is why the rule adds them: all are found.
    assert [number for number in wrong if business_number(number)] == []


def test_a_number_is_shown_in_its_three_parts() -> None:
    assert written("1248100998") == "124-81-00998"


def test_an_employer_has_a_name_of_bearable_length() -> None:
    assert broken_name("(주)한빛") == []
    assert broken_name("")[0].field == "name"
    assert "200" in broken_name("가" * 201)[0].rule


@pytest.mark.parametrize("name", ["\u202e나가", "가\u2069나", "\u200b", "\u3164", "ᅟᅠ", "!?"])
def test_a_name_can_be_read_and_is_read_in_its_order(name: str) -> None:
    assert [broken.field for broken in broken_name(name)] == ["name"]


def test_the_check_digit_makes_a_number_whole() -> None:
    assert check_digit("123456789") == "1"
    assert business_number("123456789" + check_digit("123456789")) == "1234567891"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("한빛물류(주)", "㈜ 한빛 물류", True),
        ("주식회사 한빛물류", "한빛물류", True),
        ("Hanbit Co., Ltd.", "HANBIT CO LTD", True),
        ("한빛물류", "한빛유통", False),
        ("한빛물류 의정부지점", "한빛물류", False),
    ],
)
def test_a_company_is_called_the_same_whatever_its_legal_form_is_written_like(one: str, other: str, same: bool) -> None:
    assert same_company(one, other) == same
