"""Lines that people are to recognise something by: a name, a title, a number. For forms and for pure rules; pure."""

import re

_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Hangul's fillers are letters without a sign.
_SIGN = re.compile("[^\\W_\u115f\u1160\u3164\uffa0]")


def has_overrides(text: str) -> bool:
    """Whether text turns the reading direction by itself: then what is shown is not what stands there (TR 36, 2.4)."""
    return _OVERRIDES.search(text) is not None


def without_overrides(text: str) -> str:
    """The same text, read in the order in which it stands."""
    return _OVERRIDES.sub("", text)


def says_something(text: str) -> bool:
    """Whether there is a letter or a number to be seen."""
    return _SIGN.search(text) is not None
