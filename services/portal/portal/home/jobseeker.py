"""A jobseeker's own first page."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from portal.jobseekers.own import own_registration, seeks
from portal.matches.views import Match
from portal.messages.views import Inbox
from portal.referrals.views import Referral
from portal.services import Items, part, section
from portal.visit import JobseekerVisit

router = APIRouter()


@router.get("/jobseeker")
async def home(visit: JobseekerVisit) -> Response:
    """Registration, best matches, referrals and newest messages at a glance."""
    mine = part(visit.person_id)
    registration, matches, referrals, messages = await asyncio.gather(
        section(own_registration(visit)),
        section(visit.matching.get(Items[Match], f"/jobseekers/{mine}/matches", limit=3)),
        section(visit.matching.get(Items[Referral], "/referrals", jobseeker_id=visit.person_id, limit=3)),
        section(visit.notifications.get(Inbox, "/messages", limit=5)),
    )
    return visit.page(
        "home/jobseeker.html",
        registration=registration,
        matches=matches,
        seeks=seeks(registration),
        referrals=referrals,
        messages=messages,
    )
