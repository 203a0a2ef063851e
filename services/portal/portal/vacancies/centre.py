"""Vacancies as staff look for them, to see whom of their centre one suits."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.services import Items, section
from portal.vacancies.views import Vacancy
from portal.visit import CentreVisit

router = APIRouter()


@router.get("/counsellor/vacancies")
async def open_vacancies(
    visit: CentreVisit,
    where: Literal["centre", "nation"] = "centre",
    q: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Open vacancies of the centre's area or the whole country, by words of title or employer."""
    centre = visit.attribute("centre_code")
    found = await section(
        visit.registration.get(
            Items[Vacancy],
            "/vacancies",
            status="open",
            centre_code=centre if where == "centre" else None,
            q=q or None,
            cursor=cursor,
            limit=20,
        )
    )
    return visit.page("vacancies/centre.html", vacancies=found, q=q or "", where=where)
