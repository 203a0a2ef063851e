"""What the field writes is read as it means it, and what means nothing is refused with its rule."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registration.imports import words
from registration.imports.rows import Unreadable


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("26-04-17", date(2026, 4, 17)),
        ("채용시까지  26-04-17", date(2026, 4, 17)),
        ("채용시까지 2026-04-17", date(2026, 4, 17)),
        ("20260417", date(2026, 4, 17)),
        ("2026.4.7", date(2026, 4, 7)),
        ("28-02-29", date(2028, 2, 29)),
        ("채용시까지", None),
        ("상시채용", None),
        ("", None),
        (None, None),
        ("99-12-31", None),
        ("99991231", None),
        ("2026. 4. 17.", date(2026, 4, 17)),
        ("2026. 04. 17", date(2026, 4, 17)),
        ("2026.4.17.", date(2026, 4, 17)),
        ("26. 4. 17.", date(2026, 4, 17)),
        ("채용시까지 2026. 4. 17.", date(2026, 4, 17)),
    ],
)
def test_a_closing_day_is_read_with_or_without_words_before_it(text: str | None, day: date | None) -> None:
    assert words.closing_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "26-02-30",
        "2026-13-01",
        "26-04",
        "내일",
        "채용시까지 언젠가",
        "26-04/17",
        "1-1-1",
        "26-04-17까지",
        "20261301",
        "2026. 2. 30.",
        "26-04-17.",
        "2026. 4-17",
    ],
)
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        words.closing_day(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("202603300950", datetime(2026, 3, 30, 0, 50, tzinfo=UTC)),
        ("20260330095012", datetime(2026, 3, 30, 0, 50, 12, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_time_of_change_is_seouls(text: str, moment: datetime | None) -> None:
    assert words.optional_moment(text) == moment


@pytest.mark.parametrize("text", ["202603302560", "2026033009", "어제", "202602300950", "000001010000"])
def test_a_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        words.optional_moment(text)


@pytest.mark.parametrize(
    ("text", "won"),
    [
        ("10320", 10_320),
        ("2,120,000", 2_120_000),
        ("250만원", 2_500_000),
        ("1억 2000만원", 120_000_000),
        ("250만 5천원", 2_505_000),
        ("212.5만", 2_125_000),
        ("3천만원", 30_000_000),
        ("0", None),
        ("", None),
    ],
)
def test_an_amount_is_read_with_commas_and_units(text: str, won: int | None) -> None:
    assert words.optional_won(text) == won


@pytest.mark.parametrize("text", ["많이", "-5", "250 만 달러", "1,2", "12만원쯤", "=1+1", "1" * 200])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        words.optional_won(text)


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("시급 10,320원", ("hour", 10_320, None)),
        ("일급 9만원", ("day", 90_000, None)),
        ("월급 250만원 ~ 300만원", ("month", 2_500_000, 3_000_000)),
        ("212만원 ~ 250만원", (None, 2_120_000, 2_500_000)),
        ("3000~4000만원", (None, 30_000_000, 40_000_000)),
        ("연봉 3000만원 이상", ("year", 30_000_000, None)),
        ("연봉30,000,000원 이상 ~ 35,000,000원 이하,", ("year", 30_000_000, 35_000_000)),
        ("연 4,500만원 이상", ("year", 45_000_000, None)),
        ("월 300만원 이하", ("month", None, 3_000_000)),
        ("2,588,000", (None, 2_588_000, None)),
        ("면접 후 결정", (None, None, None)),
        ("회사내규에 따름", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_pay_in_words_is_read(text: str, pay: tuple[str | None, int | None, int | None]) -> None:
    assert words.pay_text(text) == pay


@pytest.mark.parametrize("text", ["시급", "1만 ~ 2만 ~ 3만", "월급 많이", "연봉 삼천만원"])
def test_pay_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        words.pay_text(text)


@pytest.mark.parametrize(
    ("read", "text", "meaning"),
    [
        (words.pay_type, "H", "hour"),
        (words.pay_type, "월급", "month"),
        (words.pay_type, "연봉제", "year"),
        (words.pay_type, "", None),
        (words.career, "N", "new"),
        (words.career, "경력", "experienced"),
        (words.career, "경력 3년 이상", "experienced"),
        (words.career, "관계없음", "any"),
        (words.career, "Z", "any"),
        (words.career, None, "any"),
        (words.education, "학력무관", "00"),
        (words.education, "초졸이하", "01"),
        (words.education, "대졸(2~3년)", "04"),
        (words.education, "대졸(4년)이상", "05"),
        (words.education, "07", "07"),
        (words.education, "", "00"),
        (words.employment_type, "10", "regular"),
        (words.employment_type, "11", "regular_part_time"),
        (words.employment_type, "20", "fixed_term"),
        (words.employment_type, "21", "fixed_term_part_time"),
        (words.employment_type, "4", "dispatch"),
        (words.employment_type, "Y", "substitute"),
        (words.employment_type, "20,10", "fixed_term"),
        (words.employment_type, "기간의 정함이 없는 근로계약", "regular"),
        (words.optional_count, "3명", 3),
        (words.optional_count, "1,200", 1200),
        (words.optional_count, " ", None),
    ],
)
def test_codes_and_words_mean_the_same(read: Callable[[Any], Any], text: str | None, meaning: object) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (words.pay_type, "주급"),
        (words.career, "인턴"),
        (words.education, "08"),
        (words.employment_type, "99"),
        (words.employment_type, ""),
        (words.optional_count, "3.5"),
        (words.optional_count, "세 명"),
        (words.optional_count, "٣"),
    ],
)
def test_an_unknown_word_is_refused_with_its_rule_in_both_languages(read: Callable[[Any], Any], text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)

    assert refused.value.rule
    assert refused.value.ko
