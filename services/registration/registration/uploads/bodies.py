"""Finds the file in a request: the whole body, or the part `file` of a form; never whole in memory or on disk."""

from collections.abc import AsyncGenerator
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from ieum.http import FieldError, Invalid, field_errors
from registration.imports.rules import MOST_BYTES
from registration.text.typed import Typed
from registration.uploads.uploading import FILE_NAME_LENGTH, too_large

FileName = Annotated[Typed, Field(max_length=FILE_NAME_LENGTH)]
"""What a sender calls a file."""
_NAME: Final = TypeAdapter[str](FileName)

_FORM_OVERHEAD: Final = 64 * 1024
_DRAINED: Final = 4 * MOST_BYTES
"""How much of a refused body is still read: a client that is cut off while it sends may never see the answer."""


def _no_form(why: str, ko: str) -> Invalid:
    return Invalid(errors=[FieldError(field="file", rule=why, ko=ko)])


def _clean_name(name: str) -> str:
    """By the rule of a name in the query. Raises Invalid."""
    try:
        return _NAME.validate_python(name)
    except ValidationError as problem:
        (error, *_) = field_errors(problem.errors())
        raise Invalid(errors=[error.model_copy(update={"field": "file"})]) from None


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


async def file_of(request: Request, body: Body, file_name: str | None) -> tuple[str, AsyncGenerator[bytes, None]]:
    """The file's name and its pieces, of which none has been read. Raises FileRefused, Invalid; so do the pieces."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        return file_name or "upload", body.pieces(MOST_BYTES)
    boundary = options.get(b"boundary")
    if not boundary:
        raise _no_form("a form with a boundary", "boundary가 있는 양식이어야 합니다.")
    form = _Form(boundary)
    pieces = body.pieces(MOST_BYTES + _FORM_OVERHEAD)
    async for piece in pieces:
        form.feed(piece)
        if form.file_name is not None:
            return file_name or form.file_name or "upload", form.pieces(pieces)
    raise _no_form("a part named file", "file이라는 이름의 파일이 있어야 합니다.")


class _Form:
    """Reads a form as it comes and keeps nothing of it but the bytes of the part `file` that are about to be given."""

    def __init__(self, boundary: bytes) -> None:
        self.file_name: str | None = None
        self._in_file = False
        self._ended = False
        self._header = b""
        self._value = b""
        self._found: list[bytes] = []
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._take_header,
                    "on_header_value": self._take_value,
                    "on_header_end": self._end_header,
                    "on_part_data": self._take_data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError as problem:
            raise _no_form(f"a well-formed form: {problem}", "올바른 양식이어야 합니다.") from None

    def feed(self, piece: bytes) -> None:
        """Raises Invalid where the form is malformed."""
        try:
            self._parser.write(piece)
        except FormParserError as problem:
            raise _no_form(f"a well-formed form: {problem}", "올바른 양식이어야 합니다.") from None

    async def pieces(self, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """The bytes of the file: those that are here, and those in the rest of the body."""
        if self._found:
            yield self._given()
        async for piece in rest:
            self.feed(piece)
            if self._found:
                yield self._given()
        if not self._ended:
            raise _no_form("a form that is whole", "끝까지 온전한 양식이어야 합니다.")

    def _given(self) -> bytes:
        given = b"".join(self._found)
        self._found.clear()
        return given

    def _begin_part(self) -> None:
        self._header = self._value = b""

    def _take_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value.decode("latin-1"))
            if options.get(b"name") == b"file":
                if self.file_name is not None:
                    raise _no_form("one file", "파일은 하나여야 합니다.")
                self._in_file = True
                name = options.get(b"filename", b"").decode("utf-8", "replace")
                self.file_name = _clean_name(name[:FILE_NAME_LENGTH])
        self._header = self._value = b""

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._found.append(data[start:end])

    def _end_part(self) -> None:
        self._in_file = False

    def _end(self) -> None:
        self._ended = True
