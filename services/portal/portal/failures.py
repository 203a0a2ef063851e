"""What a visitor sees when a page cannot be shown: who may not see it, what is not there, which service is silent."""

from collections.abc import Sequence

from fastapi import FastAPI, Request
from starlette.responses import Response

from ieum.http import Problem
from portal.forms.guard import ForeignForm
from portal.language.words import N_
from portal.layout.headers import SAFETY
from portal.services import FieldError, NotAnId, Refused, Unavailable
from portal.sign_in.standing import NoLongerHeld
from portal.visit import NotForThisRole, SignInNeeded, Visit

_SERVICE_SILENT = N_(
    "A service that this page cannot do without is not available at the moment. Nothing is lost; "
    "please try again in a little while."
)


def handle_failures(app: FastAPI) -> None:
    """Registers the answers to what pages raise."""
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(NotForThisRole, _not_for_this_role)
    app.add_exception_handler(NoLongerHeld, _no_longer_held)
    app.add_exception_handler(NotAnId, _nothing_there)
    app.add_exception_handler(ForeignForm, _foreign_form)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Unavailable, _unavailable)


def problem_page(request: Request, problem: Problem) -> Response | None:
    """A problem of the portal itself as a page, for whoever reads pages."""
    if "text/html" not in request.headers.get("accept", ""):
        return None
    visit = Visit(request)
    detail = problem.detail if isinstance(problem.detail, str) else (problem.detail or {}).get(visit.language)
    broken = [FieldError.model_validate(error.model_dump()) for error in problem.errors]
    answer = _page(visit, problem.title(visit.language), detail or "", problem.status, broken=broken)
    # What fails outside of the layer that adds them elsewhere is as safe as any other page.
    answer.headers.update({**SAFETY, **problem.headers})
    return answer


async def _ask_to_sign_in(request: Request, _: Exception) -> Response:
    visit = Visit(request)
    if visit.is_part:
        return Response(status_code=401)
    return visit.go("/#sign-in", "sign_in_needed")


async def _not_for_this_role(request: Request, _: Exception) -> Response:
    return _page(
        Visit(request),
        N_("This page is for another role"),
        N_("Sign out and choose somebody with that role to see it."),
        403,
    )


async def _nothing_there(request: Request, _: Exception) -> Response:
    return Visit(request).not_found()


async def _no_longer_held(request: Request, _: Exception) -> Response:
    visit = Visit(request)
    # What an open page fetches by itself cannot explain anything: the session is left for the page that does.
    if visit.is_part:
        return Response(status_code=401, headers={"HX-Refresh": "true"})
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=401)
    visit.person = None
    answer = _page(
        visit,
        N_("You no longer hold this role"),
        N_("Your post has ended or changed, so you were signed out. If you have a new one, sign in again."),
        403,
        tone="warning",
    )
    visit.sign_out(answer)
    return answer


async def _foreign_form(request: Request, _: Exception) -> Response:
    return _page(
        Visit(request),
        N_("The form could not be taken"),
        N_(
            "It was opened before you signed in, or too long ago. "
            "Go back, load the page again and send the form once more."
        ),
        403,
    )


async def _refused(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, Refused)
    problem = failure.problem
    heading = problem.title or N_("This cannot be shown")
    return _page(Visit(request), heading, problem.detail or "", problem.status, broken=problem.errors or ())


async def _unavailable(request: Request, failure: Exception) -> Response:
    answer = _page(Visit(request), N_("Not available at the moment"), _SERVICE_SILENT, 503, tone="warning")
    answer.headers["Retry-After"] = "5"
    return answer


def _page(
    visit: Visit,
    heading: str,
    explanation: str,
    status: int,
    tone: str = "danger",
    broken: Sequence[FieldError] = (),
) -> Response:
    return visit.page("layout/problem.html", status, heading=heading, explanation=explanation, tone=tone, broken=broken)
