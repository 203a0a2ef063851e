"""HTTP route of the record looks: who has looked at a person's record."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel

from ieum.http import Caller, Forbidden, Page, Paging, Read, allow, problem_responses
from registration.people import store as people
from registration.people.authority import own_id, require_service
from registration.record_looks import store
from registration.record_looks.rules import ChainedLook
from registration.text.ids import asked_id

router = APIRouter(tags=["record looks"])


class LookView(BaseModel):
    """A look at a record: when, by whom, from where, at what of it, what for."""

    look_no: int
    looked_at: datetime
    viewer_id: str
    viewer_role: str
    came_from: str
    seen: str
    purpose: str

    @classmethod
    def of(cls, chained: ChainedLook) -> Self:
        """The look as shown."""
        look = chained.look
        return cls(
            look_no=chained.look_no,
            looked_at=look.looked_at,
            viewer_id=look.viewer_id,
            viewer_role=look.viewer_role,
            came_from=look.came_from,
            seen=look.seen,
            purpose=look.purpose,
        )


@router.get("/record-looks", responses=problem_responses(Forbidden))
async def list_looks(
    caller: Annotated[Caller, allow("jobseeker", "director")],
    paging: Paging,
    read: Read,
    person_id: Annotated[str, Query(max_length=50)],
) -> Page[LookView]:
    """Who has looked at a person's record, newest first: to the person, and to the director of their centre."""
    asked = asked_id(person_id)
    async with read() as tx:
        if caller.role == "jobseeker":
            if asked is None or asked != own_id(caller):
                raise Forbidden
        else:
            await require_service(tx, caller, await people.find_centre_of_jobseeker(tx, asked) if asked else None)
        if asked is None:
            raise Forbidden
        before = paging.after(int)
        found = await store.list_looks_at(tx, asked, before[0] if before else None, paging.limit + 1)
    return paging.page([LookView.of(look) for look in found], key=lambda view: (view.look_no,))
