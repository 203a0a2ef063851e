"""HTTP routes of employers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response

from ieum.database import Transaction
from ieum.http import (
    Caller,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Page,
    Paging,
    Read,
    Text,
    Write,
    allow,
    etag,
    problem_responses,
)
from ieum.messaging import outbox
from registration.employers import store
from registration.employers.employer import NewEmployer
from registration.employers.events import EmployerRegistered
from registration.employers.forms import EmployerForm, EmployerView
from registration.employers.rules import broken_employer, business_number
from registration.reference.codes import centre_of_region
from registration.text.forms import field_errors
from registration.text.ids import asked_id

router = APIRouter(tags=["employers"])


class BusinessNumberTaken(Conflict):
    """An employer with this business number is registered already."""

    ko = "이 사업자등록번호로 이미 등록된 기업이 있습니다."


@router.post(
    "/employers",
    status_code=201,
    response_model=EmployerView,
    responses=problem_responses(Forbidden, BusinessNumberTaken, Invalid),
)
async def register_employer(
    body: EmployerForm, caller: Annotated[Caller, allow("employer", "counsellor", "director")], write: Write
) -> Response:
    """Register an employer; the centre is the one that serves its region."""
    broken = broken_employer(body.business_number, body.name, body.region_code, body.industry or "")
    number, centre_code = business_number(body.business_number), centre_of_region(body.region_code)
    if broken or number is None or centre_code is None:
        raise Invalid(errors=field_errors(broken))

    async def effect(tx: Transaction) -> EmployerView:
        new = NewEmployer(uuid4(), number, body.name, body.region_code, centre_code, body.industry or None, "portal")
        saved = await store.save_new_employers(tx, [new], caller.person_id)
        if not saved:
            raise BusinessNumberTaken
        event = EmployerRegistered(
            name=new.name, region_code=new.region_code, centre_code=new.centre_code, industry=new.industry
        )
        await outbox.add(tx, str(new.employer_id), event)
        return EmployerView.of(saved[0])

    return await write(effect, status=201, location=lambda view: f"/employers/{view.employer_id}")


@router.get("/employers", responses=problem_responses(Invalid))
async def list_employers(
    caller: Annotated[Caller, allow()],
    paging: Paging,
    read: Read,
    centre_code: Annotated[str | None, Query(max_length=10)] = None,
    number: Annotated[str | None, Query(max_length=20, alias="business_number")] = None,
    q: Annotated[Text | None, Query(max_length=100, description="Words of the name")] = None,
) -> Page[EmployerView]:
    """Employers, newest first."""
    async with read() as tx:
        found = await store.newest_employers(
            tx,
            centre_code=centre_code,
            business_number=number.replace("-", "") if number else None,
            words=q or None,
            after=paging.after(datetime, UUID),
            limit=paging.limit + 1,
        )
    return paging.page([EmployerView.of(one) for one in found], key=lambda one: (one.registered_at, one.employer_id))


@router.get("/employers/{employer_id}", responses=problem_responses(NotFound))
async def look_at_employer(
    employer_id: str,
    caller: Annotated[Caller, allow()],
    read: Read,
    response: Response,
) -> EmployerView:
    """One employer."""
    asked = asked_id(employer_id)
    async with read() as tx:
        found = await store.find_employer(tx, asked) if asked else None
    if found is None:
        raise NotFound
    response.headers["ETag"] = etag(found.version)
    return EmployerView.of(found)
