"""Text that people type into forms, as every form here takes it."""

from typing import Annotated

from pydantic import AfterValidator

from ieum.http import BrokenRule, Text
from registration.text.resident_numbers import RULE, RULE_KO, has_resident_number


def no_resident_number(text: str) -> str:
    """The text. Raises BrokenRule, which does not repeat it."""
    if has_resident_number(text):
        raise BrokenRule(RULE, RULE_KO)
    return text


Typed = Annotated[Text, AfterValidator(no_resident_number)]
"""One line, as `Text`, without a resident registration number. Narrow it: `Annotated[Typed, Field(max_length=100)]`."""
