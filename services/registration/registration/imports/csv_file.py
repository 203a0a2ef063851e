"""Reads CSV as Korean spreadsheets write it: UTF-8 with or without a byte-order mark, or CP949; pure."""

import codecs
import csv
import unicodedata
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from registration.imports.files import MOST_RECORD_BYTES, FileRefused, empty, record_too_large, truncated
from registration.imports.rows import Record, RowError, excerpt, tidy

ENCODINGS: Final = ("utf-8-sig", "cp949")

COLUMNS: Final = MappingProxyType(
    {
        "reference": ("구인인증번호", "구인번호", "관리번호"),
        "company": ("회사명", "기업명", "사업장명"),
        "business_number": ("사업자등록번호", "사업자번호"),
        "industry": ("업종",),
        "title": ("채용제목", "구인제목", "제목"),
        "occupation_code": ("직종코드",),
        "region": ("근무지역", "지역", "지역코드"),
        "openings": ("모집인원", "구인인원"),
        "pay_type": ("임금형태",),
        "pay_min": ("최소임금", "최소임금액"),
        "pay_max": ("최대임금", "최대임금액"),
        "employment_type": ("고용형태", "고용형태코드"),
        "weekly_hours": ("주당근로시간", "주근로시간"),
        "career": ("경력",),
        "education": ("학력", "최소학력"),
        "posted_on": ("등록일", "등록일자"),
        "closes_on": ("마감일", "마감일자"),
        "url": ("주소", "채용정보URL"),
    }
)
"""The columns and the Korean headings that stand for them; the English name is a heading, too."""

REQUIRED: Final = ("reference", "company", "title", "occupation_code", "region", "employment_type")

_HEADINGS: Final = MappingProxyType(
    {heading.casefold(): name for name, headings in COLUMNS.items() for heading in (name, *headings)}
)
_FORMULA_MARKS: Final = frozenset("=+-@\u2212\t\r\n")
_INVISIBLE: Final = frozenset({"Cc", "Cf"})
_AS_CSV: Final = ("Save it as “CSV UTF-8”.", "‘CSV UTF-8’로 저장하십시오.")
_AS_UTF8: Final = ("Save it in UTF-8.", "UTF-8로 저장하십시오.")
_NO_LIST: Final = ("Send the list of vacancies itself.", "구인 목록 파일을 보내십시오.")
_AS_WORK24: Final = ("Choose Work24 as its format.", "형식을 고용24로 고르십시오.")
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "an Excel workbook or another archive", "엑셀 통합 문서이거나 압축 파일", _AS_CSV),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "옛 엑셀 통합 문서", _AS_CSV),
    (b"\xff\xfe", "UTF-16 text", "UTF-16 텍스트", _AS_UTF8),
    (b"\xfe\xff", "UTF-16 text", "UTF-16 텍스트", _AS_UTF8),
    (b"\x89PNG", "a picture", "그림 파일", _NO_LIST),
    (b"\xff\xd8\xff", "a picture", "그림 파일", _NO_LIST),
    (b"%PDF", "a PDF document", "PDF 문서", _NO_LIST),
    (b"<", "XML or a web page", "XML이나 웹 페이지", _AS_WORK24),
    (b"\xef\xbb\xbf<", "XML or a web page", "XML이나 웹 페이지", _AS_WORK24),
)


def is_formula(cell: str) -> bool:
    """
    Whether a spreadsheet may take a cell for a formula (OWASP: CSV injection).

    What it skips or turns into ASCII does not hide one: spaces and invisible characters before the mark, a mark of full
    width. A tab or a line end before all else is taken for one by itself.
    """
    if cell[:1].isalnum():
        return False
    for character in cell:
        if character in _FORMULA_MARKS:
            return True
        if not character.isspace() and unicodedata.category(character) not in _INVISIBLE:
            return unicodedata.normalize("NFKC", character) in _FORMULA_MARKS
    return False


def _header(cells: Sequence[str]) -> list[str | None]:
    """The column that each cell of the heading row names; None for one that is not known and not read."""
    names = [_HEADINGS.get(tidy(cell).replace(" ", "").casefold()) for cell in cells]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        en = ", ".join(f"{name} ({COLUMNS[name][0]})" for name in missing)
        ko = ", ".join(f"{COLUMNS[name][0]}({name})" for name in missing)
        raise FileRefused(
            "wrong_header", f"The first row lacks these columns: {en}", f"첫 행에 다음 열이 없습니다: {ko}"
        )
    twice = sorted({name for name in names if name is not None and names.count(name) > 1})
    if twice:
        listed = ", ".join(twice)
        raise FileRefused("wrong_header", f"These columns stand twice: {listed}", f"다음 열이 두 번 있습니다: {listed}")
    return names


def _heading_cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]))
    except csv.Error as problem:
        raise FileRefused(
            "wrong_header", f"The first row cannot be read: {problem}", f"첫 행을 읽을 수 없습니다: {problem}"
        ) from None


class EncodingProbe:
    """Finds out which encoding a whole file is in, as it arrives."""

    def __init__(self) -> None:
        self._decoders = {name: codecs.getincrementaldecoder(name)() for name in ENCODINGS}

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """Rules out the encodings in which this piece means nothing."""
        for name, decoder in list(self._decoders.items()):
            try:
                decoder.decode(piece, final)
            except UnicodeDecodeError:
                del self._decoders[name]
        if not self._decoders:
            raise FileRefused(
                "wrong_encoding",
                "The file is neither UTF-8 nor CP949. Save it as “CSV UTF-8”.",
                "UTF-8도 CP949도 아닌 파일입니다. ‘CSV UTF-8’로 저장하십시오.",
            )

    def found(self) -> str:
        """The encoding: UTF-8 where it fits, since hardly any CP949 text is UTF-8 by accident."""
        return next(iter(self._decoders))


class CsvReader:
    """
    Gives each row as a dict of the columns it knows. Row 1 is the heading, so that rows are numbered as on the screen.

    Without an encoding the rows cannot be given yet (`skip` them all): the file is checked and `encoding` found.
    """

    def __init__(self, skip: int = 0, encoding: str | None = None) -> None:
        self.encoding = encoding
        self._skip = skip
        self._count = 0
        # Commas, quotes and line ends are the same bytes in both encodings and never part of a CP949 character, so
        # that the shape of a file can be read before its encoding is known.
        self._decoder = codecs.getincrementaldecoder(encoding or "latin-1")()
        self._probe = EncodingProbe() if encoding is None else None
        self._held = ""
        self._head = b""
        self._started = False
        self._heading = ""
        self._columns: list[str | None] | None = None
        self._headings: dict[str, str] = {}

    @property
    def count(self) -> int:
        """Rows seen, without the heading."""
        return self._count

    def feed(self, piece: bytes) -> list[Record]:
        """The rows that this piece completes."""
        self._look_at_head(piece)
        if self._probe is not None:
            self._probe.feed(piece)
        return self._take(self._decode(piece, final=False))

    def close(self) -> list[Record]:
        """The last row. Raises where the file ends inside quotes or has no heading."""
        self._look_at_head(b"", final=True)
        if self._probe is not None:
            self._probe.feed(b"", final=True)
            self.encoding = self._probe.found()
        records = self._take(self._decode(b"", final=True))
        if _goes_on(self._held, inside=False):
            raise truncated(f"inside quotes, after row {self._count + 1}", f"{self._count + 1}행 다음 따옴표 안")
        if self._held.strip():
            records += self._rows([self._held])
        if self._columns is None:
            raise empty()
        if self._probe is not None:
            _header(_heading_cells(self._heading.encode("latin-1").decode(self._probe.found())))
        return records

    def _decode(self, piece: bytes, *, final: bool) -> str:
        try:
            return self._decoder.decode(piece, final)
        except UnicodeDecodeError:
            raise FileRefused(
                "wrong_encoding", f"The file is not {self.encoding}.", f"{self.encoding} 파일이 아닙니다."
            ) from None

    def _look_at_head(self, piece: bytes, *, final: bool = False) -> None:
        if self._started:
            return
        self._head = (self._head + piece)[:8]
        for mark, en, ko, advice in _OTHER_FILES:
            if self._head.startswith(mark):
                raise FileRefused("not_csv", f"This is {en}. {advice[0]}", f"{ko}입니다. {advice[1]}")
        if len(self._head) == 8 or final:
            self._started = True

    def _take(self, text: str) -> list[Record]:
        if not text:
            return []
        text = self._held + text
        whole, newline, self._held = text.rpartition("\n")
        if len(self._held) > MOST_RECORD_BYTES:
            raise record_too_large(self._count + 2)
        if not newline:
            return []
        lines = whole.split("\n")
        if '"' not in whole:
            return self._rows(lines)
        rows: list[str] = []
        begun: list[str] = []
        for line in lines:
            begun.append(line)
            if not _goes_on(line, inside=len(begun) > 1):
                rows.append("\n".join(begun))
                begun = []
        if begun:
            self._held = "\n".join([*begun, self._held])
            if len(self._held) > MOST_RECORD_BYTES:
                raise record_too_large(self._count + 2)
        return self._rows(rows)

    def _rows(self, lines: list[str]) -> list[Record]:
        records: list[Record] = []
        lines = [line for line in lines if line.strip("\r")]
        if self._columns is None and lines:
            heading = lines.pop(0).removesuffix("\r")
            self._heading = heading
            # While the encoding is being looked for, the heading is only counted, and read at the end.
            self._columns = [None] if self._probe is not None else self._named(_heading_cells(heading))
        if self._count + len(lines) <= self._skip:
            self._count += len(lines)
            return records
        for line in lines:
            self._count += 1
            if self._count > self._skip:
                records.append(self._record(self._count + 1, line.removesuffix("\r")))
        return records

    def _record(self, row: int, line: str) -> Record:
        columns = self._columns or []
        try:
            cells = next(csv.reader([line], strict=True))
        except csv.Error as problem:
            rule, ko = f"a readable row: {problem}", f"읽을 수 있는 행이어야 합니다: {problem}"
            return Record(row, RowError("", rule, ko, excerpt(line[:400])))
        if len(cells) != len(columns):
            rule = f"{len(columns)} cells as in the first row, not {len(cells)}"
            ko = f"첫 행처럼 {len(columns)}칸이어야 하는데 {len(cells)}칸입니다."
            return Record(row, RowError("", rule, ko, excerpt(line[:400])))
        return Record(
            row, {name: cell for name, cell in zip(columns, cells, strict=True) if name is not None}, self._headings
        )

    def _named(self, cells: list[str]) -> list[str | None]:
        columns = _header(cells)
        self._headings = {name: tidy(cell) for name, cell in zip(columns, cells, strict=True) if name is not None}
        return columns


def _goes_on(line: str, *, inside: bool) -> bool:
    """Whether the line's last cell goes on in the next; `inside`: it begins within a quoted cell.

    Only a quote that a cell begins with opens it. Any other is a mark of inches, and swallows no row.
    """
    at = 0
    while True:
        if inside:
            at = line.find('"', at)
            if at < 0:
                return True
            inside = line.startswith('""', at)
            at += 2 if inside else 1
        elif at == 0 and line.startswith('"'):
            inside, at = True, 1
        else:
            at = line.find(',"', at)
            if at < 0:
                return False
            inside, at = True, at + 2
