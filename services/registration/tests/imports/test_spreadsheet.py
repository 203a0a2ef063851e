"""Nothing in the download of rejections is calculated by whoever opens it."""

import csv
import io

import pytest

from registration.imports import spreadsheet
from registration.imports.vacancy_import import Rejection

FORMULAS = [
    *("=1+1", "+82-2-1234", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tx", "\rx", " \tx"),
    *(" =1+1", "   @SUM(A1)", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1", "\u202e=1", "\x00=1", "\x1f=1"),
    *("＝1+1", "＋82", "－5", "＠SUM(A1)", " ＝1", "﹦1", "﹢1", "﹣1", "﹫1", "−5"),
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_would_be_calculated_is_shown_with_an_apostrophe(cell: str) -> None:
    assert spreadsheet.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["간호사", "a=b", "3", "", "'=1", " 간호사", "(주)가나 - 다라", "[급구] = 1", " ", "・=1"]
)
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert spreadsheet.harmless(cell) == cell


def test_rejections_become_quoted_rows() -> None:
    rows = [
        Rejection(2, 1, "title", 'not "this"', "아님", "=cmd|'/c calc'!A1"),
        Rejection(3, 1, "", "r", "k", "a,b\nc"),
    ]

    text = spreadsheet.lines([spreadsheet.HEADINGS]) + spreadsheet.rejections(rows)

    assert list(csv.reader(io.StringIO(text))) == [
        list(spreadsheet.HEADINGS),
        ["2", "title", "아님", 'not "this"', "'=cmd|'/c calc'!A1"],
        ["3", "", "k", "r", "a,b\nc"],
    ]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_of_the_download_is_calculated(cell: str) -> None:
    text = spreadsheet.rejections([Rejection(2, 1, cell, cell, cell, cell)])

    (row,) = csv.reader(io.StringIO(text, newline=""))

    assert row[0] == "2"
    assert row[1:] == [f"'{cell}"] * 4
