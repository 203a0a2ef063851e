"""
HTTP route of contacts: asked by services that write to people, by the portal for an employer to whom somebody was
referred, and by the staff of a person's centre.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from ieum.database import Transaction
from ieum.http import Caller, Forbidden, NotFound, allow, problem_responses
from registration.clock.store import clock
from registration.people import store
from registration.people.authority import CENTRE_ROLES, require_service
from registration.people.dependencies import Sealed
from registration.people.person import SealedPerson, unseal
from registration.record_looks.looking import Looks, Purpose
from registration.text.ids import asked_id

router = APIRouter(tags=["people"])

_EMPLOYER = "employer:"

ForEmployerPerson = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", description="Only of a service: the person it asks for"),
]
"""Whom a service shows the contact to; kept as who looked. That they may see it matching has told that service."""


class Contact(BaseModel):
    """How somebody is reached. `person_id` is as it was asked for."""

    person_id: str
    name: str
    email: str | None
    phone: str | None
    language: str


@router.get("/contacts/{person_id}", responses=problem_responses(Forbidden, NotFound))
async def look_at_contact(
    person_id: str,
    caller: Annotated[Caller, allow("service", *CENTRE_ROLES)],
    sealing: Sealed,
    looks: Looks,
    response: Response,
    purpose: Purpose,
    for_employer_person: ForEmployerPerson = None,
) -> Contact:
    """
    How to reach a person, or an employer as `employer:<employer_id>`; to services and to staff of the person's centre.

    Every answer is kept as a look. A service learns that somebody is not known (404); staff do not (403).
    """
    if for_employer_person is not None and caller.role != "service":
        raise Forbidden
    async with looks.transaction() as tx:
        row = await _contact(tx, person_id)
        if caller.role != "service":
            centre_code = await store.find_centre_of_jobseeker(tx, row.person_id) if row else None
            await require_service(tx, caller, centre_code)
        if row is None:
            raise NotFound
        person = unseal(row, sealing)
        viewer = Caller(person_id=for_employer_person, role="employer") if for_employer_person else caller
        await looks.note(tx, viewer, row.person_id, "contact", purpose)
    response.headers["Cache-Control"] = "no-store"
    return Contact(
        person_id=person_id, name=person.name, email=person.email, phone=person.phone, language=person.language
    )


async def _contact(tx: Transaction, asked: str) -> SealedPerson | None:
    found = asked_id(asked.removeprefix(_EMPLOYER))
    if found is None:
        return None
    if asked.startswith(_EMPLOYER):
        return await store.find_contact_of_employer(tx, found, (await clock(tx)).day)
    return await store.find_person(tx, found)
