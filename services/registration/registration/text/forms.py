"""How the rules that a form breaks are told."""

from ieum.http import FieldError
from registration.text.lines import Broken


def field_errors(broken: list[Broken]) -> list[FieldError]:
    """Broken rules as a problem names them."""
    return [FieldError(field=field, rule=rule, ko=ko) for field, rule, ko in broken]
