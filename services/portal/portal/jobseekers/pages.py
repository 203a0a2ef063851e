"""A jobseeker's registration, change and stop."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from portal.codes.picking import is_looking, picker_of
from portal.forms.form import Form
from portal.jobseekers.entry import REGISTRATION, STOP, body_of, form_of, new_form
from portal.jobseekers.own import own_registration
from portal.jobseekers.views import Jobseeker, Record
from portal.language.names import english
from portal.services import part, section
from portal.visit import JobseekerVisit, Visit, attempt

router = APIRouter(prefix="/jobseeker")


@router.get("/registration")
async def registration(visit: JobseekerVisit) -> Response:
    """The registration as it stands, or the form to make one."""
    kept = await own_registration(visit)
    if kept is None or not kept[0].is_registered:
        former = kept[0] if kept else None
        assert visit.person is not None
        name = "" if visit.person.is_new else visit.person.name
        centre_code = visit.person.attributes.get("centre_code")
        form = form_of(former, "") if former else new_form(name, visit.language, centre_code)
        return await _entry(visit, form, former=former)
    occupations, regions = await asyncio.gather(
        section(visit.lists.occupations(visit.registration)), section(visit.lists.regions(visit.registration))
    )
    return visit.page(
        "jobseekers/registration.html",
        registration=kept[0],
        occupations=occupations.value.named(kept[0].wishes.occupations) if occupations.value else None,
        regions=regions.value.named(kept[0].wishes.regions) if regions.value else None,
        stop=Form.shown(STOP, tag=kept[1]),
    )


@router.post("/registration")
async def register(visit: JobseekerVisit) -> Response:
    """Registers."""
    form = await visit.sent_form(REGISTRATION)
    if is_looking(form):
        return await _entry(visit, form)
    answer, form = await attempt(
        form, visit.registration.send(Jobseeker, "POST", "/jobseekers", body_of(form), key=form.key)
    )
    if answer is None:
        return await _entry(visit, form)
    done = visit.go("/jobseeker", "registered")
    assert visit.person is not None
    visit.sign_in(done, visit.person.model_copy(update={"name": body_of(form)["person"]["name"]}))
    return done


@router.get("/registration/change")
async def change_form(visit: JobseekerVisit) -> Response:
    """The form to change wishes and contact details."""
    kept = await own_registration(visit)
    if kept is None or not kept[0].is_registered:
        return visit.go("/jobseeker/registration")
    return await _entry(visit, form_of(*kept), change=True)


@router.post("/registration/change")
async def change(visit: JobseekerVisit) -> Response:
    """Changes the registration, unless it was changed elsewhere meanwhile."""
    form = await visit.sent_form(REGISTRATION)
    if is_looking(form):
        return await _entry(visit, form, change=True)
    path = f"/jobseekers/{part(visit.person_id)}"
    answer, form = await attempt(
        form, visit.registration.send(Jobseeker, "PUT", path, body_of(form), key=form.key, tag=form.tag)
    )
    return (
        visit.go("/jobseeker/registration", "registration_changed")
        if answer
        else await _entry(visit, form, change=True)
    )


@router.post("/registration/stop")
async def stop(visit: JobseekerVisit) -> Response:
    """Ends the registration with a reason."""
    form = await visit.sent_form(STOP)
    path = f"/jobseekers/{part(visit.person_id)}/stop"
    body = {"reason": form.value("reason")}
    answer, form = await attempt(
        form, visit.registration.send(Jobseeker, "POST", path, body, key=form.key, tag=form.tag)
    )
    if answer:
        return visit.go("/jobseeker", "registration_stopped")
    return visit.page("jobseekers/stop.html", visit.status_of(form), stop=form)


async def _entry(visit: Visit, form: Form, *, change: bool = False, former: Record | None = None) -> Response:
    occupations, regions, centres = await asyncio.gather(
        visit.lists.occupations(visit.registration),
        visit.lists.regions(visit.registration),
        visit.lists.centres(visit.registration),
    )
    return visit.page(
        "jobseekers/entry.html",
        visit.status_of(form),
        form=form,
        change=change,
        former=former,
        picker=picker_of(form, occupations, "wishes.occupations", several=True),
        regions=regions,
        centres=_by_name({centre.code: centre.name for centre in centres}, visit.language),
    )


def _by_name(centres: dict[str, str], language: str) -> dict[str, str]:
    """Centres in the order in which the reader looks for one: by the names that are shown."""
    said = centres if language == "ko" else {code: english(name) for code, name in centres.items()}
    return dict(sorted(said.items(), key=lambda entry: entry[1]))
