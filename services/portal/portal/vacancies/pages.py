"""An employer's vacancies: list, post, look at, change, pause, resume, close."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.codes.picking import is_looking, picker_of
from portal.forms.form import Form, text
from portal.referrals.views import Referral
from portal.services import Items, part, section
from portal.vacancies.entry import MOVE, VACANCY, body_of, form_of, new_form
from portal.vacancies.views import Vacancy
from portal.visit import EmployerVisit, Visit, attempt

router = APIRouter(prefix="/employer/vacancies")

STATES = ("open", "paused", "filled", "closed", "expired")
MOVES = {"pause": "vacancy_paused", "resume": "vacancy_resumed", "close": "vacancy_closed"}


@router.get("")
async def own_vacancies(
    visit: EmployerVisit,
    status: Annotated[str | None, Query(max_length=20)] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """The employer's vacancies, by state and words of the title."""
    found = await section(
        visit.registration.get(
            Items[Vacancy],
            "/vacancies",
            employer_id=visit.attribute("employer_id"),
            status=status or None,
            q=q or None,
            cursor=cursor,
            limit=20,
        )
    )
    return visit.page("vacancies/list.html", vacancies=found, state=status or "", q=q or "", states=STATES)


@router.get("/new")
async def new_vacancy(visit: EmployerVisit) -> Response:
    """The form of a new vacancy."""
    return await _entry(visit, new_form())


@router.post("")
async def open_vacancy(visit: EmployerVisit) -> Response:
    """Posts a vacancy."""
    form = await visit.sent_form(VACANCY)
    if is_looking(form):
        return await _entry(visit, form)
    body = {"employer_id": visit.attribute("employer_id"), **body_of(form)}
    vacancy, form = await attempt(form, visit.registration.send(Vacancy, "POST", "/vacancies", body, key=form.key))
    if vacancy is None:
        return await _entry(visit, form)
    return visit.go(f"/employer/vacancies/{vacancy.vacancy_id}", "vacancy_opened")


@router.get("/{vacancy_id}")
async def show_vacancy(visit: EmployerVisit, vacancy_id: str) -> Response:
    """A vacancy, what can be done with it, and its referrals."""
    return await _vacancy(visit, vacancy_id)


@router.get("/{vacancy_id}/change")
async def change_form(visit: EmployerVisit, vacancy_id: str) -> Response:
    """The form to change a vacancy."""
    vacancy, tag = await visit.registration.tagged(Vacancy, f"/vacancies/{part(vacancy_id)}")
    return await _entry(visit, form_of(vacancy, tag), vacancy_id)


@router.post("/{vacancy_id}/change")
async def change(visit: EmployerVisit, vacancy_id: str) -> Response:
    """Changes a vacancy, unless it was changed elsewhere meanwhile."""
    form = await visit.sent_form(VACANCY)
    if is_looking(form):
        return await _entry(visit, form, vacancy_id)
    vacancy, form = await attempt(
        form,
        visit.registration.send(
            Vacancy, "PUT", f"/vacancies/{part(vacancy_id)}", body_of(form), key=form.key, tag=form.tag
        ),
    )
    if vacancy is None:
        return await _entry(visit, form, vacancy_id)
    return visit.go(f"/employer/vacancies/{vacancy_id}", "vacancy_changed")


@router.post("/{vacancy_id}/{move}")
async def move(visit: EmployerVisit, vacancy_id: str, move: str) -> Response:
    """Pauses, resumes or closes a vacancy."""
    if move not in MOVES:
        return visit.not_found()
    form = await visit.sent_form(MOVE)
    body = {"reason": text(form, "reason")}
    path = f"/vacancies/{part(vacancy_id)}/{move}"
    vacancy, form = await attempt(
        form, visit.registration.send(Vacancy, "POST", path, body, key=form.key, tag=form.tag)
    )
    if vacancy is None:
        return await _vacancy(visit, vacancy_id, form, move)
    return visit.go(f"/employer/vacancies/{vacancy_id}", MOVES[move])


async def _vacancy(visit: Visit, vacancy_id: str, form: Form | None = None, moving: str | None = None) -> Response:
    (vacancy, tag), referrals = await asyncio.gather(
        visit.registration.tagged(Vacancy, f"/vacancies/{part(vacancy_id)}"),
        section(visit.matching.get(Items[Referral], "/referrals", employer_id=visit.attribute("employer_id"))),
    )
    return visit.page(
        "vacancies/vacancy.html",
        visit.status_of(form) if form else 200,
        vacancy=vacancy,
        form=form or Form.shown(MOVE, tag=tag),
        fresh=Form.shown(MOVE, tag=tag),
        moving=moving,
        referrals=referrals,
    )


async def _entry(visit: Visit, form: Form, vacancy_id: str | None = None) -> Response:
    occupations, regions = await asyncio.gather(
        visit.lists.occupations(visit.registration), visit.lists.regions(visit.registration)
    )
    return visit.page(
        "vacancies/entry.html",
        visit.status_of(form),
        form=form,
        vacancy_id=vacancy_id,
        picker=picker_of(form, occupations, "occupation_code", several=False),
        places=regions.places,
    )
