"""Who may act on whose vacancy: one rule, for forms and for files; pure."""

from typing import NamedTuple
from uuid import UUID


class Acting(NamedTuple):
    """For whom somebody acts: one employer, one centre, or everybody; for nobody if nothing is given."""

    employer_id: UUID | None = None
    centre_code: str | None = None
    everybody: bool = False


def may_act(acting: Acting, employer_id: UUID | None, centre_code: str) -> bool:
    """An employer acts for itself, staff for what their centre serves. `employer_id` None: one nobody knows yet."""
    if acting.everybody:
        return True
    if acting.employer_id is not None:
        return acting.employer_id == employer_id
    return acting.centre_code == centre_code
