"""Numbers, money, days and times as people of one language write them. Times are shown in Asia/Seoul."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

SEOUL = ZoneInfo("Asia/Seoul")
_KOREAN_NUMBER = re.compile(r"\+82(2|\d\d)(\d{3,4})(\d{4})")


class Writing:
    """Writes values in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = {"ko": "ko_KR", "en": "en_GB"}[language]

    def number(self, value: int | Decimal | None) -> str:
        """A number with thousands separators; a Decimal keeps the decimals it came with. A dash for nothing."""
        if value is None:
            return "–"
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return format_decimal(value, format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=self.locale)

    def won(self, value: int | None) -> str:
        """Korean won: 12,000원 or ₩12,000."""
        if value is None:
            return "–"
        return f"{self.number(value)}원" if self.language == "ko" else f"₩{self.number(value)}"

    def day(self, value: date | None) -> str:
        """A calendar day: 2026. 4. 17. or 17 Apr 2026."""
        return "–" if value is None else format_date(value, format="medium", locale=self.locale)

    def phone(self, value: str | None) -> str:
        """A telephone number as people in Korea dial it: 010-1234-5678 for +821012345678; any other as it is kept."""
        if value is None:
            return "–"
        found = _KOREAN_NUMBER.fullmatch(value)
        return f"0{found[1]}-{found[2]}-{found[3]}" if found else value

    def time(self, value: datetime | None) -> str:
        """An instant to the minute, in Seoul."""
        if value is None:
            return "–"
        form = "y. M. d. HH:mm" if self.language == "ko" else "d MMM y, HH:mm"
        return format_datetime(value, format=form, tzinfo=SEOUL, locale=self.locale)

    def exact_time(self, value: datetime) -> str:
        """An instant to the second in Seoul."""
        form = "y. M. d. HH:mm:ss" if self.language == "ko" else "d MMM y, HH:mm:ss"
        return format_datetime(value, format=form, tzinfo=SEOUL, locale=self.locale)
