"""HTTP routes of placements: shown to those they concern; staff record hires that no referral brought."""

from datetime import datetime

from fastapi import APIRouter, Response

from ieum.database import Transaction
from ieum.http import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Page,
    Paging,
    Read,
    Write,
    problem_responses,
)
from ieum.messaging import outbox
from matching.authority import Asked, Concerned, Staff, list_filters, require_centre
from matching.market.problems import HearingAgain
from matching.placements import store
from matching.placements.problems import AlreadyPlaced, NoOpeningLeft
from matching.placements.recording import hold_pair, record_placement
from matching.placements.views import NewPlacement, PlacementView

router = APIRouter(prefix="/placements", tags=["placements"])


@router.get("", responses=problem_responses(Forbidden))
async def list_placements(
    paging: Paging,
    caller: Concerned,
    read: Read,
    centre_code: Asked = None,
    jobseeker_id: Asked = None,
) -> Page[PlacementView]:
    """Placements, the newest first: a jobseeker's own, or those of the caller's centre."""
    filters = list_filters(caller, {"centre_code": centre_code, "jobseeker_id": jobseeker_id})
    async with read() as tx:
        found = await store.placements(tx, filters, paging.after(datetime, str), paging.limit + 1)
    return paging.page([PlacementView.of(one) for one in found], key=lambda view: (view.recorded_at, view.placement_id))


@router.get("/{placement_id}", responses=problem_responses(Forbidden))
async def show_placement(placement_id: str, caller: Concerned, read: Read) -> PlacementView:
    """A placement, for those it concerns."""
    async with read() as tx:
        placement = await store.find_placement(tx, placement_id)
    if placement is None:
        raise Forbidden
    # Raises Forbidden for somebody else's.
    list_filters(caller, {"centre_code": placement.centre_code, "jobseeker_id": placement.jobseeker_id})
    return PlacementView.of(placement)


@router.post(
    "",
    status_code=201,
    response_model=PlacementView,
    responses=problem_responses(Forbidden, NotFound, Invalid, AlreadyPlaced, NoOpeningLeft, Conflict, HearingAgain),
)
async def record(body: NewPlacement, caller: Staff, write: Write) -> Response:
    """Record a hire of one of the centre's jobseekers."""

    async def effect(tx: Transaction) -> PlacementView:
        pair = await hold_pair(tx, body.vacancy_id, body.jobseeker_id)
        require_centre(caller, pair.jobseeker.centre_code)
        placement = await record_placement(
            tx,
            pair,
            source=body.source,
            referral_id=None,
            hired_on=body.hired_on,
            recorded_by=caller.person_id,
        )
        await outbox.add(tx, placement.placement_id, placement.recorded())
        return PlacementView.of(placement)

    return await write(effect, status=201)
