"""How the field writes days, money and kinds, and what it means by them; pure.

A file of 100,000 rows has a few thousand different words in these fields, so their readings are remembered.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from registration.imports.rows import Unreadable, missing, tidy

_remembered = lru_cache(maxsize=10_000)

SEOUL: Final = timezone(timedelta(hours=9))
"""Korea has kept no summer time since 1988, so a fixed offset says the same as Asia/Seoul."""

OPEN_ENDED_YEAR: Final = 2090
"""Sources write 99-12-31 or 99991231 for "no closing day"; no vacancy is announced for 2090."""

# The last is how Korean spreadsheets and pages show a day: 2026. 4. 17.
_DAY = re.compile(
    r"(\d{4}|\d{2})([-./])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})|(\d{4}|\d{2})\. ?(\d{1,2})\. ?(\d{1,2})\.?"
)
_UNTIL_FILLED = re.compile(r"채용\s*시\s*까지|상시(?:\s*채용)?|수시(?:\s*채용)?")
_NO_DAY: Final = (
    "a day such as 26-04-17, 2026-04-17, 20260417 or 2026. 4. 17.",
    "26-04-17, 2026-04-17, 20260417, 2026. 4. 17. 꼴의 날짜여야 합니다.",
)
_NO_SUCH_DAY: Final = ("a day that exists", "실제로 있는 날짜여야 합니다.")


def _day(match: re.Match[str]) -> date:
    year, month, day = (part for part in match.groups() if part and part.isdigit())
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        raise Unreadable(*_NO_SUCH_DAY) from None


@_remembered
def optional_day(value: str | None) -> date | None:
    """A day with a year of two digits (20xx) or four; None where nothing stands."""
    text = tidy(value)
    if not text:
        return None
    match = _DAY.fullmatch(text)
    if match is None:
        raise Unreadable(*_NO_DAY)
    return _day(match)


@_remembered
def closing_day(value: str | None) -> date | None:
    """
    The last day of a vacancy: `26-04-17`, `채용시까지  26-04-17` (until filled, listed to that day), or None for
    `채용시까지` alone, 상시 (always), nothing, and the far years that sources write for "open-ended".
    """
    text = tidy(value)
    rest = _UNTIL_FILLED.sub(" ", text, count=1).strip()
    if not rest:
        return None
    match = _DAY.fullmatch(rest)
    if match is None:
        raise Unreadable(*_NO_DAY)
    day = _day(match)
    return None if day.year >= OPEN_ENDED_YEAR else day


@_remembered
def optional_moment(value: str | None) -> datetime | None:
    """`202603300950` (year to minute, Asia/Seoul) in UTC; None where nothing stands."""
    text = tidy(value)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) in (12, 14)):
        raise Unreadable("a time such as 202603300950", "202603300950 꼴의 시각이어야 합니다.")
    try:
        numbers = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, len(text), 2))]
        return datetime(*numbers, tzinfo=SEOUL).astimezone(UTC)  # type: ignore[misc,arg-type]
    except (ValueError, OverflowError):
        raise Unreadable("a time that exists", "실제로 있는 시각이어야 합니다.") from None


_PAY_TYPES: Final = MappingProxyType(
    {
        **dict.fromkeys(("H", "시급", "시급제", "시간급", "hour"), "hour"),
        **dict.fromkeys(("D", "일급", "일급제", "일당", "day"), "day"),
        **dict.fromkeys(("M", "월급", "월급제", "month"), "month"),
        **dict.fromkeys(("Y", "연봉", "연봉제", "연급", "year"), "year"),
    }
)
_PAY_WORD = re.compile(r"^(시급|시간급|일급|일당|월급|연봉|시|일|월|연)(?=[\s\d])")
_PAY_WORD_TYPE: Final = MappingProxyType({"시": "hour", "일": "day", "월": "month", "연": "year"})


@_remembered
def pay_type(value: str | None) -> str | None:
    """hour, day, month or year from a code (H D M Y) or word; None where nothing stands."""
    text = tidy(value)
    if not text:
        return None
    found = _PAY_TYPES.get(text)
    if found is None:
        raise Unreadable(
            "시급 (H), 일급 (D), 월급 (M) or 연봉 (Y)", "시급(H), 일급(D), 월급(M), 연봉(Y) 중 하나여야 합니다."
        )
    return found


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT_PART = re.compile(rf"({_NUMBER})\s*(억|천만|백만|십만|만|천)?\s*원?")
_UNITS: Final = MappingProxyType(
    {"억": 100_000_000, "천만": 10_000_000, "백만": 1_000_000, "십만": 100_000, "만": 10_000, "천": 1_000}
)
_LONGEST_PAY: Final = 100
_NO_AMOUNT: Final = ("an amount in won such as 10,320 or 250만원", "10,320이나 250만원 꼴의 금액이어야 합니다.")
_TO_BE_AGREED = re.compile(r"(?:면접|회사\s*내규|협의|추후|내규|당사).*|급여\s*협의|협의")


def _won(text: str) -> tuple[int, int]:
    """The sum of parts such as 1억 2000만원, and the unit of its last part."""
    total, unit, at = 0.0, 1, 0
    for match in _AMOUNT_PART.finditer(text):
        if text[at : match.start()].strip():
            raise Unreadable(*_NO_AMOUNT)
        number, word = match.groups()
        unit = _UNITS.get(word, 1)
        total += float(number.replace(",", "")) * unit
        at = match.end()
    if at == 0 or text[at:].strip():
        raise Unreadable(*_NO_AMOUNT)
    return round(total), unit


@_remembered
def optional_won(value: str | None) -> int | None:
    """An amount with commas and Korean units; None for nothing and for 0, which sources write for "not stated"."""
    text = tidy(value)
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 15:
        return int(text) or None
    if len(text) > _LONGEST_PAY:
        raise Unreadable(*_NO_AMOUNT)
    return _won(text)[0] or None


NOTHING_STATED: Final[tuple[str | None, int | None, int | None]] = (None, None, None)


@_remembered
def pay_text(value: str | None) -> tuple[str | None, int | None, int | None]:
    """
    (pay type or None, least, most) from words: `시급 10,320원`, `250만원 ~ 300만원`, `3000~4000만원`,
    `연봉 3000만원 이상`.

    What is to be agreed (면접 후 결정, 회사내규에 따름) states nothing and is no fault.
    """
    text = tidy(value)
    if not text or _TO_BE_AGREED.fullmatch(text):
        return NOTHING_STATED
    if len(text) > _LONGEST_PAY:
        raise Unreadable(*_NO_AMOUNT)
    kind = None
    word = _PAY_WORD.match(text)
    if word:
        kind = _PAY_TYPES.get(word[1]) or _PAY_WORD_TYPE[word[1]]
        text = text[word.end() :].strip()
    at_least, at_most = "이상" in text, "이하" in text
    low, *high = re.split(r"\s*[~∼〜～\-–]\s*", re.sub(r"이상|이하|,\s*$", "", text).strip())
    if len(high) > 1:
        raise Unreadable(*_NO_AMOUNT)
    if not high or not high[0]:
        amount = _won(low)[0] or None
        return (kind, None, amount) if at_most and not at_least else (kind, amount, None)
    most, unit = _won(high[0])
    least, own_unit = _won(low) if low else (0, 1)
    if own_unit == 1 and unit > 1 and least < most / unit * 10:
        least *= unit  # 3000~4000만원: the unit is written once
    return kind, least or None, most or None


_CAREERS: Final = MappingProxyType(
    {
        **dict.fromkeys(("N", "신입", "new"), "new"),
        **dict.fromkeys(("E", "경력", "experienced"), "experienced"),
        **dict.fromkeys(
            (
                "",
                "Z",
                "관계없음",
                "무관",
                "경력무관",
                "경력 무관",
                "신입/경력",
                "신입·경력",
                "신입,경력",
                "신입, 경력",
                "any",
            ),
            "any",
        ),
    }
)
_YEARS_OF_CAREER = re.compile(r"경력\s*\(?\s*\d.*")


@_remembered
def career(value: str | None) -> str:
    """new, experienced or any from a code (N E Z) or words such as `경력 3년 이상`; nothing means any."""
    text = tidy(value)
    found = _CAREERS.get(text) or ("experienced" if _YEARS_OF_CAREER.fullmatch(text) else None)
    if found is None:
        raise Unreadable("신입 (N), 경력 (E) or 관계없음 (Z)", "신입(N), 경력(E), 관계없음(Z) 중 하나여야 합니다.")
    return found


_EDUCATION: Final = MappingProxyType(
    {
        **dict.fromkeys(("", "학력무관", "무관", "관계없음"), "00"),
        **dict.fromkeys(("초졸이하", "초졸"), "01"),
        **dict.fromkeys(("중졸", "중학교졸업"), "02"),
        **dict.fromkeys(("고졸", "고등학교졸업"), "03"),
        **dict.fromkeys(("대졸(2~3년)", "대졸(2,3년)", "전문대졸", "초대졸", "전문학사"), "04"),
        **dict.fromkeys(("대졸(4년)", "대졸", "학사"), "05"),
        **dict.fromkeys(("석사", "대학원졸(석사)"), "06"),
        **dict.fromkeys(("박사", "대학원졸(박사)"), "07"),
        **{f"{level:02}": f"{level:02}" for level in range(8)},
    }
)


@_remembered
def education(value: str | None) -> str:
    """00 to 07 from a code or words such as `대졸(4년)이상`; nothing means any."""
    text = tidy(value)
    found = _EDUCATION.get(text) or _EDUCATION.get("".join(text.split()).removesuffix("이상"))
    if found is None:
        raise Unreadable("an education level from 00 to 07 or its name", "학력 코드(00~07)나 그 이름이어야 합니다.")
    return found


_EMPLOYMENT_TYPES: Final = MappingProxyType(
    {
        **dict.fromkeys(("10", "기간의 정함이 없는 근로계약", "정규직", "regular"), "regular"),
        **dict.fromkeys(
            ("11", "기간의 정함이 없는 근로계약(시간(선택)제)", "정규직(시간제)", "regular_part_time"),
            "regular_part_time",
        ),
        **dict.fromkeys(("20", "기간의 정함이 있는 근로계약", "계약직", "기간제", "fixed_term"), "fixed_term"),
        **dict.fromkeys(
            (
                "21",
                "기간의 정함이 있는 근로계약(시간(선택)제)",
                "계약직(시간제)",
                "기간제(시간제)",
                "fixed_term_part_time",
            ),
            "fixed_term_part_time",
        ),
        **dict.fromkeys(("4", "파견근로", "파견", "dispatch"), "dispatch"),
        **dict.fromkeys(("Y", "대체인력", "대체인력채용", "substitute"), "substitute"),
    }
)


@_remembered
def employment_type(value: str | None) -> str:
    """The kind of contract from Work24's code (4 10 11 20 21 Y) or name; the first where several are offered."""
    text = tidy(value)
    if not text:
        raise missing()
    found = _EMPLOYMENT_TYPES.get(text) or _EMPLOYMENT_TYPES.get(re.split(r"[,|]", text)[0].strip())
    if found is None:
        raise Unreadable(
            "an employment type: 10, 11, 20, 21, 4 or Y, or its name",
            "고용형태 코드(10, 11, 20, 21, 4, Y)나 그 이름이어야 합니다.",
        )
    return found


@_remembered
def optional_count(value: str | None) -> int | None:
    """A whole number written with digits, or `3명`, `40시간`; None where nothing stands."""
    text = tidy(value).replace(",", "")
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,9})\s*(?:명|시간)?", text, re.ASCII)
    if match is None:
        raise Unreadable("a whole number", "정수여야 합니다.")
    return int(match[1])
