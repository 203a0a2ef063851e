"""What somebody may sign in as today, for whoever issues tokens: asked again and again, so that a departure shows."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from ieum.http import Caller, Forbidden, Read, allow, problem_responses
from registration.people import store
from registration.reference.ids import asked_id

router = APIRouter(tags=["people"])

_PLACES = ("centre_code", "regional_office_code", "employer_id")


class Standing(BaseModel):
    """A role somebody holds today, and what a token in it says: the centre, regional office or employer."""

    role: str
    attributes: dict[str, str]


class StandingsView(BaseModel):
    """All roles somebody holds today; none for who has left, and for who never was known."""

    standings: list[Standing]


@router.get("/people/{person_id}/standings", responses=problem_responses(Forbidden))
async def tell_standings(person_id: str, caller: Annotated[Caller, allow("service")], read: Read) -> StandingsView:
    """The roles somebody holds today by the HR calendar, to services. Nothing personal, so no look is logged."""
    asked = asked_id(person_id)
    async with read() as tx:
        rows = await store.find_standings(tx, asked, await store.today(tx)) if asked else []
    return StandingsView(
        standings=[
            Standing(role=row["role"], attributes={place: str(row[place]) for place in _PLACES if row[place]})
            for row in rows
        ]
    )
