"""Finds the file in a request: the whole body, or the part `file` of a form; never whole in memory."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ieum.http import FieldError, Invalid
from registration.imports.rules import MOST_BYTES
from registration.imports.uploading import PIECE_BYTES, too_large

_FORM_OVERHEAD: Final = 64 * 1024
_DRAINED: Final = 4 * MOST_BYTES
"""How much of a refused body is still read: a client that is cut off while it sends may never see the answer."""


class _NoFile(Invalid):
    """The form has no file."""

    ko = "양식에 파일이 없습니다."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(field="file", rule="a file to upload", ko="올릴 파일을 선택해야 합니다.")])


class Body:
    """A request's body, read once from its beginning to its end, whoever reads which part."""

    def __init__(self, request: Request) -> None:
        self._stream = request.stream()

    async def pieces(self, limit: int) -> AsyncGenerator[bytes, None]:
        """What has not been read yet. Raises FileRefused beyond `limit` bytes."""
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > limit:
                raise too_large()
            yield piece

    async def drain(self) -> None:
        """Read on to the end of a body that is refused, within bounds."""
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > _DRAINED:
                return


def refuse_announced_size(request: Request) -> None:
    """Raise FileRefused where the client says beforehand that the file is too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MOST_BYTES + _FORM_OVERHEAD:
        raise too_large()


@asynccontextmanager
async def file_of(
    request: Request, body: Body, file_name: str | None
) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
    """The file's name and its pieces. Raises FileRefused, Invalid, or what the pieces raise."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        yield file_name or "upload", body.pieces(MOST_BYTES)
        return
    parser = MultiPartParser(request.headers, body.pieces(MOST_BYTES + _FORM_OVERHEAD), max_files=1, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as problem:
        rule = FieldError(field="body", rule=f"a well-formed form: {problem.message}", ko="올바른 양식이어야 합니다.")
        raise Invalid(errors=[rule]) from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise _NoFile
        yield file_name or file.filename or "upload", _pieces(file)
    finally:
        await form.close()


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece
