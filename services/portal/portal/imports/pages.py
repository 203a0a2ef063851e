"""Files of vacancies: upload, progress, rejected rows."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile
from starlette.responses import Response

from portal.forms.form import Form
from portal.imports.views import Column, Import, Rejection
from portal.language.words import N_
from portal.services import FieldError, Items, Section, part, section
from portal.visit import UploaderVisit, Visit, attempt

router = APIRouter(prefix="/imports")

LARGEST_UPLOAD = 161 * 1024 * 1024
"""
Bytes: the 160 MiB that registration takes, and room for the form around them. A file lies on our disk until it is
handed on, so that nothing is kept that would be refused there anyway.
"""

FORMATS = ("auto", "work24", "json_ld", "csv")
UPLOAD: Mapping[str, str] = {"file": N_("File"), "format": N_("Format")}


@router.get("")
async def imports(visit: UploaderVisit) -> Response:
    """The form to send a file, and the files sent before."""
    return await _list(visit, Form.shown(UPLOAD, {"format": "auto"}))


@router.post("", max_body_size=LARGEST_UPLOAD)
async def upload(visit: UploaderVisit) -> Response:
    """Hands a file on to registration, which reads it while the visitor watches."""
    form = await visit.sent_form(UPLOAD)
    file = (await visit.request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        missing = FieldError(field="file", rule="choose a file", ko="파일을 선택해 주세요.")
        return await _list(visit, form.wrong([missing]))
    format_ = form.value("format") if form.value("format") in FORMATS else "auto"
    sending = visit.registration.upload(Import, "/imports", file.filename, file.file, key=form.key, format=format_)
    sent, form = await attempt(form, sending)
    return await _list(visit, form) if sent is None else visit.go(f"/imports/{sent.import_id}", "file_taken")


@router.get("/columns.csv")
async def template_file(visit: UploaderVisit) -> Response:
    """An empty spreadsheet with the columns that registration reads."""
    columns = await visit.registration.get(Items[Column], "/imports/csv-columns")
    return _spreadsheet("columns.csv", [[one.headings[0] for one in columns.items]])


@router.get("/occupations.csv")
async def occupations_file(visit: UploaderVisit) -> Response:
    """The codes that a file names occupations by."""
    occupations = await visit.lists.occupations(visit.registration)
    rows = [[one.code, one.name, " › ".join(occupations.path(one.code))] for one in occupations.jobs]
    return _spreadsheet(
        "occupations.csv",
        [[visit.say(N_("Code")), visit.say(N_("Occupation")), visit.say(N_("Where it stands"))], *rows],
    )


@router.get("/regions.csv")
async def regions_file(visit: UploaderVisit) -> Response:
    """The regions of today, by code and name; a file may name them by either."""
    regions = await visit.lists.regions(visit.registration)
    rows = [[code, name] for inside in regions.places.values() for code, name in inside.items()]
    return _spreadsheet("regions.csv", [[visit.say(N_("Code")), visit.say(N_("Region"))], *rows])


@router.get("/{import_id}")
async def progress(
    visit: UploaderVisit, import_id: str, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    """How far a file is, and which rows were rejected."""
    kept, rejections = await asyncio.gather(
        visit.registration.get(Import, f"/imports/{part(import_id)}"), _rejections(visit, import_id, cursor)
    )
    template = "imports/state.html" if visit.is_part else "imports/import.html"
    return visit.page(template, one=kept, rejections=rejections)


@router.post("/{import_id}/{move}")
async def move(visit: UploaderVisit, import_id: str, move: str) -> Response:
    """Stops an import, or lets it go on."""
    said = {"stop": "import_stopped", "continue": "import_continued"}.get(move)
    if said is None:
        return visit.not_found()
    form = await visit.sent_form()
    await visit.registration.send(Import, "POST", f"/imports/{part(import_id)}/{move}", key=form.key)
    return visit.go(f"/imports/{import_id}", said)


@router.get("/{import_id}/rejections.csv")
async def rejections_file(visit: UploaderVisit, import_id: str) -> Response:
    """All rejected rows as a spreadsheet, handed through as registration writes it."""
    stack = AsyncExitStack()
    path = f"/imports/{part(import_id)}/rejections.csv"
    answer = await stack.enter_async_context(visit.registration.stream(path))
    return StreamingResponse(
        _pieces(answer.aiter_bytes(), stack),
        media_type=answer.headers.get("content-type", "text/csv; charset=utf-8"),
        headers={"Content-Disposition": f'attachment; filename="rejections-{part(import_id)[:36]}.csv"'},
    )


def _spreadsheet(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """A CSV file as Korean spreadsheets open it: with a byte-order mark, codes kept as text by them if told so."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return Response(
        written.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _pieces(pieces: AsyncIterator[bytes], held: AsyncExitStack) -> AsyncIterator[bytes]:
    async with held:
        async for piece in pieces:
            yield piece


async def _rejections(visit: Visit, import_id: str, cursor: str | None) -> Section[Items[Rejection]]:
    path = f"/imports/{part(import_id)}/rejections"
    return await section(visit.registration.get(Items[Rejection], path, limit=50, cursor=cursor))


async def _list(visit: Visit, form: Form) -> Response:
    found, columns = await asyncio.gather(
        section(visit.registration.get(Items[Import], "/imports", limit=20)),
        section(visit.registration.get(Items[Column], "/imports/csv-columns")),
    )
    return visit.page(
        "imports/list.html", visit.status_of(form), form=form, imports=found, formats=FORMATS, columns=columns
    )
