"""Reads schema.org JobPosting JSON-LD: one posting, an array, an @graph, or one posting a line (NDJSON); pure."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import ijson

from registration.imports.files import (
    DEEPEST,
    MOST_RECORD_BYTES,
    FileRefused,
    empty,
    record_too_large,
    too_deep,
    truncated,
    truncated_after,
)
from registration.imports.json_ld_values import is_posting
from registration.imports.rows import Record, RowError, excerpt

_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
_SLICE_BYTES: Final = 64 * 1024


def _wrong_encoding() -> FileRefused:
    return FileRefused(
        "wrong_encoding",
        "The file is not UTF-8, as JSON has to be.",
        "JSON은 UTF-8이어야 하는데 UTF-8 파일이 아닙니다.",
    )


def _broken(problem: Exception, row: int) -> FileRefused:
    """Where and why a document cannot be read on, in words of its own: the parsers' speak of their insides."""
    told = str(problem)
    if "invalid bytes in UTF8" in told:
        return _wrong_encoding()
    if isinstance(problem, ArithmeticError):
        en, ko = "a number that is too large", "너무 큰 수가 있습니다"
    elif isinstance(problem, UnicodeError):
        en, ko = "half a character (a lone \\ud800 to \\udfff)", "반쪽짜리 문자(짝이 없는 \\ud800~\\udfff)가 있습니다"
    else:
        en, ko = "what is no JSON", "JSON이 아닌 부분이 있습니다"
    return FileRefused(
        "not_well_formed",
        f"There is {en} in row {row}. One a line (NDJSON), such a row alone would be rejected.",
        f"{row}번째 행에 {ko}. 한 줄에 하나씩(NDJSON) 적은 파일이라면 그 행만 반영되지 않습니다.",
    )


def depth(value: Any) -> int:
    """Levels of nesting, found without recursion."""
    level, at = 0, [value]
    while at := [inner for outer in at for inner in _inside(outer)]:
        level += 1
        if level > DEEPEST:
            break
    return level


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


class _Document:
    """One JSON document: records are the document itself, the members of its array, or those of its @graph."""

    def __init__(self) -> None:
        self._events = ijson.sendable_list()
        # Without use_float a number of any size is read, and is judged with its row.
        self._parser = ijson.basic_parse_coro(self._events)
        self._open: list[Any] = []
        self._keys: list[str] = []
        self._records_at = 0
        self._in_graph = False
        self.whole: list[Any] = []

    def feed(self, part: bytes) -> None:
        """Adds the records that become whole to `whole`."""
        try:
            self._parser.send(part)
        except (ijson.JSONError, ValueError, ArithmeticError) as problem:
            self._build()
            raise _Broken(problem) from None
        except SystemError:
            # So ijson says that Python refuses to make a number of more than 4,300 digits. What it told last is that
            # number without a value, which must not be looked at.
            del self._events[-1:]
            self._build()
            raise _Broken(OverflowError()) from None
        self._build()

    def close(self) -> None:
        """Raises where the document is not whole."""
        self._parser.close()
        self._build()

    def _build(self) -> None:
        for event, value in self._events:
            if event == "map_key":
                self._keys[-1] = value
            elif event == "start_map" or event == "start_array":
                self._start({} if event == "start_map" else [])
            elif event == "end_map" or event == "end_array":
                self._end()
            else:
                self._put(float(value) if isinstance(value, Decimal) else value)
        del self._events[:]

    def _start(self, container: dict[str, Any] | list[Any]) -> None:
        level = len(self._open)
        if level > DEEPEST:
            raise too_deep()
        if isinstance(container, list):
            if level == 0:
                self._records_at = 1
            elif level == 1 and self._records_at == 0 and self._keys[0] == "@graph":
                self._records_at, self._in_graph = 2, True
        self._open.append(container)
        self._keys.append("")

    def _end(self) -> None:
        value = self._open.pop()
        self._keys.pop()
        level = len(self._open)
        if level < self._records_at:
            # The array of records, or the document around it, has ended; what stood beside @graph is no record.
            return
        self._put(value)

    def _put(self, value: Any) -> None:
        level = len(self._open)
        if level == self._records_at:
            if not self._in_graph or is_posting(value):
                self.whole.append(value)
            return
        holder = self._open[-1]
        if isinstance(holder, list):
            holder.append(value)
        else:
            holder[self._keys[-1]] = value


class _Broken(Exception):
    """What the JSON parser says; the reader knows the row."""

    def __init__(self, problem: Exception) -> None:
        super().__init__()
        self.cause = problem


def _constant(name: str) -> Any:
    raise ValueError(name)


def _line(row: int, line: bytes) -> Record:
    """A record from a line of its own: a broken line costs its row and no more."""
    try:
        value = json.loads(line.decode(), parse_constant=_constant)
    except UnicodeDecodeError:
        raise _wrong_encoding() from None
    except (ValueError, RecursionError):
        error = RowError("", "valid JSON", "올바른 JSON이어야 합니다.", excerpt(line[:400].decode(errors="replace")))
        return Record(row, error)
    if line.count(b"[") + line.count(b"{") > DEEPEST and depth(value) > DEEPEST:
        return Record(row, RowError("", f"at most {DEEPEST} levels deep", f"중첩이 {DEEPEST}단계 이하여야 합니다.", ""))
    return Record(row, value)


class JsonLdReader:
    """Finds out which of the four shapes the file has and gives each posting as the object it is."""

    def __init__(self, skip: int = 0) -> None:
        self._skip = skip
        self._count = 0
        self._since_record = 0
        self._held = b""
        self._line_number = 0
        self._shape: str | None = None
        self._document = _Document()

    @property
    def count(self) -> int:
        """Records seen."""
        return self._count

    def feed(self, piece: bytes) -> list[Record]:
        """The postings that this piece completes."""
        if self._shape is None:
            self._held += piece
            if not self._find_shape(at_end=False):
                return []
            piece, self._held = self._held, b""
        records: list[Record] = []
        for at in range(0, len(piece), _SLICE_BYTES):
            records += self._take(piece[at : at + _SLICE_BYTES])
        return records

    def close(self) -> list[Record]:
        """The last posting. Raises where the file ends too early."""
        records: list[Record] = []
        if self._shape is None:
            self._find_shape(at_end=True)
            piece, self._held = self._held, b""
            records += self._take(piece)
        if self._shape == "lines":
            if self._held.strip(_SPACE):
                last = _line(self._line_number + 1, self._held)
                if isinstance(last.content, RowError) and last.content.rule == "valid JSON":
                    raise truncated(f"in line {last.row}", f"{last.row}번째 줄")
                records += self._given([last])
            return records
        try:
            self._document.close()
        except (ijson.JSONError, ValueError):
            raise truncated_after(self._count) from None
        return records + self._given_whole()

    def _find_shape(self, *, at_end: bool) -> bool:
        start = self._held.removeprefix(_BOM).lstrip(_SPACE)
        if not start:
            if at_end:
                raise empty()
            if len(self._held) > _SLICE_BYTES:
                raise FileRefused("not_json", "The file has no JSON in it.", "JSON이 없는 파일입니다.")
            return False
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _wrong_encoding()
        if start[:1] not in b"[{":
            raise FileRefused(
                "not_json", "The file is not a JSON object or array.", "JSON 객체나 배열로 시작하는 파일이 아닙니다."
            )
        shape = self._shape_of(start, at_end=at_end)
        if shape is None:
            return False
        self._shape = shape
        self._held = start
        return True

    @staticmethod
    def _shape_of(start: bytes, *, at_end: bool) -> str | None:
        """Lines, if the first line is an object of its own and another follows; None while that cannot be told."""
        if start[:1] == b"[":
            return "document"
        line, newline, rest = start.partition(b"\n")
        follows = rest.lstrip(_SPACE)[:1]
        if not newline or not follows:
            return "document" if at_end or len(start) > MOST_RECORD_BYTES else None
        if follows != b"{":
            return "document"
        try:
            return "lines" if isinstance(json.loads(line), dict) else "document"
        except (ValueError, RecursionError):
            return "document"

    def _take(self, part: bytes) -> list[Record]:
        return self._take_lines(part) if self._shape == "lines" else self._take_document(part)

    def _take_lines(self, part: bytes) -> list[Record]:
        *lines, self._held = (self._held + part).split(b"\n")
        if len(self._held) > MOST_RECORD_BYTES:
            raise record_too_large(self._count + 1)
        records = []
        for line in lines:
            self._line_number += 1
            if line.strip(_SPACE):
                records.append(_line(self._line_number, line))
        return self._given(records)

    def _take_document(self, part: bytes) -> list[Record]:
        self._since_record += len(part)
        try:
            self._document.feed(part)
        except _Broken as problem:
            # What became whole before the fault counts: it tells the row.
            raise _broken(problem.cause, self._count + len(self._document.whole) + 1) from None
        records = self._given_whole()
        if self._since_record > MOST_RECORD_BYTES:
            raise record_too_large(self._count + 1)
        return records

    def _given_whole(self) -> list[Record]:
        whole, self._document.whole = self._document.whole, []
        if whole:
            self._since_record = 0
        return self._given([Record(self._count + nth, value) for nth, value in enumerate(whole, 1)])

    def _given(self, records: list[Record]) -> list[Record]:
        skipped = max(0, min(len(records), self._skip - self._count))
        self._count += len(records)
        return records[skipped:]
