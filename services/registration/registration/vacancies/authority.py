"""Who may act on whose vacancy: one rule, for forms and for files."""

from typing import Final, NamedTuple
from uuid import UUID

from ieum.database import Transaction
from ieum.http import Caller, Forbidden
from registration.people.authority import asked_id, centre_today

OVERSEERS: Final = ("ministry", "operator", "service")
"""Those who act for the whole country: they bring its lists of vacancies."""


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


async def acting_of(tx: Transaction, caller: Caller) -> Acting:
    """For whom a caller acts today. Raises Forbidden where it is nobody."""
    if caller.role == "employer":
        employer_id = asked_id(caller.attribute("employer_id"))
        if employer_id is None:
            raise Forbidden
        return Acting(employer_id=employer_id)
    if caller.role in OVERSEERS:
        return Acting(everybody=True)
    return Acting(centre_code=await centre_today(tx, caller))


async def require_authority(tx: Transaction, caller: Caller, employer_id: UUID, centre_code: str) -> None:
    """Raise Forbidden unless the caller may act on such a vacancy."""
    if not may_act(await acting_of(tx, caller), employer_id, centre_code):
        raise Forbidden
