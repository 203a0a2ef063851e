"""The visitor's own registration."""

from portal.jobseekers.views import Record
from portal.services import Refused, Section, part
from portal.visit import Visit


async def own_registration(visit: Visit) -> tuple[Record, str] | None:
    """The visitor's registration and its entity tag; None for somebody who never registered."""
    try:
        return await visit.registration.tagged(Record, f"/jobseekers/{part(visit.person_id)}", purpose="own page")
    except Refused as refused:
        if refused.problem.status == 404:
            return None
        raise


def seeks(kept: Section[tuple[Record, str] | None]) -> bool:
    """Whether somebody is registered now. Whoever's registration cannot be had is not told that there is none."""
    return not kept.there or (kept.value is not None and kept.value[0].is_registered)
