"""HTTP routes of people: staff and employers' people, and the HR calendar."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from ieum.database import Transaction
from ieum.http import Caller, Forbidden, NotFound, Page, Paging, Read, Write, allow, problem_responses
from registration.clock.store import clock
from registration.people import appointing, store
from registration.people.dependencies import Sealed
from registration.people.forms import (
    PLACE_OF,
    AppointmentsView,
    AppointmentView,
    Departure,
    NewAppointment,
    NewPerson,
    NewPersonView,
    SignIn,
    StaffView,
    Standing,
    StandingsView,
)
from registration.people.person import SealedPerson, unseal
from registration.text.ids import asked_id

router = APIRouter(tags=["people"])

_PLACES = ("centre_code", "regional_office_code", "employer_id")

Personnel = Annotated[Caller, allow("operator", "ministry", "service")]


@router.post(
    "/people",
    status_code=201,
    response_model=NewPersonView,
    responses=problem_responses(Forbidden),
)
async def take_in_person(
    body: NewPerson,
    caller: Annotated[Caller, allow("operator", "ministry", "service", "director")],
    sealing: Sealed,
    write: Write,
) -> Response:
    """Take in a member of staff with a post, or somebody who acts for an employer."""

    async def effect(tx: Transaction) -> NewPersonView:
        await appointing.require_hiring(tx, caller, body.role, body.centre_code)
        person = await appointing.take_in(tx, body, sealing)
        place = PLACE_OF[body.role]
        attributes = {place: str(getattr(body, place))} if place else {}
        return NewPersonView(
            person_id=person.person_id, name_masked=person.name_masked, role=body.role, attributes=attributes
        )

    return await write(effect, status=201, location=lambda view: f"/people/{view.person_id}")


@router.get("/people", responses=problem_responses(NotFound))
async def list_sign_ins(
    paging: Paging,
    read: Read,
    sealing: Sealed,
    request: Request,
    role: Annotated[str | None, Query(max_length=20)] = None,
) -> Page[SignIn]:
    """Whom the demo may sign in as. Not there (404) unless DEMO_SIGN_IN is on, when everybody is fictitious."""
    if not request.app.state.demo_sign_in:
        raise NotFound
    async with read() as tx:
        rows = await store.list_sign_ins(tx, role, (await clock(tx)).day, paging.after(str, UUID), paging.limit + 1)
    found = [
        SignIn(
            person_id=person.person_id,
            name=unseal(person, sealing).name,
            role=post.role,
            attributes=_attributes(person, post),
        )
        for person, post in rows
    ]
    return paging.page(found, key=lambda sign_in: (sign_in.role, sign_in.person_id))


@router.get("/people/{person_id}", responses=problem_responses(Forbidden))
async def look_at_staff(
    person_id: str,
    caller: Annotated[Caller, allow("counsellor", "director", "regional", "ministry", "operator", "service")],
    read: Read,
    sealing: Sealed,
) -> StaffView:
    """A member of staff by name and posts, to the staff. Anybody else's id is forbidden, known or not."""
    asked = asked_id(person_id)
    async with read() as tx:
        posts = await store.find_appointments(tx, asked) if asked else []
        person = await store.find_person(tx, asked) if asked and posts else None
    if person is None:
        raise Forbidden
    return StaffView(
        person_id=person.person_id,
        name=unseal(person, sealing).name,
        appointments=[AppointmentView.of(post) for post in posts],
    )


@router.post(
    "/people/{person_id}/appointments",
    status_code=201,
    response_model=AppointmentsView,
    responses=problem_responses(NotFound, appointing.PostsOverlap),
)
async def appoint_person(person_id: UUID, body: NewAppointment, caller: Personnel, write: Write) -> Response:
    """
    Move a member of staff from a day on; what the old post let them see is gone that day.

    It takes the place of a post that begins the same day, today or later.
    """

    async def effect(tx: Transaction) -> AppointmentsView:
        posts = await appointing.appoint(tx, person_id, body, caller.person_id)
        return AppointmentsView(person_id=person_id, appointments=[AppointmentView.of(post) for post in posts])

    return await write(effect, status=201)


@router.post("/people/{person_id}/departure", response_model=AppointmentsView, responses=problem_responses(NotFound))
async def let_person_go(person_id: UUID, body: Departure, caller: Personnel, write: Write) -> Response:
    """
    End somebody's post from a day on, or that they act for their employer.

    With the first day of a post, today or later, the post is cancelled.
    """

    async def effect(tx: Transaction) -> AppointmentsView:
        left = await appointing.let_go(tx, person_id, body.ends_on, caller.person_id)
        return AppointmentsView(
            person_id=person_id,
            appointments=[AppointmentView.of(post) for post in left.appointments],
            employer_ends_on=left.employer_ends_on,
        )

    return await write(effect)


def _attributes(person: SealedPerson, post: store.SignInPost) -> dict[str, str]:
    given = {
        "centre_code": post.centre_code,
        "regional_office_code": post.regional_office_code,
        "employer_id": str(person.employer_id) if post.role == "employer" else None,
    }
    return {name: value for name, value in given.items() if value}


@router.get("/people/{person_id}/standings", responses=problem_responses(Forbidden))
async def tell_standings(person_id: str, caller: Annotated[Caller, allow("service")], read: Read) -> StandingsView:
    """The roles somebody holds today by the HR calendar, to services. Nothing personal, so no look is logged."""
    asked = asked_id(person_id)
    async with read() as tx:
        rows = await store.find_standings(tx, asked, (await clock(tx)).day) if asked else []
    return StandingsView(
        standings=[
            Standing(role=row["role"], attributes={place: str(row[place]) for place in _PLACES if row[place]})
            for row in rows
        ]
    )
