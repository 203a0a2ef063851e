"""Matches as a jobseeker sees them, candidates as an employer does, and what is new at a centre."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.forms.form import Form
from portal.jobseekers.own import own_registration, seeks
from portal.matches.views import Candidate, Match
from portal.services import Items, Section, part, section
from portal.vacancies.views import Vacancy
from portal.visit import CentreVisit, JobseekerVisit, SignedIn, Visit

router = APIRouter()

Cursor = Annotated[str | None, Query(max_length=1000)]


@router.get("/jobseeker/matches")
async def own_matches(visit: JobseekerVisit, cursor: Cursor = None) -> Response:
    """The vacancies that suit the visitor, the best first."""
    path = f"/jobseekers/{part(visit.person_id)}/matches"
    matches = await section(visit.matching.get(Items[Match], path, cursor=cursor))
    return visit.page("matches/list.html", matches=matches, seeks=await _seeks(visit, matches))


@router.get("/jobseeker/matches/newest")
async def newest(visit: JobseekerVisit) -> Response:
    """The best matches alone, for an open page to renew them."""
    path = f"/jobseekers/{part(visit.person_id)}/matches"
    matches = await section(visit.matching.get(Items[Match], path, limit=3))
    return visit.page("matches/newest.html", matches=matches, seeks=await _seeks(visit, matches))


async def _seeks(visit: Visit, matches: Section[Items[Match]]) -> bool:
    """Whether vacancies are sought for the visitor; asked only where none is shown, which then needs a reason."""
    if matches.value is None or matches.value.items:
        return True
    return seeks(await section(own_registration(visit)))


@router.get("/vacancies/{vacancy_id}/candidates")
async def candidates(visit: SignedIn, vacancy_id: str, cursor: Cursor = None) -> Response:
    """Whom a vacancy suits: for its employer of everybody who may be seen, for staff of all at their centre."""
    centre = None if visit.role == "employer" else visit.attribute("centre_code")
    vacancy = await visit.registration.get(Vacancy, f"/vacancies/{part(vacancy_id)}")
    found = await section(
        visit.matching.get(
            Items[Candidate], f"/vacancies/{part(vacancy_id)}/candidates", centre_code=centre, cursor=cursor
        )
    )
    return visit.page("matches/candidates.html", vacancy=vacancy, candidates=found)


@router.get("/counsellor/matches")
async def centre_matches(visit: CentreVisit, cursor: Cursor = None) -> Response:
    """The newest matches of the visitor's centre, each with a way to refer."""
    centre = visit.attribute("centre_code")
    found = await section(visit.matching.get(Items[Match], "/matches", centre_code=centre, cursor=cursor, limit=20))
    template = "matches/centre_rows.html" if visit.is_part else "matches/centre.html"
    return visit.page(template, matches=found, form=Form.shown({}))
