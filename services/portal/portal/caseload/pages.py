"""The jobseekers of a centre, one's record, and who looked at records."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.caseload.views import RecordLook
from portal.forms.form import Form
from portal.forms.numbers import RULE, is_whole_number
from portal.jobseekers.views import Jobseeker, Record
from portal.matches.views import Match
from portal.referrals.views import Referral
from portal.services import Items, part, section
from portal.visit import CentreVisit, LookedAtVisit

router = APIRouter()

Cursor = Annotated[str | None, Query(max_length=1000)]


@router.get("/counsellor/jobseekers")
async def jobseekers(
    visit: CentreVisit, q: Annotated[str | None, Query(max_length=100)] = None, cursor: Cursor = None
) -> Response:
    """The centre's jobseekers, names masked; a search by a whole name."""
    centre = visit.attribute("centre_code")
    found, occupations = await asyncio.gather(
        section(
            visit.registration.get(
                Items[Jobseeker], "/jobseekers", centre_code=centre, q=q or None, cursor=cursor, limit=25
            )
        ),
        section(visit.lists.occupations(visit.registration)),
    )
    return visit.page("caseload/list.html", jobseekers=found, q=q or "", occupations=occupations.value)


@router.get("/counsellor/jobseekers/{jobseeker_id}")
async def jobseeker(visit: CentreVisit, jobseeker_id: str) -> Response:
    """A jobseeker's matches and referrals. The record itself is opened only on request, because looks are logged."""
    mine = part(jobseeker_id)
    matches, referrals = await asyncio.gather(
        section(visit.matching.get(Items[Match], f"/jobseekers/{mine}/matches")),
        section(visit.matching.get(Items[Referral], "/referrals", jobseeker_id=jobseeker_id)),
    )
    return visit.page(
        "caseload/jobseeker.html", jobseeker_id=jobseeker_id, matches=matches, referrals=referrals, form=Form.shown({})
    )


@router.get("/counsellor/jobseekers/{jobseeker_id}/record")
async def record(
    visit: CentreVisit, jobseeker_id: str, purpose: Annotated[str, Query(max_length=200)] = "counselling"
) -> Response:
    """The whole record, with name and contact details. Registration keeps who looked, and what for."""
    kept = await visit.registration.get(
        Record, f"/jobseekers/{part(jobseeker_id)}", purpose=purpose.strip() or "counselling"
    )
    occupations, regions = await asyncio.gather(
        section(visit.lists.occupations(visit.registration)), section(visit.lists.regions(visit.registration))
    )
    return visit.page(
        "caseload/record.html",
        registration=kept,
        occupations=occupations.value.named(kept.wishes.occupations) if occupations.value else None,
        regions=regions.value.named(kept.wishes.regions) if regions.value else None,
    )


@router.get("/record-looks")
async def record_looks(
    visit: LookedAtVisit, person_id: Annotated[str | None, Query(max_length=50)] = None, cursor: Cursor = None
) -> Response:
    """Who looked at a record, and what for: jobseekers see who looked at theirs, directors at one of their centre."""
    whose = (person_id or "").strip() if visit.role == "director" else visit.person_id
    looks = None
    wrong = RULE if whose and not is_whole_number(whose) else None
    if whose and not wrong:
        asked = visit.registration.get(Items[RecordLook], "/record-looks", person_id=whose, cursor=cursor)
        looks = await section(asked)
    return visit.page("caseload/looks.html", looks=looks, whose=whose, wrong=wrong)
