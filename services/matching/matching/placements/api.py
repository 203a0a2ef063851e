"""HTTP routes of placements: staff record hires that no referral brought, and reverse what did not hold."""

from datetime import datetime
from typing import Annotated

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
    problem_responses,
)
from ieum.messaging import outbox
from matching.authority import CENTRE_STAFF, list_filters, require_centre
from matching.placements import store
from matching.placements.problems import AlreadyPlaced, AlreadyReversed, NoOpeningLeft
from matching.placements.recording import hold_pair, record_placement
from matching.placements.views import NewPlacement, PlacementView, Reversal
from matching.referrals.store import release_referral

router = APIRouter(prefix="/placements", tags=["placements"])

Staff = Annotated[Caller, allow(*CENTRE_STAFF)]


@router.get("", responses=problem_responses(Forbidden))
async def list_placements(
    paging: Paging,
    caller: Annotated[Caller, allow("jobseeker", *CENTRE_STAFF, "service")],
    read: Read,
    centre_code: Annotated[Text | None, Query()] = None,
    jobseeker_id: Annotated[Text | None, Query()] = None,
) -> Page[PlacementView]:
    """Placements, the newest first: a jobseeker's own, or those of the caller's centre."""
    filters = list_filters(caller, {"centre_code": centre_code, "jobseeker_id": jobseeker_id})
    async with read() as tx:
        found = await store.placements(tx, filters, paging.after(datetime, str), paging.limit + 1)
    return paging.page([PlacementView.of(one) for one in found], key=lambda view: (view.recorded_at, view.placement_id))


@router.get("/{placement_id}", responses=problem_responses(Forbidden))
async def show_placement(
    placement_id: str, caller: Annotated[Caller, allow("jobseeker", *CENTRE_STAFF, "service")], read: Read
) -> PlacementView:
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
    responses=problem_responses(Forbidden, NotFound, Invalid, AlreadyPlaced, NoOpeningLeft, Conflict),
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


@router.post(
    "/{placement_id}/reverse",
    response_model=PlacementView,
    responses=problem_responses(Forbidden, Invalid, AlreadyReversed),
)
async def reverse(placement_id: str, body: Reversal, caller: Staff, write: Write) -> Response:
    """
    Take back a placement of the centre, once, with a reason.

    The two may then be referred to each other again.
    """

    async def effect(tx: Transaction) -> PlacementView:
        placement = await store.find_placement(tx, placement_id)
        if placement is None:
            raise Forbidden
        require_centre(caller, placement.centre_code)
        # Referrals are locked before placements everywhere.
        if placement.referral_id is not None:
            await release_referral(tx, placement.referral_id)
        taken_back = await store.reverse_placement(tx, placement_id, caller.person_id, body.reason)
        if taken_back is None:
            raise AlreadyReversed
        await outbox.add(tx, placement_id, taken_back.reversed())
        return PlacementView.of(taken_back)

    return await write(effect)
