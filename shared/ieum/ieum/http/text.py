"""Text as people write it, in one form: NFC, trimmed, without control characters and overrides of its direction.

macOS sends Hangul decomposed, Windows composed: without NFC the same name is two names.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from ieum.http.rules import BrokenRule
from ieum.lines import has_overrides, says_something


def normalise(text: str) -> str:
    """NFC, outer white space removed."""
    return unicodedata.normalize("NFC", text).strip()


def _in_order(text: str) -> str:
    if has_overrides(text):
        raise BrokenRule("without overrides of the reading direction", "글자 방향을 바꾸는 제어 문자가 없어야 합니다")
    return text


def _one_line(text: str) -> str:
    text = _in_order(normalise(text))
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise BrokenRule("one line without control characters", "제어 문자가 없는 한 줄이어야 합니다")
    return text


def _lines(text: str) -> str:
    text = _in_order(normalise(text.replace("\r\n", "\n").replace("\r", "\n")))
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in text):
        raise BrokenRule("without control characters", "제어 문자가 없어야 합니다")
    return text


def _some(text: str) -> str:
    if not text:
        raise PydanticCustomError("missing", "required")
    if not says_something(text):
        raise BrokenRule("a letter or a number in it", "글자나 숫자가 있어야 합니다")
    return text


Text = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_one_line)]
"""One line, at most 2,000 characters, may be empty. Narrow it: `Annotated[Text, Field(max_length=100)]`."""

Filled = Annotated[Text, AfterValidator(_some)]
"""One line with a letter or a number in it. Narrow it: `Annotated[Filled, Field(max_length=500)]`."""

Name = Annotated[Filled, Field(max_length=200)]
"""The same, at most 200 characters."""

LongText = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_lines)]
"""Lines of text, at most 20,000 characters; line ends become \\n."""
