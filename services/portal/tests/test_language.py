"""Words, numbers and times in two languages; nothing is left unsaid in one of them."""

import io
import re
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.language.catalogue import chosen_language, translations
from portal.language.names import english
from portal.language.writing import Writing

SERVICE = Path(__file__).resolve().parents[1]
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def messages_in_code() -> set[str]:
    mappings = tomllib.loads((SERVICE / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(entry["pattern"], entry["method"]) for entry in mappings]
    options = {
        entry["pattern"]: {name: value for name, value in entry.items() if name not in ("pattern", "method")}
        for entry in mappings
    }
    keywords = {"_": None, "gettext": None, "N_": None}
    found = extract_from_dir(SERVICE / "portal", methods, options, keywords=keywords)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def korean() -> dict[str, str]:
    with (SERVICE / "portal" / "language" / "ko.po").open("rb") as lines:
        return {str(message.id): str(message.string) for message in read_po(lines, locale="ko") if message.id}


def test_every_message_is_said_in_korean_and_no_translation_is_left_over() -> None:
    assert messages_in_code() == set(korean())
    assert [message for message, said in korean().items() if not said] == []


def test_translations_keep_their_placeholders() -> None:
    broken = [
        message
        for message, said in korean().items()
        if sorted(set(PLACEHOLDER.findall(message))) != sorted(set(PLACEHOLDER.findall(said)))
    ]

    assert broken == []


def test_the_catalogue_compiles() -> None:
    with (SERVICE / "portal" / "language" / "ko.po").open("rb") as lines:
        catalogue = read_po(lines, locale="ko")

    assert [error for message in catalogue if message.id for error in message.check(catalogue)] == []
    write_mo(io.BytesIO(), catalogue)


def test_english_is_as_written_and_korean_from_the_catalogue() -> None:
    assert translations("en").gettext("Vacancies") == "Vacancies"
    assert translations("ko").gettext("Vacancies") == "구인"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, None, "ko"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "ko;q=0.4, en;q=0.8", "en"),
        (None, "fr", "ko"),
        ("ko", "en", "ko"),
        ("en", "ko", "en"),
        ("<script>", "en", "en"),
    ],
)
def test_the_cookie_comes_before_the_browser_and_korean_before_nothing(
    cookie: str | None, accepted: str | None, language: str
) -> None:
    assert chosen_language(cookie, accepted) == language


def test_values_are_written_as_the_language_writes_them() -> None:
    ko, en = Writing("ko"), Writing("en")
    moment = datetime(2026, 11, 22, 23, 40, 5, tzinfo=UTC)

    assert (ko.number(1234567), en.number(Decimal("28.0")), ko.number(None)) == ("1,234,567", "28.0", "–")
    assert (ko.won(12000), en.won(12000)) == ("12,000원", "₩12,000")
    assert (ko.day(date(2026, 4, 17)), en.day(date(2026, 4, 17))) == ("2026. 4. 17.", "17 Apr 2026")
    assert (ko.time(moment), en.time(moment)) == ("2026. 11. 23. 08:40", "23 Nov 2026, 08:40")
    assert ko.exact_time(moment) == "2026. 11. 23. 08:40:05"


@pytest.mark.parametrize(
    ("korean_name", "said"),
    [
        ("의정부고용센터", "Uijeongbu Employment Centre"),
        ("서울지방고용노동청", "Seoul Regional Employment and Labor Office"),
        ("경기", "Gyeonggi"),
        ("경기 의정부시", "Gyeonggi, 의정부시"),
        ("보건·의료", "Health and medicine"),
        ("물류 사무원", "물류 사무원"),
        ("한빛물류", "한빛물류"),
        ("", ""),
    ],
)
def test_names_of_the_code_lists_are_said_in_english_as_far_as_they_are_known(korean_name: str, said: str) -> None:
    assert english(korean_name) == said


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("+821000000518", "010-0000-0518"),
        ("+82212345678", "02-1234-5678"),
        ("+8228765432", "02-876-5432"),
        ("+82317654321", "031-765-4321"),
        ("+12025550123", "+12025550123"),
        (None, "–"),
    ],
)
def test_a_telephone_number_is_shown_as_it_is_dialled(kept: str | None, shown: str) -> None:
    assert Writing("ko").phone(kept) == shown
