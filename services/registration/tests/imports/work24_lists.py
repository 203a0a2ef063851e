"""Lists as Work24 writes them, and what is read from them."""

from collections.abc import Iterator

from registration.imports.formats import Check
from registration.imports.rows import Outcome
from registration.imports.work24_file import Work24Reader
from registration.imports.work24_rows import interpret

FIELDS = {
    "wantedAuthNo": "K151122603300001",
    "company": "(주)한빛정보",
    "busino": "124-81-00998",
    "indTpNm": "응용 소프트웨어 개발 및 공급업",
    "title": "응용SW 개발자 &amp;amp; 운영자",
    "salTpNm": "시급",
    "sal": "시급 10,320원",
    "minSal": "",
    "maxSal": "0",
    "region": "서울 강남구",
    "minEdubg": "대졸(4년)",
    "career": "관계없음",
    "regDt": "26-03-30",
    "closeDt": "채용시까지  26-04-17",
    "wantedInfoUrl": "https://www.work24.go.kr/a.do?wantedAuthNo=K1&amp;authKey=SECRET",
    "zipCd": "06236",
    "strtnmCd": "116803122001",
    "basicAddr": "서울특별시 강남구 어디로 1",
    "empTpCd": "10",
    "jobsCd": "133200",
    "smodifyDtm": "202603300950",
}


def wanted(**changes: str | None) -> str:
    fields = {**FIELDS, **changes}
    return f"<wanted>{''.join(f'<{k}>{v}</{k}>' for k, v in fields.items() if v is not None)}</wanted>"


def document(*rows: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    return f"{head}<wantedRoot><total>{len(rows)}</total>{''.join(rows)}</wantedRoot>".encode()


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def outcomes(content: bytes, size: int = 1 << 16, skip: int = 0) -> list[Outcome]:
    reader = Work24Reader(skip)
    records = [record for piece in pieces(content, size) for record in reader.feed(piece)]
    return [interpret(record) for record in records + reader.close()]


def check(content: bytes, size: int = 1 << 16) -> int:
    checking = Check("work24")
    for piece in pieces(content, size):
        checking.feed(piece)
    return checking.close().rows
