"""Reads Work24's (고용24) vacancy list, XML as the field has it: byte-order marks, error pages, any size; pure."""

import codecs
import re
from types import MappingProxyType
from typing import Final
from xml.parsers import expat
from xml.parsers.expat import errors

from registration.imports.files import (
    DEEPEST,
    MOST_RECORD_BYTES,
    FileRefused,
    empty,
    record_too_large,
    too_deep,
    truncated_after,
)
from registration.imports.rows import Record, tidy

_ROOT: Final = "wantedRoot"
_RECORD: Final = "wanted"
_PROLOG_BYTES: Final = 64 * 1024
_SLICE_BYTES: Final = 64 * 1024
_LEADING: Final = b"\xef\xbb\xbf \t\r\n"
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_ENCODINGS: Final = MappingProxyType(
    {
        **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
        **dict.fromkeys(("us-ascii", "ascii"), "ascii"),
        **dict.fromkeys(("iso-8859-1", "latin1"), "iso-8859-1"),
        "windows-1252": "cp1252",
        # What is called EUC-KR has the rest of CP949 in it.
        **dict.fromkeys(
            ("euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "cp949", "ms949", "windows-949", "x-windows-949", "uhc"),
            "cp949",
        ),
    }
)
"""What may be declared and how it is read. Not whatever Python knows by name: some of that is not even text."""
_ENDS_EARLY: Final = frozenset(
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_INVALID_TOKEN: Final = errors.codes[errors.XML_ERROR_INVALID_TOKEN]


def _doctype() -> FileRefused:
    return FileRefused(
        "doctype",
        "The file declares a document type or entities; lists of vacancies have none, so it is not read.",
        "파일에 문서 형식(DOCTYPE)이나 엔티티 선언이 있습니다. 구인 목록에는 필요하지 않으므로 읽지 않습니다.",
    )


def _wrong_encoding(line: int, encoding: str) -> FileRefused:
    return FileRefused(
        "wrong_encoding",
        f"Line {line} is not {encoding}, the encoding of the file (UTF-8 if it declares none).",
        f"{line}번째 줄이 파일의 인코딩인 {encoding}(선언이 없으면 UTF-8)이 아닙니다.",
    )


def _other_root(name: str, start: bytes) -> FileRefused:
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
        "wrong_root", f"The root element is {name} and not {_ROOT}.", f"최상위 요소가 {_ROOT}가 아니라 {name}입니다."
    )


class _Records:
    """What the parser finds: each `wanted` as a dict of its fields' texts. No tree is built."""

    def __init__(self, skip: int) -> None:
        self.count = 0
        self.root: str | None = None
        self.whole: list[Record] = []
        parser = self.parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        self._listen(skip)

    @staticmethod
    def _refuse(*_: object) -> None:
        raise _doctype()

    def _listen(self, skip: int) -> None:
        """
        Hear of every element. A file of 100,000 vacancies has 2.5 million of them, so that what is remembered between
        two of them are variables of these functions and not attributes.
        """
        parser = self.parser
        depth = 0
        fields: dict[str, str] | None = None
        texts: list[str] = []
        forget, joined = texts.clear, "".join

        def start(name: str, _: dict[str, str]) -> None:
            nonlocal depth, fields
            depth += 1
            if depth == 3:
                forget()
            elif depth == 2:
                fields = {} if name == _RECORD else None
            elif depth == 1:
                self.root = name
            elif depth > DEEPEST:
                raise too_deep()

        def end(name: str) -> None:
            nonlocal depth, fields
            if depth == 3:
                if fields is not None:
                    fields[name] = joined(texts)
                    forget()
            elif depth == 2 and fields is not None:
                self.count += 1
                if self.count > skip:
                    self.whole.append(Record(self.count, fields))
                elif self.count == skip:
                    parser.CharacterDataHandler = texts.append
                fields = None
            depth -= 1

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        if skip == 0:
            # Of the records that are skipped no text is wanted.
            parser.CharacterDataHandler = texts.append


class Work24Reader:
    """Reads `wantedRoot` as it arrives. Nothing is expanded or fetched: a list of vacancies needs no entities."""

    def __init__(self, skip: int = 0) -> None:
        self._records = _Records(skip)
        self._held = b""
        self._head = b""
        self._began = False
        self._encoding = "utf-8"
        self._decoder: codecs.IncrementalDecoder | None = None
        self._since_record = 0

    @property
    def count(self) -> int:
        """Records seen."""
        return self._records.count

    def feed(self, piece: bytes) -> list[Record]:
        """The vacancies that this piece completes."""
        if not self._began:
            self._held += piece
            piece = self._begin(at_end=False)
        for at in range(0, len(piece), _SLICE_BYTES):
            self._take(piece[at : at + _SLICE_BYTES])
        whole, self._records.whole = self._records.whole, []
        return whole

    def close(self) -> list[Record]:
        """The last vacancies. Raises where the root is not closed."""
        records: list[Record] = []
        if not self._began:
            records = self.feed(self._begin(at_end=True))
        self._parse(self._decoded(b"", final=True), final=True)
        return records

    def _begin(self, *, at_end: bool) -> bytes:
        """Look at how the file begins before anything is read; gives what there is to read."""
        start = self._held.lstrip(_LEADING)
        if len(start) < 1024 and not at_end:
            return b""
        if not start:
            raise empty()
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileRefused(
                "wrong_encoding", "The file is UTF-16; save it as UTF-8.", "UTF-16 파일입니다. UTF-8로 저장하십시오."
            )
        if _HTML.match(start):
            raise FileRefused(
                "html",
                "This is an HTML page and not a list of vacancies: the source answered with an error page.",
                "구인 목록이 아니라 HTML 페이지입니다. 제공처가 오류 페이지를 보냈습니다.",
            )
        if not start.startswith(b"<"):
            raise FileRefused("not_xml", "The file is not XML.", "XML 파일이 아닙니다.")
        self._began, self._held, self._head = True, b"", start[:_PROLOG_BYTES]
        self._declare(start)
        return start

    def _declare(self, start: bytes) -> None:
        """Decode here what is declared to be something else than UTF-8: the parser knows no Korean encoding."""
        declared = _DECLARED.match(start)
        if declared is None:
            return
        name = declared[1].decode("ascii").lower()
        if name not in _ENCODINGS:
            raise FileRefused(
                "wrong_encoding",
                f"The file declares the encoding {name}; known are UTF-8, EUC-KR (CP949), ISO-8859-1 and ASCII.",
                f"파일에 선언된 인코딩은 {name}입니다. UTF-8, EUC-KR(CP949), ISO-8859-1, ASCII만 읽습니다.",
            )
        self._encoding = _ENCODINGS[name]
        if self._encoding != "utf-8":
            self._decoder = codecs.getincrementaldecoder(self._encoding)()

    def _decoded(self, part: bytes, *, final: bool = False) -> bytes:
        if self._decoder is None:
            return part
        try:
            return str(self._decoder.decode(part, final)).encode()
        except UnicodeDecodeError:
            raise _wrong_encoding(self._records.parser.CurrentLineNumber, self._encoding) from None

    def _take(self, part: bytes) -> None:
        count = self._records.count
        self._since_record += len(part)
        self._parse(self._decoded(part))
        if self._records.count > count:
            self._since_record = 0
        elif self._since_record > MOST_RECORD_BYTES:
            raise record_too_large(count + 1)

    def _parse(self, part: bytes, *, final: bool = False) -> None:
        records, parser = self._records, self._records.parser
        was_known = records.root is not None
        try:
            parser.Parse(part, final)
        except expat.ExpatError as problem:
            raise self._refused(problem, part, final=final) from None
        if records.root is None:
            if not final and self._since_record > _PROLOG_BYTES:
                raise FileRefused("not_xml", "No element begins the file.", "파일이 요소로 시작하지 않습니다.")
        elif not was_known and records.root != _ROOT:
            raise _other_root(records.root, self._head)

    def _refused(self, problem: expat.ExpatError, part: bytes, *, final: bool) -> FileRefused:
        if self._records.root not in (None, _ROOT):
            return _other_root(str(self._records.root), self._head)
        if final and problem.code in _ENDS_EARLY:
            return truncated_after(self._records.count)
        if problem.code == _INVALID_TOKEN and self._decoder is None and not _is_utf8(part):
            return _wrong_encoding(problem.lineno, self._encoding)
        message = expat.ErrorString(problem.code)
        return FileRefused(
            "not_well_formed",
            f"The XML is broken at line {problem.lineno}, column {problem.offset + 1}: {message}",
            f"{problem.lineno}번째 줄 {problem.offset + 1}번째 칸에서 XML이 잘못되었습니다: {message}",
        )


def _is_utf8(part: bytes) -> bool:
    """Whether a part of a file is UTF-8, but for characters that are cut off at its ends."""
    begin = 0
    while begin < min(4, len(part)) and part[begin] & 0xC0 == 0x80:
        begin += 1
    try:
        codecs.getincrementaldecoder("utf-8")().decode(part[begin:])
    except UnicodeDecodeError:
        return False
    return True
