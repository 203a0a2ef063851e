"""The HTTP route of candidates."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from ieum.http import Caller, Forbidden, NotFound, Page, Paging, Read, allow, problem_responses
from matching.authority import require_employer
from matching.candidates.search import best_candidates
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
    referral: StandingReferral | None


@router.get("/vacancies/{vacancy_id}/candidates", responses=problem_responses(Forbidden, NotFound))
async def candidates_of_vacancy(
    vacancy_id: str,
    paging: Paging,
    caller: Annotated[Caller, allow("employer", "counsellor", "director")],
    read: Read,
) -> Page[CandidateView]:
    """The ten jobseekers whom a vacancy suits best, of those who let employers see them; without names."""
    seen = (paging.after(int) or (0,))[0]
    async with read() as tx:
        vacancy = await find_vacancy(tx, vacancy_id)
        if caller.role == "employer":
            require_employer(caller, vacancy)
        if vacancy is None:
            raise NotFound
        found = await best_candidates(tx, vacancy)
        referred = await standing_referrals(tx, [(one.jobseeker.jobseeker_id, vacancy_id) for one in found])
    views = [
        CandidateView(
            jobseeker_id=jobseeker.jobseeker_id,
            score=rules.total(verdict),
            rank=rank,
            parts=parts_of(verdict, vacancy, "employer" if caller.role == "employer" else "staff"),
            referral=referred.get((jobseeker.jobseeker_id, vacancy_id)),
        )
        for rank, (jobseeker, verdict) in enumerate(found, 1)
    ]
    return paging.page([view for view in views if view.rank > seen], key=lambda view: (view.rank,))
