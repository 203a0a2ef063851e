"""HTTP route of uploads: send a file of vacancies."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from ieum.database import Database, Transaction
from ieum.http import Caller, FieldError, Forbidden, Invalid, Language, Problem, Read, Write, problem_responses
from registration.imports.dependencies import Tongue, Uploader
from registration.imports.files import FileRefused
from registration.imports.forms import ImportView
from registration.uploads.bodies import Body, FileName, file_of, refuse_announced_size
from registration.uploads.uploading import Received, Sender, forget, receive
from registration.vacancies.authority import acting_of

router = APIRouter(tags=["imports"])

# The real limit is the capability's own and is said in words; this only keeps the kit's smaller one away.
_ROUTE_LIMIT = 1 << 40


class FileNotTaken(Invalid):
    """The file was refused; nothing of it was taken."""

    ko = "파일을 받을 수 없습니다. 반영된 내용은 없습니다."


class FileTooLarge(Problem):
    """The file is too large; nothing of it was taken."""

    status = 413
    ko = "파일이 너무 큽니다. 반영된 내용은 없습니다."


def _refusal(refused: FileRefused) -> Problem:
    kind = FileTooLarge if refused.reason == "too_large" else FileNotTaken
    return kind({"en": refused.en, "ko": refused.ko}, errors=[FieldError(field="file", rule=refused.en, ko=refused.ko)])


async def _sender(tx: Transaction, caller: Caller) -> Sender:
    """For whom a file is sent: its rows may bring what the sender may open and change by hand, and nothing else."""
    acting = await acting_of(tx, caller)
    return Sender(caller.person_id, acting.centre_code, acting.employer_id)


@router.post(
    "/imports",
    status_code=202,
    response_model=ImportView,
    max_body_size=_ROUTE_LIMIT,
    responses=problem_responses(Forbidden, FileNotTaken, FileTooLarge),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                },
                **{
                    kind: {"schema": {"type": "string", "format": "binary"}}
                    for kind in ("application/xml", "application/ld+json", "application/x-ndjson", "text/csv")
                },
            },
        }
    },
)
async def send_file(
    request: Request,
    caller: Uploader,
    language: Tongue,
    read: Read,
    write: Write,
    name: Annotated[Literal["work24", "json_ld", "csv", "auto"], Query(alias="format")] = "auto",
    file_name: Annotated[FileName | None, Query()] = None,
) -> Response:
    """
    Send a file of vacancies, as the part `file` of a form or as the body itself.

    It is accepted when it has come whole, is kept, and can be read to its end; its rows are taken in afterwards. A file
    that is empty, cut off, not what it says, or over 160 MiB is refused, and nothing of it is taken.
    """
    async with read() as tx:
        sender = await _sender(tx, caller)
    database: Database = request.app.state.database
    body = Body(request)
    try:
        refuse_announced_size(request)
        called, pieces = await file_of(request, body, file_name)
        received = await receive(database, pieces, called, sender, None if name == "auto" else name)
        return await _accept(request, database, received, language, write)
    except FileRefused as refused:
        await body.drain()
        raise _refusal(refused) from None
    except Invalid:
        await body.drain()
        raise


async def _accept(
    request: Request, database: Database, received: Received, language: Language, write: Write
) -> Response:
    accepted = False

    async def effect(tx: Transaction) -> ImportView:
        nonlocal accepted
        job = await received.accept(tx)
        accepted = True
        return ImportView.of(job, language)

    try:
        response = await write(
            effect, status=202, location=lambda view: f"/imports/{view.import_id}", fingerprint=received.digest
        )
    finally:
        if not accepted:
            # A repeated request was answered with the import of the first one.
            await forget(database, received.import_id)
    request.app.state.import_waiting.set()
    return response
