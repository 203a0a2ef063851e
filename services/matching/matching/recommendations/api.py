"""HTTP routes of recommendations: a jobseeker's matches, what is new at a centre."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from ieum.database import Transaction
from ieum.http import Caller, Forbidden, Instant, Page, Paging, Read, Text, allow, problem_responses
from matching.authority import require_centre, require_sight_of
from matching.market import store as market
from matching.recommendations import rules, store
from matching.recommendations.store import MatchRow
from matching.recommendations.upkeep import match_id
from matching.recommendations.views import MatchedVacancyView, MatchView, parts_of
from matching.referrals.store import standing_referrals

router = APIRouter(tags=["recommendations"])


@router.get("/jobseekers/{jobseeker_id}/matches", responses=problem_responses(Forbidden))
async def matches_of_jobseeker(
    jobseeker_id: str,
    paging: Paging,
    caller: Annotated[Caller, allow("jobseeker", "counsellor", "director", "service")],
    read: Read,
) -> Page[MatchView]:
    """The best ten vacancies of a jobseeker, the best first."""
    seen = (paging.after(int) or (0,))[0]
    async with read() as tx:
        jobseeker = await market.find_jobseeker(tx, jobseeker_id)
        require_sight_of(caller, jobseeker_id, jobseeker)
        views = await _views(tx, await store.matches_of(tx, jobseeker_id))
    return paging.page([view for view in views if view.rank > seen], key=lambda view: (view.rank,))


@router.get("/matches", responses=problem_responses(Forbidden))
async def matches_of_centre(
    centre_code: Annotated[Text, Query(description="The caller's own centre")],
    paging: Paging,
    caller: Annotated[Caller, allow("counsellor", "director")],
    read: Read,
    since: Annotated[Instant | None, Query(description="Only what was proposed at or after this instant")] = None,
) -> Page[MatchView]:
    """The matches of a centre's jobseekers, the newest first."""
    require_centre(caller, centre_code)
    after = paging.after(datetime, str, str)
    async with read() as tx:
        views = await _views(tx, await store.matches_of_centre(tx, centre_code, since, after, paging.limit + 1))
    return paging.page(views, key=lambda view: (view.proposed_at, view.jobseeker_id, view.vacancy.vacancy_id))


async def _views(tx: Transaction, rows: Sequence[MatchRow]) -> list[MatchView]:
    """Matches in words, in the order given, judged anew from the same snapshot."""
    vacancies = await market.vacancies(tx, {row.vacancy_id for row in rows})
    jobseekers = await market.jobseekers(tx, {row.jobseeker_id for row in rows})
    referred = await standing_referrals(tx, [(row.jobseeker_id, row.vacancy_id) for row in rows])
    views = []
    for row in rows:
        vacancy, jobseeker = vacancies[row.vacancy_id], jobseekers[row.jobseeker_id]
        verdict = rules.judge(vacancy, jobseeker)
        if verdict is None:
            # Only while a new version of the rule is being put in force: the match is about to go.
            continue
        views.append(
            MatchView(
                match_id=match_id(row.jobseeker_id, row.vacancy_id),
                jobseeker_id=row.jobseeker_id,
                vacancy=MatchedVacancyView.of(vacancy),
                score=rules.total(verdict),
                rank=row.rank,
                parts=parts_of(verdict, vacancy, "jobseeker"),
                proposed_at=row.proposed_at,
                referral=referred.get((row.jobseeker_id, row.vacancy_id)),
            )
        )
    return views
