"""Lines that people are to recognise something by: a name, a title, a number; pure."""

import re
from typing import Final

_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")


def has_overrides(text: str) -> bool:
    """Whether text turns the reading direction by itself: then what is shown is not what stands there (TR 36, 2.4)."""
    return _OVERRIDES.search(text) is not None


def without_overrides(text: str) -> str:
    """The same text, read in the order in which it stands."""
    return _OVERRIDES.sub("", text)


def says_something(text: str) -> bool:
    """Whether there is a letter or a number to be seen; Hangul's fillers are letters without a sign."""
    return any(character.isalnum() and character not in _BLANK_LETTERS for character in text)
