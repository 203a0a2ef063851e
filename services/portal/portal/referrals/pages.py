"""Referrals of a jobseeker, to an employer, from a centre."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.forms.form import Form, text, ticked
from portal.language.words import N_
from portal.referrals.views import Candidate, Referral, Vacancy
from portal.services import FieldError, Items, part, section
from portal.visit import CentreVisit, CounsellorVisit, EmployerVisit, JobseekerVisit, Visit, attempt

router = APIRouter()

Cursor = Annotated[str | None, Query(max_length=1000)]
State = Annotated[str | None, Query(max_length=20)]

ANSWER: Mapping[str, str] = {
    "answer": N_("Your answer"),
    "hired_on": N_("First day of work"),
    "reason": N_("Reason for declining"),
    "own_words": N_("Reason in your own words"),
}
_NO_ANSWER = FieldError(field="answer", rule="one of the answers chosen", ko="답변 하나를 골라야 합니다.")
WITHDRAWAL: Mapping[str, str] = {"reason": N_("Reason"), "own_words": N_("Reason in your own words")}
NEW: Mapping[str, str] = {
    "jobseeker_id": N_("Jobseeker"),
    "vacancy_id": N_("Vacancy"),
    "cv_consent": N_("I asked, and the jobseeker agrees to share the CV with this employer"),
}


@router.get("/jobseeker/referrals")
async def own_referrals(visit: JobseekerVisit, cursor: Cursor = None) -> Response:
    """Where the visitor was put forward, and what came of it."""
    found = await section(
        visit.matching.get(Items[Referral], "/referrals", jobseeker_id=visit.person_id, cursor=cursor)
    )
    return visit.page("referrals/own.html", referrals=found)


@router.post("/jobseeker/referrals/{referral_id}/withdraw")
async def decline_referral(visit: JobseekerVisit, referral_id: str) -> Response:
    """A jobseeker does not want to be put forward there after all."""
    form = await visit.sent_form()
    path = f"/referrals/{part(referral_id)}/withdraw"
    await visit.matching.send(Referral, "POST", path, {"reason": "jobseeker_asked"}, key=form.key)
    return visit.go("/jobseeker/referrals", "referral_withdrawn")


@router.get("/employer/referrals")
async def referrals_to_employer(visit: EmployerVisit, state: State = None, cursor: Cursor = None) -> Response:
    """Who was put forward to the employer."""
    return await _list(visit, "/employer/referrals", state, cursor, employer_id=visit.attribute("employer_id"))


@router.get("/employer/referrals/{referral_id}")
async def referral_to_answer(visit: EmployerVisit, referral_id: str) -> Response:
    """A referral with the form to answer it."""
    referral = await _referral(visit, referral_id)
    return visit.page("referrals/answer.html", one=referral, form=Form.shown(ANSWER, {"hired_on": visit.today}))


@router.get("/employer/referrals/{referral_id}/candidate")
async def candidate(visit: EmployerVisit, referral_id: str) -> Response:
    """
    Who was put forward, for the employer to reach them.

    Matching says whether they may, registration keeps who looked, and what for.
    """
    referral = await _referral(visit, referral_id)
    if not referral.shows_candidate:
        return visit.go(f"/employer/referrals/{referral_id}")
    purpose = f"referral {referral_id[:8]}: {referral.employer_name}"[:200]
    asked = visit.as_site("registration").get(
        Candidate, f"/contacts/{part(referral.jobseeker_id)}", purpose=purpose, for_employer_person=visit.person_id
    )
    return visit.page("referrals/candidate.html", one=referral, candidate=await section(asked))


@router.post("/employer/referrals/{referral_id}/answer")
async def answer(visit: EmployerVisit, referral_id: str) -> Response:
    """Answers with an interview, a refusal or a hire."""
    form = await visit.sent_form(ANSWER)
    if not form.value("answer"):
        one, form = await _referral(visit, referral_id), form.wrong([_NO_ANSWER])
        return visit.page("referrals/answer.html", visit.status_of(form), one=one, form=form)
    hired = form.value("answer") == "hired"
    body = {
        "answer": form.value("answer"),
        "reason": reason_of(form) if form.value("answer") == "declined" else text(form, "own_words"),
        "hired_on": text(form, "hired_on") if hired else None,
    }
    path = f"/referrals/{part(referral_id)}/answer"
    done, form = await attempt(form, visit.matching.send(Referral, "POST", path, body, key=form.key))
    if done is None:
        one = await _referral(visit, referral_id)
        return visit.page("referrals/answer.html", visit.status_of(form), one=one, form=form)
    return visit.go(f"/employer/referrals/{referral_id}", "referral_answered")


@router.get("/counsellor/referrals")
async def referrals_of_centre(visit: CentreVisit, state: State = None, cursor: Cursor = None) -> Response:
    """The referrals the centre made."""
    return await _list(visit, "/counsellor/referrals", state, cursor, centre_code=visit.attribute("centre_code"))


@router.post("/counsellor/referrals")
async def refer(visit: CounsellorVisit) -> Response:
    """Puts a jobseeker forward to a vacancy."""
    form = await visit.sent_form(NEW)
    body = {
        "jobseeker_id": form.value("jobseeker_id"),
        "vacancy_id": form.value("vacancy_id"),
        "cv_consent": ticked(form, "cv_consent"),
    }
    made, form = await attempt(form, visit.matching.send(Referral, "POST", "/referrals", body, key=form.key))
    if made is None:
        vacancy = await section(visit.registration.get(Vacancy, f"/vacancies/{part(form.value('vacancy_id'))}"))
        return visit.page("referrals/refused.html", visit.status_of(form), form=form, vacancy=vacancy)
    return visit.go(f"/counsellor/referrals/{made.referral_id}", "referral_made")


@router.get("/counsellor/referrals/{referral_id}")
async def referral_of_centre(visit: CentreVisit, referral_id: str) -> Response:
    """A referral with the form to withdraw it."""
    return visit.page("referrals/referral.html", one=await _referral(visit, referral_id), form=Form.shown(WITHDRAWAL))


@router.post("/counsellor/referrals/{referral_id}/withdraw")
async def withdraw(visit: CounsellorVisit, referral_id: str) -> Response:
    """Takes a referral back with a reason."""
    form = await visit.sent_form(WITHDRAWAL)
    path = f"/referrals/{part(referral_id)}/withdraw"
    body = {"reason": reason_of(form)}
    done, form = await attempt(form, visit.matching.send(Referral, "POST", path, body, key=form.key))
    if done is None:
        one = await _referral(visit, referral_id)
        return visit.page("referrals/referral.html", visit.status_of(form), one=one, form=form)
    return visit.go(f"/counsellor/referrals/{referral_id}", "referral_withdrawn")


def reason_of(form: Form) -> str | None:
    """A reason in own words, else the one chosen from the list."""
    return text(form, "own_words") or text(form, "reason")


async def _referral(visit: Visit, referral_id: str) -> Referral:
    return await visit.matching.get(Referral, f"/referrals/{part(referral_id)}")


async def _list(visit: Visit, path: str, state: str | None, cursor: str | None, **whose: str) -> Response:
    found = await section(
        visit.matching.get(Items[Referral], "/referrals", state=state or None, cursor=cursor, **whose)
    )
    template = "referrals/rows.html" if visit.is_part else "referrals/list.html"
    return visit.page(template, referrals=found, path=path, state=state or "")
