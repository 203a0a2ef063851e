"""The indicators, each with its official definition, where that is written, and a version that a figure names.

A definition is never edited: a changed one is added with the next version, so that an old figure can still be read.
"""

from dataclasses import dataclass
from enum import StrEnum

from evaluation.measure import Measure


class Unit(StrEnum):
    """What one stands for."""

    PERSONS = "persons"
    RATIO = "ratio"
    PERCENT = "percent"


class Direction(StrEnum):
    """Which way is better; neutral figures describe a market and judge nobody."""

    HIGHER = "higher"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Korean and English."""

    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the official definition is published, and what it says in short."""

    title: str
    publisher: Text
    url: str
    says: Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """One version of one indicator.

    The value is `numerator` for a count, else `numerator / denominator * scale`, rounded half up to `decimals`.
    """

    code: str
    version: int
    name: Text
    meaning: Text
    unit: Unit
    direction: Direction
    numerator: Measure
    denominator: Measure | None
    scale: int
    decimals: int
    formula: Text
    source: Source


_MINISTRY = Text("고용노동부", "Ministry of Employment and Labor")
_OFFICIAL_TITLE = "e-나라지표 「고용센터 구인, 구직 및 취업현황」(지표번호 1505)"
_OFFICIAL_URL = "http://www.index.go.kr/unity/potal/main/EachDtlPageDetail.do?idx_cd=1505"


def _official(ko: str, en: str) -> Source:
    return Source(_OFFICIAL_TITLE, _MINISTRY, _OFFICIAL_URL, Text(ko, en))


OPENINGS = Indicator(
    code="openings",
    version=1,
    name=Text("구인인원", "Openings"),
    meaning=Text(
        "기간 안에 새로 등록된 구인의 모집인원. 모집인원이 바뀌면 등록한 날의 수를 바로잡는다.",
        "Persons wanted by vacancies registered in the period. A later change corrects the day of registration.",
    ),
    unit=Unit.PERSONS,
    direction=Direction.HIGHER,
    numerator=Measure.OPENINGS,
    denominator=None,
    scale=1,
    decimals=0,
    formula=Text("Σ 신규 구인의 모집인원", "Σ persons wanted by new vacancies"),
    source=_official(
        "해당 기간에 신규 등록한 구인인원, 곧 구인을 원하는 일자리 수",
        "persons wanted, newly registered in the period: the jobs on offer",
    ),
)

JOBSEEKERS = Indicator(
    code="jobseekers",
    version=1,
    name=Text("구직자수", "Jobseekers"),
    meaning=Text(
        "기간 안에 새로 등록한 구직자의 수. 구직이 끝난 뒤 다시 등록하면 다시 센다.",
        "Registrations of jobseekers made in the period. Whoever registers again after stopping counts again.",
    ),
    unit=Unit.PERSONS,
    direction=Direction.NEUTRAL,
    numerator=Measure.JOBSEEKERS,
    denominator=None,
    scale=1,
    decimals=0,
    formula=Text("Σ 신규 구직등록", "Σ new registrations"),
    source=_official(
        "해당 기간에 신규 등록한 구직자 수, 곧 일자리를 구하는 인원",
        "jobseekers newly registered in the period: the persons who want a job",
    ),
)

OPENING_RATIO = Indicator(
    code="opening_ratio",
    version=1,
    name=Text("구인배수", "Openings per jobseeker"),
    meaning=Text(
        "새 구직자 한 사람당 새 일자리 수. 1보다 크면 일자리가 사람보다 많다.",
        "New openings for each new jobseeker. Above 1 there are more jobs than people who seek one.",
    ),
    unit=Unit.RATIO,
    direction=Direction.HIGHER,
    numerator=Measure.OPENINGS,
    denominator=Measure.JOBSEEKERS,
    scale=1,
    decimals=2,
    formula=Text("구인인원 ÷ 구직자수", "openings / jobseekers"),
    source=_official(
        "구직자 1인당 일자리 수로 읽는 구인인원과 구직자수의 비 (2025년 공표값 0.36)",
        "openings against jobseekers, read as jobs per jobseeker (published for 2025: 0.36)",
    ),
)

PLACEMENTS = Indicator(
    code="placements",
    version=1,
    name=Text("취업자수", "Placements"),
    meaning=Text(
        "구직등록한 사람이 알선, 정보제공, 행사, 프로그램을 통해 취업한 수. 취소된 취업은 기록한 날에서 뺀다.",
        "Hires of registered jobseekers by referral, by information found here, on meeting days or in programmes. "
        "A reversed one is taken off the day it was recorded.",
    ),
    unit=Unit.PERSONS,
    direction=Direction.HIGHER,
    numerator=Measure.PLACEMENTS,
    denominator=None,
    scale=1,
    decimals=0,
    formula=Text("Σ 취업 − Σ 취업취소", "Σ placements − Σ reversals"),
    source=_official(
        "구직등록자 중 고용센터를 통해 취업한 수: 직접알선, 정보제공, 센터의 각종 프로그램",
        "registered jobseekers hired through the centres: direct referral, information provided, programmes",
    ),
)

PLACEMENT_RATE = Indicator(
    code="placement_rate",
    version=1,
    name=Text("취업률", "Placement rate"),
    meaning=Text(
        "기간의 취업자수를 같은 기간의 신규 구직자수로 나눈 비율. 서로 다른 사람일 수 있어 100을 넘을 수 있다.",
        "Placements of the period against new jobseekers of the period. They need not be the same persons: "
        "it can exceed 100.",
    ),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    numerator=Measure.PLACEMENTS,
    denominator=Measure.JOBSEEKERS,
    scale=100,
    decimals=1,
    formula=Text("취업자수 ÷ 구직자수 × 100", "placements / jobseekers × 100"),
    source=_official(
        "센터를 통한 취업자수의 구직자수 대비 비율 (2025년 공표값 24.5%)",
        "placements through the centres against jobseekers (published for 2025: 24.5 %)",
    ),
)

FILL_RATE = Indicator(
    code="fill_rate",
    version=1,
    name=Text("충족률", "Fill rate"),
    meaning=Text(
        "기간의 취업자수를 같은 기간의 신규 구인인원으로 나눈 비율. 앞서 등록된 구인도 채워지므로 100을 넘을 수 있다.",
        "Placements of the period against new openings of the period. Earlier vacancies are filled too: "
        "it can exceed 100.",
    ),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    numerator=Measure.PLACEMENTS,
    denominator=Measure.OPENINGS,
    scale=100,
    decimals=1,
    formula=Text("취업자수 ÷ 구인인원 × 100", "placements / openings × 100"),
    source=_official(
        "분자와 분모는 위 통계의 취업자수와 구인인원이다. 그 지표설명에 충족률의 산식은 따로 적혀 있지 않다.",
        "both parts are the placements and openings of this statistic; its notes spell out no formula for the rate",
    ),
)

DEFINITIONS: tuple[Indicator, ...] = (OPENINGS, JOBSEEKERS, OPENING_RATIO, PLACEMENTS, PLACEMENT_RATE, FILL_RATE)
"""Every version ever in use, in the order in which figures are shown."""


def in_force() -> list[Indicator]:
    """The newest version of every indicator, in the order in which figures are shown."""
    newest: dict[str, Indicator] = {}
    for definition in DEFINITIONS:
        if definition.code not in newest or newest[definition.code].version < definition.version:
            newest[definition.code] = definition
    return list(newest.values())


def find_indicator(code: str) -> Indicator | None:
    """The definition in force under this code, if there is one."""
    return next((definition for definition in in_force() if definition.code == code), None)
