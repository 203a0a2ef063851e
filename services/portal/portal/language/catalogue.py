"""The messages of each language, read from the .po files beside this module and compiled in memory at start."""

import io
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from ieum.http.language import Language, preferred_language

LANGUAGES: tuple[Language, ...] = ("ko", "en")
"""The languages of the site; messages are written in English in the code, so English needs no catalogue."""


@cache
def translations(language: str) -> NullTranslations:
    """The translations of one language; English is the messages themselves."""
    source = Path(__file__).with_name(f"{language}.po")
    if not source.exists():
        return NullTranslations()
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def chosen_language(cookie: str | None, accepted: str | None) -> Language:
    """The language kept in the cookie, else the one the browser prefers, else Korean."""
    return "ko" if cookie == "ko" else "en" if cookie == "en" else preferred_language(accepted)
