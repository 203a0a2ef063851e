"""Makes fictitious vacancy files of any length, the same for the same seed: for benchmarks, demo and tests."""

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final
from xml.sax.saxutils import escape

from registration.employers.rules import check_digit
from registration.reference.codes import OCCUPATIONS, REGIONS, is_job_code, is_place

_FIRST: Final = (
    "가람",
    "나래",
    "다온",
    "라온",
    "마루",
    "바른",
    "새봄",
    "아람",
    "자연",
    "차오름",
    "큰솔",
    "푸름",
    "한별",
)
_SECOND: Final = ("산업", "정밀", "푸드", "물류", "케어", "시스템", "건설", "유통", "교육", "환경", "디자인", "테크")
_WORDS: Final = ("모집", "채용", "구인", "급구", "신규 채용", "경력 채용")
_PAY: Final = (
    ("시급", "H", 10_320, 100, 40),
    ("일급", "D", 90_000, 5_000, 20),
    ("월급", "M", 2_160_000, 50_000, 40),
    ("연봉", "Y", 26_000_000, 1_000_000, 40),
)
_EDUCATION: Final = ("학력무관", "초졸이하", "중졸", "고졸", "대졸(2~3년)", "대졸(4년)", "석사", "박사")
_CAREER: Final = ("신입", "경력", "관계없음")
_EMPLOYMENT: Final = ("10", "11", "20", "21", "4", "Y")
_JOBS: Final = tuple(code for code in OCCUPATIONS if is_job_code(code))
_PLACES: Final = tuple(code for code in REGIONS if is_place(code) and not code.endswith("000"))

_HEAD: Final = (
    '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<wantedRoot>\n'
    "<total>{rows}</total>\n<startPage>1</startPage>\n<display>{rows}</display>\n"
)


def business_number(serial: int) -> str:
    """The serial-th of an endless list of well-formed numbers; tax office 999 exists nowhere, so nobody has them."""
    nine = f"999{serial % 1_000_000:06d}"
    return nine + check_digit(nine)


def wanted(rows: int, *, seed: int = 1, day: date = date(2026, 11, 23)) -> Iterator[dict[str, str]]:
    """Vacancies with Work24's own fields; about one employer for eight vacancies. `day` is the day of the list."""
    chance = random.Random(seed)  # noqa: S311 -- fiction, not a secret
    for number in range(rows):
        employer = chance.randrange(max(1, rows // 8))
        job, where = chance.choice(_JOBS), REGIONS[chance.choice(_PLACES)]
        word, _, base, step, steps = chance.choice(_PAY)
        least = base + step * chance.randrange(steps)
        most = least + step * chance.randrange(0, 5)
        closing = (day + timedelta(days=chance.randrange(3, 60))).strftime("%y-%m-%d")
        posted = day - timedelta(days=chance.randrange(0, 20))
        auth_no = f"K{chance.randrange(100, 999)}{posted:%y%m%d}{number:07d}"
        yield {
            "wantedAuthNo": auth_no,
            "company": f"(주){_FIRST[employer % 13]}{_SECOND[employer // 13 % 12]}{employer}",
            "busino": business_number(employer),
            "indTpNm": "그 외 기타 분류 안된 업종",
            "title": f"[{where.name}] {OCCUPATIONS[job].name} {chance.choice(_WORDS)} &amp; 상담 환영",
            "salTpNm": word,
            "sal": f"{least:,}원 ~ {most:,}원" if most > least else f"{word} {least:,}원",
            "minSal": str(least),
            "maxSal": str(most if most > least else 0),
            "region": where.name,
            "holidayTpNm": "주5일근무",
            "minEdubg": chance.choice(_EDUCATION),
            "maxEdubg": "",
            "career": chance.choice(_CAREER),
            "regDt": posted.strftime("%y-%m-%d"),
            "closeDt": chance.choice((closing, f"채용시까지  {closing}", f"채용시까지  {closing}", "채용시까지")),
            "infoSvc": "VALIDATION",
            "wantedInfoUrl": f"https://www.work24.go.kr/wk/a/b/1500/empDetailAuthView.do?wantedAuthNo={auth_no}",
            "wantedMobileInfoUrl": f"https://m.work24.go.kr/wk/a/b/1500/empDetailAuthView.do?wantedAuthNo={auth_no}",
            "zipCd": "",
            "strtnmCd": f"{where.code}{chance.randrange(10**7):07d}",
            "basicAddr": f"{where.name} 어디로 {chance.randrange(1, 300)}",
            "detailAddr": f"{chance.randrange(1, 20)}층",
            "empTpCd": chance.choice(_EMPLOYMENT),
            "jobsCd": job,
            "smodifyDtm": f"{posted:%Y%m%d}0950",
        }


def work24(rows: int, *, seed: int = 1, day: date = date(2026, 11, 23)) -> Iterator[bytes]:
    """A Work24 list in pieces, with the byte-order mark and the double spaces of the field."""
    yield _HEAD.format(rows=rows).encode()
    for fields in wanted(rows, seed=seed, day=day):
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
        yield f"<wanted>{inner}</wanted>\n".encode()
    yield b"</wantedRoot>\n"


def json_ld(rows: int, *, seed: int = 1, day: date = date(2026, 11, 23)) -> Iterator[dict[str, Any]]:
    """The same vacancies as schema.org postings."""
    units = {"시급": "HOUR", "일급": "DAY", "월급": "MONTH", "연봉": "YEAR"}
    for fields in wanted(rows, seed=seed, day=day):
        region, _, locality = fields["region"].partition(" ")
        quantity = {
            "@type": "QuantitativeValue",
            "minValue": int(fields["minSal"]),
            "unitText": units[fields["salTpNm"]],
        }
        posting: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "JobPosting",
            "identifier": fields["wantedAuthNo"],
            "url": fields["wantedInfoUrl"],
            "title": fields["title"].replace("&amp;", "&"),
            "hiringOrganization": {"@type": "Organization", "name": fields["company"], "identifier": fields["busino"]},
            "occupationalCategory": fields["jobsCd"],
            "jobLocation": {
                "@type": "Place",
                "address": {
                    "@type": "PostalAddress",
                    "addressRegion": region,
                    "addressLocality": locality,
                    "addressCountry": "KR",
                },
            },
            "baseSalary": {"@type": "MonetaryAmount", "currency": "KRW", "value": quantity},
            "employmentType": "PART_TIME" if fields["empTpCd"] in ("11", "21") else "FULL_TIME",
            "datePosted": f"20{fields['regDt']}",
        }
        if fields["closeDt"] != "채용시까지":
            posting["validThrough"] = f"20{fields['closeDt'][-8:]}"
        yield posting


def ndjson(rows: int, *, seed: int = 1, day: date = date(2026, 11, 23)) -> Iterator[bytes]:
    """Postings, one a line."""
    for posting in json_ld(rows, seed=seed, day=day):
        yield json.dumps(posting, ensure_ascii=False).encode() + b"\n"


_SPREADSHEET: Final = {
    "구인인증번호": "wantedAuthNo", "회사명": "company", "사업자등록번호": "busino", "채용제목": "title",
    "직종코드": "jobsCd", "근무지역": "region", "임금형태": "salTpNm", "최소임금": "minSal", "최대임금": "maxSal",
    "고용형태": "empTpCd", "경력": "career", "학력": "minEdubg", "등록일": "regDt", "마감일": "closeDt",
}  # fmt: skip


def spreadsheet(rows: int, *, encoding: str = "utf-8-sig", seed: int = 1, day: date = date(2026, 11, 23)) -> bytes:
    """The same vacancies as a Korean spreadsheet saves them, with Windows line ends."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(_SPREADSHEET)
    for fields in wanted(rows, seed=seed, day=day):
        writer.writerow([fields[name].replace("&amp;", "&") for name in _SPREADSHEET.values()])
    return sheet.getvalue().encode(encoding)
