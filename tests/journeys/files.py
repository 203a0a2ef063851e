"""Vacancy files as the field has them, about a town of the test's choice."""

from datetime import date
from xml.sax.saxutils import escape

from ieum_local.demo import sample

from ..running.town import Town, in_days


def work24_row(town: Town, number: int, **changes: str) -> dict[str, str]:
    """One vacancy of the town with Work24's own fields, among them two-digit years and doubled spaces."""
    closing = in_days(40)[2:]
    row = next(sample.wanted(1, seed=number, day=date.fromisoformat(in_days(0))))
    return {
        **row,
        "wantedAuthNo": f"KJ{town.centre_code}{number:07d}",
        "salTpNm": "시급",
        "minSal": "13000",
        "maxSal": "0",
        "region": town.region["name"],
        "strtnmCd": f"{town.region['code']}0000000",
        "minEdubg": "학력무관",
        "career": "관계없음",
        "closeDt": f"채용시까지  {closing}",
        "empTpCd": "10",
        "jobsCd": town.job,
        **changes,
    }


def work24_file(*rows: dict[str, str]) -> bytes:
    """A Work24 list of these rows, with its byte-order mark."""
    wanted = "".join(
        f"<wanted>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in row.items())}</wanted>\n"
        for row in rows
    )
    head = f"<total>{len(rows)}</total>\n<startPage>1</startPage>\n<display>{len(rows)}</display>\n"
    return f'\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<wantedRoot>\n{head}{wanted}</wantedRoot>\n'.encode()
