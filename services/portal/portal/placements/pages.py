"""The placements of a centre: list, record, reverse."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.forms.form import Form, text
from portal.forms.numbers import RULE, is_whole_number
from portal.language.words import N_
from portal.placements.views import Placement
from portal.services import Items, part, section
from portal.visit import CentreVisit, CounsellorVisit, Visit, attempt

router = APIRouter(prefix="/counsellor/placements")

PLACEMENT: Mapping[str, str] = {
    "jobseeker_id": N_("Jobseeker's number"),
    "vacancy_id": N_("Vacancy's number"),
    "source": N_("How it came about"),
    "hired_on": N_("First day of work"),
}
_NUMBERS = ("jobseeker_id", "vacancy_id")
REVERSAL: Mapping[str, str] = {"reason": N_("Reason")}


@router.get("")
async def placements(visit: CentreVisit, cursor: Annotated[str | None, Query(max_length=1000)] = None) -> Response:
    """The centre's placements, newest first."""
    centre = visit.attribute("centre_code")
    found = await section(visit.matching.get(Items[Placement], "/placements", centre_code=centre, cursor=cursor))
    return visit.page("placements/list.html", placements=found)


@router.get("/new")
async def new_placement(
    visit: CounsellorVisit,
    jobseeker_id: Annotated[str, Query(max_length=100)] = "",
    vacancy_id: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The form to record a hire that no referral led to."""
    values = {"jobseeker_id": jobseeker_id, "vacancy_id": vacancy_id, "source": "own_search", "hired_on": visit.today}
    return visit.page("placements/entry.html", form=Form.shown(PLACEMENT, values))


@router.post("")
async def record(visit: CounsellorVisit) -> Response:
    """Records a hire."""
    form = await visit.sent_form(PLACEMENT)
    short = [name for name in _NUMBERS if not is_whole_number(form.value(name).strip())]
    if short:
        form = form.wrong(RULE.model_copy(update={"field": name}) for name in short)
        return visit.page("placements/entry.html", visit.status_of(form), form=form)
    body = {
        "jobseeker_id": form.value("jobseeker_id").strip(),
        "vacancy_id": form.value("vacancy_id").strip(),
        "source": form.value("source"),
        "hired_on": text(form, "hired_on"),
    }
    kept, form = await attempt(form, visit.matching.send(Placement, "POST", "/placements", body, key=form.key))
    if kept is None:
        return visit.page("placements/entry.html", visit.status_of(form), form=form)
    return visit.go("/counsellor/placements", "placement_recorded")


@router.get("/{placement_id}")
async def placement(visit: CentreVisit, placement_id: str) -> Response:
    """A placement with the form to reverse it."""
    return await _placement(visit, placement_id, Form.shown(REVERSAL))


@router.post("/{placement_id}/reverse")
async def reverse(visit: CounsellorVisit, placement_id: str) -> Response:
    """Takes a hire back with a reason: it is no longer counted, and the vacancy's place is free again."""
    form = await visit.sent_form(REVERSAL)
    path = f"/placements/{part(placement_id)}/reverse"
    body = {"reason": form.value("reason").strip()}
    kept, form = await attempt(form, visit.matching.send(Placement, "POST", path, body, key=form.key))
    return (
        await _placement(visit, placement_id, form)
        if kept is None
        else visit.go("/counsellor/placements", "placement_reversed")
    )


async def _placement(visit: Visit, placement_id: str, form: Form) -> Response:
    one = await visit.matching.get(Placement, f"/placements/{part(placement_id)}")
    return visit.page("placements/placement.html", visit.status_of(form), one=one, form=form)
