"""Reads Work24's (고용24) vacancy list, XML as the field has it: byte-order marks, error pages, any size; pure."""

import re
from typing import Any, Final

from lxml import etree

from registration.imports.files import (
    MOST_RECORD_BYTES,
    FileRefused,
    empty,
    record_too_large,
    too_deep,
    truncated,
)
from registration.imports.rows import Record, tidy

_ROOT: Final = "wantedRoot"
_RECORD: Final = "wanted"
_END: Final = b"</wantedRoot>"
_TAIL_BYTES: Final = 256
_PROLOG_BYTES: Final = 64 * 1024
_SLICE_BYTES: Final = 64 * 1024
_LEADING: Final = b"\xef\xbb\xbf \t\r\n"
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_PARSER: Final = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
"""Nothing is expanded, fetched or allowed to grow without limit: a list of vacancies needs no entities at all."""


def _not_well_formed(log: Any, row: int) -> FileRefused:
    """The parser's last complaint, sorted."""
    said = log.last_error
    message = said.message.strip() if said is not None else "no element found"
    line, column = (said.line, said.column) if said is not None else (1, 1)
    if "depth" in message:
        return too_deep()
    if "encod" in message.lower() or "Invalid bytes" in message:
        return FileRefused(
            "wrong_encoding",
            f"Line {line} is not in the encoding that the file declares (UTF-8 if none).",
            f"{line}번째 줄이 파일에 선언된 인코딩(없으면 UTF-8)이 아닙니다.",
        )
    if "too long" in message or "huge" in message.lower():
        return record_too_large(row)
    return FileRefused(
        "not_well_formed",
        f"The XML is broken at line {line}, column {column}: {message}",
        f"{line}번째 줄 {column}번째 칸에서 XML이 잘못되었습니다: {message}",
    )


def _feed(parser: Any, part: bytes, row: int) -> None:
    """Give the parser a part; with entities unresolved it may fail without raising, and would start over unnoticed."""
    try:
        parser.feed(part)
    except etree.XMLSyntaxError as problem:
        raise _not_well_formed(problem.error_log, row) from None
    if parser.feed_error_log.last_error is not None:
        raise _not_well_formed(parser.feed_error_log, row)


def _doctype() -> FileRefused:
    return FileRefused(
        "doctype",
        "The file declares a document type or entities; lists of vacancies have none, so it is not read.",
        "파일에 문서 형식(DOCTYPE)이나 엔티티 선언이 있습니다. 구인 목록에는 필요하지 않으므로 읽지 않습니다.",
    )


def _refuse_doctype(start: bytes) -> None:
    if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", start, re.IGNORECASE):
        raise _doctype()


class Work24Reader:
    """Reads `wantedRoot` as it arrives; gives each `wanted` as a dict of its fields' texts."""

    def __init__(self, skip: int = 0) -> None:
        self._skip = skip
        self._count = 0
        self._held = b""
        self._began = False
        self._since_record = 0
        self._tail = b""
        self._parser: Any = None

    @property
    def count(self) -> int:
        """Records seen."""
        return self._count

    def feed(self, piece: bytes) -> list[Record]:
        """The vacancies that this piece completes."""
        if not self._began:
            self._held += piece
            piece = self._begin()
        records: list[Record] = []
        # A slice at a time, so that a tree never holds more than a slice and a record.
        for at in range(0, len(piece), _SLICE_BYTES):
            records += self._take(piece[at : at + _SLICE_BYTES])
        return records

    def close(self) -> list[Record]:
        """Nothing is left; raises where the root is not closed."""
        if not self._began:
            self._begin(at_end=True)
        if self._parser is None:
            raise empty()
        try:
            self._parser.close()
        except etree.XMLSyntaxError as problem:
            if self._tail.rstrip().endswith(_END):
                raise _not_well_formed(problem.error_log, self._count + 1) from None
            raise truncated(f"after row {self._count}", f"{self._count}번째 행 다음") from None
        return []

    def _begin(self, *, at_end: bool = False) -> bytes:
        """Look at the prolog before anything is read; gives what is to be read once the root is known to be right."""
        start = self._held.lstrip(_LEADING)
        if not start:
            self._held = b""
            if at_end:
                raise empty()
            return b""
        if _HTML.match(start):
            raise FileRefused(
                "html",
                "This is an HTML page and not a list of vacancies: the source answered with an error page.",
                "구인 목록이 아니라 HTML 페이지입니다. 제공처가 오류 페이지를 보냈습니다.",
            )
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileRefused(
                "wrong_encoding", "The file is UTF-16; save it as UTF-8.", "UTF-16 파일입니다. UTF-8로 저장하십시오."
            )
        if not start.startswith(b"<"):
            raise FileRefused("not_xml", "The file is not XML.", "XML 파일이 아닙니다.")
        if not self._root_is_right(start[:_PROLOG_BYTES], at_end=at_end):
            if len(start) >= _PROLOG_BYTES:
                raise FileRefused("not_xml", "No element begins the file.", "파일이 요소로 시작하지 않습니다.")
            if at_end:
                raise truncated("before its first element", "첫 요소가 나오기 전")
            return b""
        self._began = True
        self._held = b""
        self._parser = etree.XMLPullParser(events=("end",), tag=_RECORD, **_PARSER)
        return start

    def _root_is_right(self, start: bytes, *, at_end: bool) -> bool:
        """Whether the root is there and is Work24's; False while it is not there yet."""
        probe = etree.XMLPullParser(events=("start",), **_PARSER)
        try:
            _feed(probe, start, 1)
        except FileRefused:
            _refuse_doctype(start)
            raise
        for _, element in probe.read_events():
            if element.getroottree().docinfo.internalDTD is not None:
                raise _doctype()
            if element.tag != _ROOT:
                raise self._other_root(element, start)
            return True
        _refuse_doctype(start)
        return False

    @staticmethod
    def _other_root(element: Any, start: bytes) -> FileRefused:
        """The source answers what it refuses with <GO24><error>…</error></GO24> or the like: pass its words on."""
        said = re.search(rb"<(error|message|returnAuthMsg|errMsg)>([^<]{1,300})<", start)
        words_of_source = tidy(said[2].decode("utf-8", "replace")) if said else ""
        if words_of_source:
            return FileRefused(
                "source_error",
                f"The source answered with an error instead of vacancies: {words_of_source}",
                f"제공처가 구인 목록 대신 오류를 보냈습니다: {words_of_source}",
            )
        return FileRefused(
            "wrong_root",
            f"The root element is {element.tag} and not {_ROOT}.",
            f"최상위 요소가 {_ROOT}가 아니라 {element.tag}입니다.",
        )

    def _take(self, part: bytes) -> list[Record]:
        self._since_record += len(part)
        self._tail = (self._tail + part)[-_TAIL_BYTES:]
        _feed(self._parser, part, self._count + 1)
        records = []
        element = None
        for _, element in self._parser.read_events():
            self._count += 1
            if self._count > self._skip:
                records.append(Record(self._count, {child.tag: child.text for child in element}))
            element.clear()
        if element is not None:
            self._since_record = 0
            _forget(element)
        elif self._since_record > MOST_RECORD_BYTES:
            raise record_too_large(self._count + 1)
        return records


def _forget(element: Any) -> None:
    """Drop what came before an element that has been read; the element itself stays, the parser still points at it."""
    parent = element.getparent()
    if parent is not None:
        del parent[: parent.index(element)]
