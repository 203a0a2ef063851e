"""The HTTP route of candidates."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ieum.http import Caller, Forbidden, NotFound, Page, Paging, Read, Text, allow, problem_responses
from matching.authority import require_centre, require_employer
from matching.candidates.search import best_candidates
from matching.candidates.store import proposals_of
from matching.market.store import find_vacancy
from matching.recommendations import rules
from matching.recommendations.views import PartView, parts_of
from matching.referrals.store import standing_referrals
from matching.referrals.views import StandingReferral

router = APIRouter(tags=["candidates"])


class CandidateView(BaseModel):
    """A jobseeker whom a vacancy suits, without anything that names them."""

    jobseeker_id: str
    score: int
    rank: int
    parts: list[PartView]
    proposed_at: datetime | None = Field(
        description="When the vacancy was proposed to them; null while ten others suit them better"
    )
    referral: StandingReferral | None


@router.get("/vacancies/{vacancy_id}/candidates", responses=problem_responses(Forbidden, NotFound))
async def candidates_of_vacancy(
    vacancy_id: str,
    paging: Paging,
    caller: Annotated[Caller, allow("employer", "counsellor", "director")],
    read: Read,
    centre_code: Annotated[Text | None, Query(description="Staff only: all jobseekers of their own centre")] = None,
) -> Page[CandidateView]:
    """The ten jobseekers whom a vacancy suits best, of those who let employers see them; without names."""
    if centre_code is not None:
        require_centre(caller, centre_code)
    seen = (paging.after(int) or (0,))[0]
    async with read() as tx:
        vacancy = await find_vacancy(tx, vacancy_id)
        if caller.role == "employer":
            require_employer(caller, vacancy)
        if vacancy is None:
            raise NotFound
        found = await best_candidates(tx, vacancy, centre_code)
        proposed = await proposals_of(tx, vacancy_id, [one.jobseeker.jobseeker_id for one in found])
        referred = await standing_referrals(tx, [(one.jobseeker.jobseeker_id, vacancy_id) for one in found])
    views = [
        CandidateView(
            jobseeker_id=jobseeker.jobseeker_id,
            score=rules.total(verdict),
            rank=rank,
            parts=parts_of(verdict, vacancy, "employer" if caller.role == "employer" else "staff"),
            proposed_at=proposed.get(jobseeker.jobseeker_id),
            referral=referred.get((jobseeker.jobseeker_id, vacancy_id)),
        )
        for rank, (jobseeker, verdict) in enumerate(found, 1)
    ]
    return paging.page([view for view in views if view.rank > seen], key=lambda view: (view.rank,))
