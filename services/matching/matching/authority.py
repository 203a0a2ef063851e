"""Who may look at whose records: oneself, the staff of one's centre, and the system's own services."""

from collections.abc import Mapping
from typing import Annotated, Final, Protocol

from fastapi import Query

from ieum.http import Caller, Forbidden, Text, allow
from matching.market.facts import Jobseeker

CENTRE_STAFF: Final = ("counsellor", "director")

Staff = Annotated[Caller, allow(*CENTRE_STAFF)]
"""Whoever works with jobseekers at a centre; at which one is for the route to ask."""

Concerned = Annotated[Caller, allow("jobseeker", *CENTRE_STAFF, "service")]
"""Whom a jobseeker's records may concern; whose they may see is for the route to ask."""

Asked = Annotated[Text | None, Query()]
"""What a list may be narrowed to; see `list_filters`."""


def require_sight_of(caller: Caller, jobseeker_id: str, jobseeker: Jobseeker | None) -> None:
    """
    Raise Forbidden unless the caller may see what concerns a jobseeker; somebody unknown is nobody's to see.

    One's own record may be asked for before it has been heard of here: whoever just registered sees an empty list.
    """
    if caller.role == "jobseeker":
        allowed = caller.person_id == jobseeker_id
    elif caller.role in CENTRE_STAFF:
        allowed = jobseeker is not None and caller.attributes.get("centre_code") == jobseeker.centre_code
    else:
        allowed = caller.role == "service"
    if not allowed:
        raise Forbidden


def require_centre(caller: Caller, centre_code: str) -> None:
    """Raise Forbidden unless the caller is staff of the centre."""
    if caller.role not in CENTRE_STAFF or caller.attribute("centre_code") != centre_code:
        raise Forbidden


def require_employer(caller: Caller, of: "_OfEmployer | None") -> None:
    """Raise Forbidden unless the caller acts for the employer of a record; nobody acts for that of an unknown one."""
    if caller.role != "employer" or of is None or caller.attribute("employer_id") != of.employer_id:
        raise Forbidden


class _OfEmployer(Protocol):
    @property
    def employer_id(self) -> str: ...


def list_filters(caller: Caller, asked: Mapping[str, str | None]) -> dict[str, str]:
    """
    What a list is narrowed to: what was asked for, and always the caller's own part of it.

    Raises Forbidden when what was asked for lies outside that part.
    """
    filters = {column: value for column, value in asked.items() if value is not None}
    own = _own_part(caller)
    if any(filters.get(column, value) != value for column, value in own.items()):
        raise Forbidden
    return filters | own


def _own_part(caller: Caller) -> dict[str, str]:
    if caller.role == "service":
        return {}
    if caller.role == "jobseeker":
        return {"jobseeker_id": caller.person_id}
    if caller.role == "employer":
        return {"employer_id": caller.attribute("employer_id")}
    return {"centre_code": caller.attribute("centre_code")}
