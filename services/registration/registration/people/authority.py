"""Who may see and do what with whose record: the token says who somebody is, the HR calendar what they are today."""

from uuid import UUID

from ieum.database import Transaction
from ieum.http import Caller, Forbidden
from registration.clock.store import clock
from registration.people import store
from registration.people.calendar import centre_on, serves

CENTRE_ROLES = ("counsellor", "director")
"""The roles that work with people's records, each at one centre at a time."""


def own_id(caller: Caller) -> UUID:
    """The caller's person id. Raises Forbidden for one that is no person's."""
    try:
        return UUID(caller.person_id)
    except ValueError:
        raise Forbidden from None


async def serves_today(tx: Transaction, caller: Caller, centre_code: str) -> bool:
    """
    Whether the caller works at the centre today in the role of the token, by the HR calendar.

    The token's own centre is not asked: it may have been issued before somebody moved.
    """
    if caller.role not in CENTRE_ROLES:
        return False
    person_id = own_id(caller)
    day = (await clock(tx)).day
    return serves(await store.find_appointments(tx, person_id), caller.role, centre_code, day)


async def centre_today(tx: Transaction, caller: Caller) -> str:
    """The one centre where the caller works today in the role of the token. Raises Forbidden where there is none."""
    if caller.role not in CENTRE_ROLES:
        raise Forbidden
    posts = await store.find_appointments(tx, own_id(caller))
    centre_code = centre_on(posts, caller.role, (await clock(tx)).day)
    if centre_code is None:
        raise Forbidden
    return centre_code


async def require_service(tx: Transaction, caller: Caller, centre_code: str | None) -> None:
    """Raise Forbidden unless the caller works at the centre today; always where no centre is known."""
    if centre_code is None or not await serves_today(tx, caller, centre_code):
        raise Forbidden
