"""HTTP route of reversals: staff take back a placement that did not hold."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from ieum.database import Transaction
from ieum.http import Forbidden, Invalid, Write, problem_responses
from ieum.messaging import outbox
from matching.authority import Staff, require_centre
from matching.placements import store
from matching.placements.problems import AlreadyReversed
from matching.placements.views import PlacementView
from matching.reason import Reason
from matching.referrals.store import release_referral

router = APIRouter(prefix="/placements", tags=["placements"])


class Reversal(BaseModel):
    """Why a placement is taken back."""

    reason: Reason


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
