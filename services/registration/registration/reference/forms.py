"""How every form tells what is wrong with it."""

from ieum.http import FieldError
from registration.reference.lines import Broken


def field_errors(broken: list[Broken]) -> list[FieldError]:
    """Broken rules as a problem names them."""
    return [FieldError(field=field, rule=rule, ko=ko) for field, rule, ko in broken]
