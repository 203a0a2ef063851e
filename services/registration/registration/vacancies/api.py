"""HTTP routes of vacancies: open, change, pause, resume, close, look, list, publish."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from ieum.database import Transaction
from ieum.http import (
    Caller,
    Conflict,
    Forbidden,
    IfMatch,
    Invalid,
    NotFound,
    Page,
    Paging,
    Read,
    StaleVersion,
    Text,
    Write,
    allow,
    check_version,
    etag,
    problem_responses,
)
from ieum.messaging import outbox
from registration.clock.store import clock
from registration.employers.store import find_employer
from registration.reference.codes import centre_of_region
from registration.text.forms import field_errors
from registration.text.ids import asked_id
from registration.text.lines import Broken
from registration.vacancies import store
from registration.vacancies.authority import require_authority
from registration.vacancies.changing import Whose, change_terms
from registration.vacancies.forms import ReasonForm, TermsForm, VacancyForm, VacancyView
from registration.vacancies.moving import Wish, fill_hired, move_locked
from registration.vacancies.posting import MEDIA_TYPE, job_posting
from registration.vacancies.rules import Move, Status, Terms, after, broken_closing_day, broken_terms
from registration.vacancies.telling import opened
from registration.vacancies.vacancy import NewVacancy, Vacancy

router = APIRouter(tags=["vacancies"])

EmployerOrStaff = Annotated[Caller, allow("employer", "counsellor", "director")]


class NoSuchMove(Conflict):
    """The state of the vacancy does not allow this."""

    ko = "현재 구인 상태에서는 할 수 없는 작업입니다."


class VacancyNotOpen(NotFound):
    """The vacancy is not open, so it is not published."""

    ko = "모집 중이 아닌 구인은 게시되지 않습니다."


_NO_EMPLOYER = [Broken("employer_id", "a registered employer", "등록된 기업이어야 합니다.")]


def _checked(terms: Terms) -> tuple[Terms, str]:
    """The terms and the centre that serves their region. Raises Invalid with everything that is broken."""
    broken = broken_terms(terms)
    centre_code = centre_of_region(terms.region_code)
    if broken or centre_code is None:
        raise Invalid(errors=field_errors(broken))
    return terms, centre_code


async def _require_open_day(tx: Transaction, terms: Terms) -> None:
    if broken := broken_closing_day(terms.closes_on, (await clock(tx)).day):
        raise Invalid(errors=field_errors(broken))


async def _held(tx: Transaction, caller: Caller, vacancy_id: str, version: int) -> Vacancy:
    """The vacancy, locked, for a caller who may change it and knows its version."""
    asked = asked_id(vacancy_id)
    vacancy = (await store.lock_vacancies(tx, [asked])).get(asked) if asked else None
    if vacancy is None:
        raise NotFound
    await require_authority(tx, caller, vacancy.employer_id, vacancy.centre_code)
    check_version(vacancy.version, version)
    return vacancy


async def _view(tx: Transaction, vacancy_id: UUID) -> VacancyView:
    vacancy = await store.find_vacancy(tx, vacancy_id)
    if vacancy is None:
        raise NotFound
    return VacancyView.of(vacancy, await store.count_hires(tx, [str(vacancy_id)]))


@router.post(
    "/vacancies",
    status_code=201,
    response_model=VacancyView,
    responses=problem_responses(Forbidden, Invalid),
)
async def open_vacancy(body: VacancyForm, caller: EmployerOrStaff, write: Write) -> Response:
    """Open a vacancy at the centre that serves its region."""
    terms, centre_code = _checked(body.terms())

    async def effect(tx: Transaction) -> VacancyView:
        await require_authority(tx, caller, body.employer_id, centre_code)
        employer = await find_employer(tx, body.employer_id)
        if employer is None:
            raise Invalid(errors=field_errors(_NO_EMPLOYER))
        await _require_open_day(tx, terms)
        whose = Whose(employer.employer_id, employer.name, centre_code)
        vacancy = NewVacancy(uuid4(), employer.employer_id, centre_code, terms, "open", "portal")
        await store.save_new_vacancies(tx, [vacancy], caller.person_id)
        await outbox.add(tx, str(vacancy.vacancy_id), opened(**whose._asdict(), terms=terms, source="portal"))
        return await _view(tx, vacancy.vacancy_id)

    return await write(effect, status=201, location=lambda view: f"/vacancies/{view.vacancy_id}")


@router.put(
    "/vacancies/{vacancy_id}",
    response_model=VacancyView,
    responses=problem_responses(Forbidden, Invalid, NotFound, NoSuchMove, StaleVersion),
)
async def change_vacancy(
    vacancy_id: str, body: TermsForm, caller: EmployerOrStaff, version: IfMatch, write: Write
) -> Response:
    """Put these terms in place of the present ones. An expired vacancy with a new closing day opens again."""
    terms, centre_code = _checked(body.terms())

    async def effect(tx: Transaction) -> VacancyView:
        vacancy = await _held(tx, caller, vacancy_id, version)
        await _require_open_day(tx, terms)
        whose = Whose(vacancy.employer_id, vacancy.employer_name, centre_code)
        change = change_terms(vacancy, terms, whose, (await clock(tx)).day)
        if not change.is_taken:
            raise _no_such_move(vacancy)
        if change.state is not None:
            await store.save_vacancies(tx, [change.state])
            filled = await fill_hired(tx, [vacancy.vacancy_id])
            key = str(vacancy.vacancy_id)
            await outbox.add(tx, {key: [*change.events, *filled.get(key, [])]})
        return await _view(tx, vacancy.vacancy_id)

    return await write(effect)


def _no_such_move(vacancy: Vacancy) -> NoSuchMove:
    ko = {"open": "모집 중", "paused": "모집 보류", "filled": "충족", "closed": "마감", "expired": "기간 만료"}
    return NoSuchMove({"en": f"It is {vacancy.status}.", "ko": f"현재 상태: {ko[vacancy.status]}"})


def _moving(
    move: Move,
) -> Callable[[str, EmployerOrStaff, IfMatch, Write, ReasonForm | None], Awaitable[Response]]:
    async def route(
        vacancy_id: str, caller: EmployerOrStaff, version: IfMatch, write: Write, body: ReasonForm | None = None
    ) -> Response:
        async def effect(tx: Transaction) -> VacancyView:
            vacancy = await _held(tx, caller, vacancy_id, version)
            if after(vacancy.status, move) is None:
                raise _no_such_move(vacancy)
            wish = Wish(move, (body.reason if body else None) or None)
            locked = {vacancy.vacancy_id: vacancy}
            await outbox.add(tx, await move_locked(tx, {vacancy.vacancy_id: wish}, locked))
            return await _view(tx, vacancy.vacancy_id)

        return await write(effect)

    route.__doc__ = f"{move.capitalize()} a vacancy."
    route.__name__ = f"{move}_vacancy"
    return route


for _move in ("pause", "resume", "close"):
    router.post(
        f"/vacancies/{{vacancy_id}}/{_move}",
        response_model=VacancyView,
        responses=problem_responses(Forbidden, NotFound, NoSuchMove, StaleVersion),
    )(_moving(_move))


@router.get("/vacancies", responses=problem_responses(Invalid))
async def list_vacancies(
    caller: Annotated[Caller, allow()],
    paging: Paging,
    read: Read,
    status: Status | None = None,
    employer_id: UUID | None = None,
    centre_code: Annotated[str | None, Query(max_length=10)] = None,
    q: Annotated[Text | None, Query(max_length=100, description="Words of title and employer")] = None,
) -> Page[VacancyView]:
    """Vacancies, newest first. They are announced in public, so that everybody may see every one."""
    async with read() as tx:
        found = await store.newest_vacancies(
            tx,
            status=status,
            employer_id=employer_id,
            centre_code=centre_code,
            words=q or None,
            after=paging.after(datetime, UUID),
            limit=paging.limit + 1,
        )
        hires = await store.count_hires(tx, [str(one.vacancy_id) for one in found])
    return paging.page([VacancyView.of(one, hires) for one in found], key=lambda one: (one.opened_at, one.vacancy_id))


@router.get("/vacancies/{vacancy_id}", responses=problem_responses(NotFound))
async def look_at_vacancy(
    vacancy_id: str,
    caller: Annotated[Caller, allow()],
    read: Read,
    response: Response,
) -> VacancyView:
    """One vacancy."""
    asked = asked_id(vacancy_id)
    if asked is None:
        raise NotFound
    async with read() as tx:
        view = await _view(tx, asked)
    response.headers["ETag"] = etag(view.version)
    return view


@router.get(
    "/vacancies/{vacancy_id}/job-posting",
    response_class=JSONResponse,
    responses=problem_responses(NotFound, VacancyNotOpen),
)
async def publish_vacancy(vacancy_id: str, read: Read, request: Request) -> Response:
    """An open vacancy as a schema.org JobPosting. Search engines do not sign in, so nobody has to."""
    asked = asked_id(vacancy_id)
    async with read() as tx:
        vacancy = await store.find_vacancy(tx, asked) if asked else None
        employer = await find_employer(tx, vacancy.employer_id) if vacancy else None
    if vacancy is None or employer is None:
        raise NotFound
    if vacancy.status != "open":
        raise VacancyNotOpen
    return JSONResponse(job_posting(vacancy, employer, str(request.url)), media_type=MEDIA_TYPE)
