"""The formats that are known, and how a file is told apart by its beginning; pure."""

from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from registration.imports import csv_rows, json_ld_rows, work24_rows
from registration.imports.csv_file import CsvReader
from registration.imports.files import FileRefused, Reader
from registration.imports.json_ld_file import JsonLdReader
from registration.imports.rows import Outcome, Record
from registration.imports.rules import MOST_ROWS
from registration.imports.work24_file import Work24Reader

Format = Literal["work24", "json_ld", "csv"]

_SKIP_ALL: Final = 1 << 62
_SLICE_BYTES: Final = 256 * 1024
_LEADING: Final = b"\xef\xbb\xbf \t\r\n"

_INTERPRETERS: Final[dict[str, Callable[[Record], Outcome]]] = {
    "work24": work24_rows.interpret,
    "json_ld": json_ld_rows.interpret,
    "csv": csv_rows.interpret,
}


class Checked(NamedTuple):
    """What is known of a file that is whole."""

    format: str
    encoding: str | None
    rows: int


def format_of(start: bytes) -> Format:
    """XML, a web page included, begins with <; JSON with a bracket; all else is taken for CSV."""
    first = start.lstrip(_LEADING)[:1]
    return "work24" if first == b"<" else "json_ld" if first in (b"[", b"{") else "csv"


def reader_of(name: str, *, skip: int = 0, encoding: str | None = None) -> Reader:
    """A reader that has read nothing yet."""
    if name == "work24":
        return Work24Reader(skip)
    return JsonLdReader(skip) if name == "json_ld" else CsvReader(skip, encoding)


def interpreter_of(name: str) -> Callable[[Record], Outcome]:
    """What tells the meaning of a format's records."""
    return _INTERPRETERS[name]


def slices(piece: bytes) -> Iterator[bytes]:
    """A piece in parts: a megabyte may be half a million rows of two bytes, and they are in memory at once."""
    for at in range(0, len(piece), _SLICE_BYTES):
        yield piece[at : at + _SLICE_BYTES]


class Check:
    """Reads a file once, as it arrives, to see that it is whole: nothing of a file that is not whole is ever taken."""

    def __init__(self, name: str | None) -> None:
        """`name` is the format, or None to find it out."""
        self._name = name
        self._reader: Reader | None = None

    def feed(self, piece: bytes) -> None:
        """Raises FileRefused as soon as it is clear that the file is not what it should be."""
        if self._reader is None:
            if not piece.strip(_LEADING):
                return
            self._name = self._name or format_of(piece)
            self._reader = reader_of(self._name, skip=_SKIP_ALL)
        for part in slices(piece):
            self._reader.feed(part)
            self._count_rows()

    def close(self) -> Checked:
        """What was found. Raises FileRefused."""
        self._name = self._name or "csv"
        if self._reader is None:
            self._reader = reader_of(self._name, skip=_SKIP_ALL)
        self._reader.close()
        self._count_rows()
        return Checked(self._name, getattr(self._reader, "encoding", None), self._reader.count)

    def _count_rows(self) -> None:
        if self._reader is not None and self._reader.count > MOST_ROWS:
            raise FileRefused(
                "too_many_rows",
                f"A file has at most {MOST_ROWS:,} rows. Divide it into several.",
                f"파일은 {MOST_ROWS:,}행까지 받습니다. 여러 파일로 나누어 보내십시오.",
            )
