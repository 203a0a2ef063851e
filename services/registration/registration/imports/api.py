"""HTTP routes of imports: watch a file that was sent, stop and continue it, see what was rejected."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from ieum.database import Transaction
from ieum.http import (
    Caller,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Page,
    Paging,
    Read,
    Write,
    problem_responses,
)
from registration.imports import spreadsheet, store
from registration.imports.csv_file import COLUMNS, REQUIRED
from registration.imports.dependencies import Tongue, Uploader
from registration.imports.forms import ColumnView, ImportView, RejectionView
from registration.imports.vacancy_import import Import
from registration.people.authority import CENTRE_ROLES, serves_today
from registration.text.ids import asked_id
from registration.vacancies.authority import OVERSEERS

router = APIRouter(tags=["imports"])


class NothingToStop(Conflict):
    """The import has come to its end already."""

    ko = "이미 끝난 가져오기입니다."


async def _may_see(tx: Transaction, caller: Caller, job: Import) -> bool:
    if caller.role in OVERSEERS or job.uploaded_by == caller.person_id:
        return True
    if job.employer_id is not None:
        return caller.role == "employer" and caller.attributes.get("employer_id") == str(job.employer_id)
    return job.centre_code is not None and await serves_today(tx, caller, job.centre_code)


async def _seen(tx: Transaction, caller: Caller, import_id: str) -> Import:
    """The import. Whoever may not see all is told the same of one that is not there and of one that is not theirs."""
    asked = asked_id(import_id)
    job = await store.find_import(tx, asked) if asked else None
    if job is None:
        raise NotFound if caller.role in OVERSEERS else Forbidden
    if not await _may_see(tx, caller, job):
        raise Forbidden
    return job


@router.get("/imports", responses=problem_responses(Forbidden, Invalid))
async def list_imports(caller: Uploader, language: Tongue, paging: Paging, read: Read) -> Page[ImportView]:
    """One's own imports, one's centre's, one's employer's; all of them for those who see everything. Newest first."""
    async with read() as tx:
        centre_code = caller.attributes.get("centre_code") if caller.role in CENTRE_ROLES else None
        if centre_code is not None and not await serves_today(tx, caller, centre_code):
            centre_code = None
        found = await store.newest_imports(
            tx,
            everything=caller.role in OVERSEERS,
            uploaded_by=caller.person_id,
            centre_code=centre_code,
            employer_id=asked_id(caller.attributes.get("employer_id", "")) if caller.role == "employer" else None,
            after=paging.after(datetime, UUID),
            limit=paging.limit + 1,
        )
    views = [ImportView.of(job, language) for job in found]
    return paging.page(views, key=lambda view: (view.uploaded_at, view.import_id))


@router.get("/imports/csv-columns", responses=problem_responses(Forbidden))
async def list_csv_columns(_: Uploader) -> Page[ColumnView]:
    """The columns of a CSV file of vacancies, and what they may be called in its first row."""
    columns = [
        ColumnView(name=name, headings=list(headings), required=name in REQUIRED) for name, headings in COLUMNS.items()
    ]
    return Page(items=columns, next=None)


@router.get("/imports/{import_id}", responses=problem_responses(Forbidden, NotFound))
async def look_at_import(import_id: str, caller: Uploader, language: Tongue, read: Read) -> ImportView:
    """How far an import is."""
    async with read() as tx:
        return ImportView.of(await _seen(tx, caller, import_id), language)


def _steering(
    change: Callable[[Transaction, UUID], Awaitable[Import | None]], settled: tuple[str, ...]
) -> Callable[[Transaction, Caller, str], Awaitable[Import]]:
    """Change an import's state; one that is in a settled state already stays as it is."""

    async def steer(tx: Transaction, caller: Caller, import_id: str) -> Import:
        job = await _seen(tx, caller, import_id)
        changed = await change(tx, job.import_id)
        if changed is None:
            changed = await store.find_import(tx, job.import_id)
            if changed is None or changed.state not in settled:
                raise NothingToStop
        return changed

    return steer


_stop = _steering(store.stop_import, ("stopped",))
_continue = _steering(store.continue_import, ("waiting", "running"))


@router.post("/imports/{import_id}/stop", responses=problem_responses(Forbidden, NotFound, NothingToStop))
async def stop_import(import_id: str, caller: Uploader, language: Tongue, write: Write) -> Response:
    """Stop after the rows that are being written; what was taken stays."""

    async def effect(tx: Transaction) -> ImportView:
        return ImportView.of(await _stop(tx, caller, import_id), language)

    return await write(effect)


@router.post("/imports/{import_id}/continue", responses=problem_responses(Forbidden, NotFound, NothingToStop))
async def continue_import(
    import_id: str, caller: Uploader, language: Tongue, write: Write, request: Request
) -> Response:
    """Go on from the first row that was not taken."""

    async def effect(tx: Transaction) -> ImportView:
        return ImportView.of(await _continue(tx, caller, import_id), language)

    response = await write(effect)
    request.app.state.import_waiting.set()
    return response


@router.get("/imports/{import_id}/rejections", responses=problem_responses(Forbidden, NotFound))
async def list_rejections(import_id: str, caller: Uploader, paging: Paging, read: Read) -> Page[RejectionView]:
    """The rows that were not taken and why, in the order of the file."""
    async with read() as tx:
        job = await _seen(tx, caller, import_id)
        found = await store.rejections_of(tx, job.import_id, after=paging.after(int, int), limit=paging.limit + 1)
    page = paging.page(found, key=lambda one: (one.row, one.nth))
    return Page(items=[RejectionView.of(one) for one in page.items], next=page.next)


@router.get(
    "/imports/{import_id}/rejections.csv",
    response_class=StreamingResponse,
    responses=problem_responses(Forbidden, NotFound),
)
async def download_rejections(import_id: str, caller: Uploader, read: Read) -> Response:
    """The same as a spreadsheet. Cells that a spreadsheet would calculate are given with an apostrophe before them."""
    async with read() as tx:
        job = await _seen(tx, caller, import_id)

    async def lines() -> AsyncIterator[str]:
        yield spreadsheet.BYTE_ORDER_MARK + spreadsheet.lines([spreadsheet.HEADINGS])
        after = (0, 0)
        while True:
            # A transaction for each part: the client takes the answer as slowly as it likes.
            async with read() as tx:
                found = await store.rejections_of(tx, job.import_id, after=after, limit=5_000)
            if not found:
                break
            yield spreadsheet.rejections(found)
            after = (found[-1].row, found[-1].nth)
        if job.rejected_kept < job.rejected:
            yield spreadsheet.left_out(job.rejected_kept, job.rejected)

    return StreamingResponse(
        lines(),
        media_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="rejections-{job.import_id}.csv"'},
    )
