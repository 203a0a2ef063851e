"""HTTP routes of jobseekers: register, change, stop, look, and why somebody was refused."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response

from ieum.database import Database, Transaction
from ieum.http import (
    Caller,
    Forbidden,
    IfMatch,
    NotFound,
    Page,
    Paging,
    Read,
    StaleVersion,
    Write,
    allow,
    etag,
    problem_responses,
)
from ieum.messaging import outbox
from registration.clock.store import instant
from registration.jobseekers import registering, store
from registration.jobseekers.forms import (
    JobseekerForm,
    JobseekerRecord,
    JobseekerView,
    PeriodView,
    PersonView,
    RefusalView,
    StopForm,
)
from registration.jobseekers.jobseeker import Jobseeker
from registration.jobseekers.problems import (
    AlreadyRegistered,
    DuplicateRegistration,
    RegistrationRefused,
    RegistrationStopped,
)
from registration.jobseekers.rules import RULES_VERSION
from registration.people import store as people
from registration.people.authority import own_id, require_service
from registration.people.dependencies import Sealed
from registration.people.person import name_key, unseal
from registration.record_looks.looking import Looks, Purpose
from registration.reference.codes import is_centre
from registration.text.ids import asked_id

router = APIRouter(tags=["jobseekers"])

OwnOrStaff = Annotated[Caller, allow("jobseeker", "counsellor", "director")]
Staff = Annotated[Caller, allow("counsellor", "director")]


@router.post(
    "/jobseekers",
    status_code=201,
    response_model=JobseekerView,
    responses=problem_responses(Forbidden, RegistrationRefused, DuplicateRegistration, AlreadyRegistered),
)
async def register_jobseeker(
    body: JobseekerForm, caller: OwnOrStaff, sealing: Sealed, write: Write, request: Request
) -> Response:
    """Register oneself, or as staff somebody else at one's own centre. The answer holds no name and no address."""
    on_behalf = caller.role != "jobseeker"
    person_id = None if on_behalf else own_id(caller)

    async def effect(tx: Transaction) -> JobseekerView:
        if on_behalf:
            await require_service(tx, caller, body.centre_code)
        return await _tell(
            tx,
            await registering.register(
                tx, body.request(), sealing, person_id=person_id, registered_by=caller.person_id
            ),
        )

    return await _keeping_refusals(
        request, body, on_behalf, False, lambda: write(effect, status=201, location=_location)
    )


@router.put(
    "/jobseekers/{jobseeker_id}",
    response_model=JobseekerView,
    responses=problem_responses(
        Forbidden, RegistrationRefused, DuplicateRegistration, RegistrationStopped, StaleVersion
    ),
)
async def change_jobseeker(
    jobseeker_id: str,
    body: JobseekerForm,
    caller: OwnOrStaff,
    version: IfMatch,
    sealing: Sealed,
    write: Write,
    request: Request,
) -> Response:
    """Put this registration in place of the present one. Withdrawing consent to matching takes effect at once."""

    async def effect(tx: Transaction) -> JobseekerView:
        # Names are locked before rows everywhere, so that two who do both cannot wait for each other.
        await people.lock_name(tx, name_key(body.person.name, sealing))
        kept = await _held(tx, caller, jobseeker_id)
        return await _tell(tx, await registering.change(tx, kept, body.request(), sealing, version=version))

    return await _keeping_refusals(request, body, caller.role != "jobseeker", True, lambda: write(effect))


@router.post(
    "/jobseekers/{jobseeker_id}/stop",
    response_model=JobseekerView,
    responses=problem_responses(Forbidden, RegistrationStopped, StaleVersion),
)
async def stop_jobseeker(
    jobseeker_id: str, body: StopForm, caller: OwnOrStaff, version: IfMatch, write: Write
) -> Response:
    """End the registration period."""

    async def effect(tx: Transaction) -> JobseekerView:
        kept = await _held(tx, caller, jobseeker_id)
        return await _tell(tx, await registering.stop(tx, kept, body.reason, version=version))

    return await write(effect)


@router.get("/jobseekers/{jobseeker_id}", responses=problem_responses(Forbidden, NotFound))
async def look_at_jobseeker(
    jobseeker_id: str,
    caller: OwnOrStaff,
    sealing: Sealed,
    looks: Looks,
    response: Response,
    purpose: Purpose = "counselling",
) -> JobseekerRecord:
    """The whole record, to the jobseeker and to the centre's staff. Every look is kept, one's own too."""
    async with looks.transaction() as tx:
        kept = await _allowed(tx, caller, jobseeker_id, store.find_jobseeker)
        person = await people.find_person(tx, kept.jobseeker_id)
        if person is None:  # the row references it
            raise NotFound
        record = JobseekerRecord.of(
            kept,
            person.name_masked,
            person=PersonView.of(unseal(person, sealing)),
            periods=[PeriodView.of(period) for period in await store.list_periods(tx, kept.jobseeker_id)],
            consented_at=kept.consented_at,
        )
        await looks.note(tx, caller, kept.jobseeker_id, "record", purpose)
    response.headers["ETag"] = etag(record.version)
    response.headers["Cache-Control"] = "no-store"
    return record


@router.get("/jobseekers", responses=problem_responses(Forbidden))
async def list_jobseekers(
    caller: Staff,
    paging: Paging,
    sealing: Sealed,
    looks: Looks,
    centre_code: Annotated[str, Query(max_length=10)],
    q: Annotated[str | None, Query(max_length=100, description="A whole name")] = None,
) -> Page[JobseekerView]:
    """A centre's jobseekers, newest change first, names masked, to its staff. Looking through the list is kept."""
    async with looks.transaction() as tx:
        await require_service(tx, caller, centre_code)
        found = await store.list_jobseekers(
            tx, centre_code, name_key(q, sealing) if q else None, paging.after(datetime, UUID), paging.limit + 1
        )
        await looks.note(tx, caller, None, f"list:{centre_code}", "search" if q else "list")
    views = [JobseekerView.of(jobseeker, name) for jobseeker, name in found]
    return paging.page(views, key=lambda view: (view.changed_at, view.jobseeker_id))


@router.get("/refusals", responses=problem_responses(Forbidden))
async def list_refusals(
    caller: Annotated[Caller, allow("counsellor", "director", "ministry")],
    paging: Paging,
    read: Read,
    centre_code: Annotated[str | None, Query(max_length=10)] = None,
) -> Page[RefusalView]:
    """Why registrations were refused, newest first: a centre's to its staff, all to the ministry."""
    async with read() as tx:
        if caller.role != "ministry":
            await require_service(tx, caller, centre_code)
        found = await store.list_refusals(tx, centre_code, paging.after(datetime, UUID), paging.limit + 1)
    return paging.page([RefusalView.of(r) for r in found], key=lambda view: (view.refused_at, view.refusal_id))


async def _held(tx: Transaction, caller: Caller, jobseeker_id: str) -> Jobseeker:
    """The jobseeker with the row held, for whoever may change them."""

    async def lock(tx: Transaction, found: UUID) -> Jobseeker | None:
        return (await store.lock_jobseekers(tx, [found])).get(found)

    return await _allowed(tx, caller, jobseeker_id, lock)


async def _allowed(
    tx: Transaction,
    caller: Caller,
    jobseeker_id: str,
    find: Callable[[Transaction, UUID], Awaitable[Jobseeker | None]],
) -> Jobseeker:
    """
    The jobseeker, if the caller may see them. Raises Forbidden, and NotFound only to somebody who asks for themselves.

    A record that is not there is as forbidden as somebody else's: the answer must not tell who is registered.
    """
    asked = asked_id(jobseeker_id)
    if caller.role == "jobseeker":
        if asked is None or asked != own_id(caller):
            raise Forbidden
        found = await find(tx, asked)
        if found is None:
            raise NotFound
        return found
    found = await find(tx, asked) if asked else None
    await require_service(tx, caller, found.centre_code if found else None)
    if found is None:
        raise Forbidden
    return found


async def _tell(tx: Transaction, done: registering.Done) -> JobseekerView:
    await outbox.add(tx, str(done.jobseeker.jobseeker_id), *done.facts)
    return JobseekerView.of(done.jobseeker, done.name_masked)


def _location(view: JobseekerView) -> str:
    return f"/jobseekers/{view.jobseeker_id}"


async def _keeping_refusals(
    request: Request, body: JobseekerForm, on_behalf: bool, change: bool, attempt: Callable[[], Awaitable[Response]]
) -> Response:
    """Run the attempt; keep why it was refused in a transaction of its own, since its own was undone."""
    try:
        return await attempt()
    except (RegistrationRefused, DuplicateRegistration) as refused:
        problem = refused
    database: Database = request.app.state.database
    async with database.transaction() as tx:
        refusal = store.Refusal(
            refusal_id=uuid4(),
            refused_at=await instant(tx),
            rules_version=RULES_VERSION,
            centre_code=body.centre_code if is_centre(body.centre_code) else None,
            on_behalf=on_behalf,
            change=change,
            reasons=problem.reasons,
        )
        await store.save_refusal(tx, refusal)
    raise problem
