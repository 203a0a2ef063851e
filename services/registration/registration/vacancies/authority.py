"""For whom a caller acts, and whether that is enough to act on a vacancy."""

from typing import Final
from uuid import UUID

from ieum.database import Transaction
from ieum.http import Caller, Forbidden
from registration.people.authority import centre_today
from registration.text.ids import asked_id
from registration.vacancies.acting import Acting, may_act

OVERSEERS: Final = ("ministry", "operator", "service")
"""Those who act for the whole country: they bring its lists of vacancies."""


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
