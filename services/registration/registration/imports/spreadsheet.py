"""Rejections as a spreadsheet, in which nothing that came from a file can be taken for a formula; pure."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from registration.imports.csv_file import is_formula
from registration.imports.vacancy_import import Rejection

MEDIA_TYPE: Final = "text/csv; charset=utf-8"

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for CP949."""

HEADINGS: Final = ("행(row)", "항목(field)", "규칙", "rule", "값(value)")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not calculate: an apostrophe before = + - @ (OWASP: CSV injection)."""
    return f"'{cell}" if is_formula(cell) else cell


def lines(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV, every cell quoted, with the line ends of RFC 4180."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, quoting=csv.QUOTE_ALL)
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    return sheet.getvalue()


def rejections(found: Iterable[Rejection]) -> str:
    """Rejections as lines under HEADINGS."""
    return lines((one.row, one.field, one.ko, one.rule, one.excerpt) for one in found)


def left_out(kept: int, rejected: int) -> str:
    """The last line of a list that is not whole."""
    ko = f"반영되지 않은 {rejected:,}개 행 가운데 처음 {kept:,}개만 보관합니다."
    return lines([("", "", ko, f"only the first {kept:,} of {rejected:,} rejected rows are kept", "")])
