"""Read the code lists once and answer questions about them; pure lookups, no I/O after import."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

ANYWHERE: Final = "00000"
"""The region code that stands for "anywhere" (지역무관): a wish, never the place of a job."""


@dataclass(frozen=True, slots=True)
class Occupation:
    """
    An entry of Work24's occupation menu: 2 digits a field, 3 characters a group, 6 digits an occupation (KECO).

    `headings` are the entries right above it: none for a field, and one group or several for an occupation
    (an event planner stands under planning and under performing arts).
    """

    code: str
    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A 시·도, 시·군·구 or 구 of a city, in use from `valid_from` (None: not recorded) to the day before `valid_to`."""

    code: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    succeeded_by: str | None

    def holds_on(self, day: date) -> bool:
        """Whether the code was in use on `day` (Asia/Seoul)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class RegionalOffice:
    """A 지방고용노동청 and the area it answers for."""

    code: str
    area: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Centre:
    """A 고용센터 under its regional office; `demonstration` marks one that exists only in the demo nation."""

    code: str
    name: str
    regional_office_code: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Area:
    """Which centre serves a region (demonstration data; the list says by what each was chosen)."""

    region_code: str
    centre_code: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language of Work24's list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class EducationLevel:
    """An education level, 00 (any) to 07 (doctorate), in rising order."""

    code: str
    name: str
    name_en: str


def _text(file: str) -> str:
    return files("registration.reference").joinpath("data", file).read_text(encoding="utf-8")


def _rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(file).splitlines()))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


OCCUPATIONS: Final = MappingProxyType(
    {
        row["code"]: Occupation(row["code"], row["name"], tuple(row["headings"].split()))
        for row in _rows("occupations.csv")
    }
)
REGIONS: Final = MappingProxyType(
    {
        row["code"]: Region(
            row["code"],
            row["name"],
            row["parent"] or None,
            _day(row["valid_from"]),
            _day(row["valid_to"]),
            row["succeeded_by"] or None,
        )
        for row in _rows("regions.csv")
    }
)
REGIONAL_OFFICES: Final = MappingProxyType(
    {
        row["code"]: RegionalOffice(row["code"], row["area"], row["name"], row["name_en"])
        for row in _rows("regional_offices.csv")
    }
)
CENTRES: Final = MappingProxyType(
    {
        row["code"]: Centre(row["code"], row["name"], row["regional_office_code"], row["demonstration"] == "true")
        for row in _rows("centres.csv")
    }
)
AREAS: Final = MappingProxyType(
    {row["region_code"]: Area(row["region_code"], row["centre_code"]) for row in _rows("areas.csv")}
)
LANGUAGES: Final = MappingProxyType({row["code"]: Language(row["code"], row["name"]) for row in _rows("languages.csv")})
EDUCATION_LEVELS: Final = MappingProxyType(
    {row["code"]: EducationLevel(row["code"], row["name"], row["name_en"]) for row in _rows("education_levels.csv")}
)


def is_occupation(code: str) -> bool:
    """Whether `code` is an entry of the occupation menu, at any of its three levels."""
    return code in OCCUPATIONS


def is_job_code(code: str) -> bool:
    """Whether `code` is a six-digit occupation, as a vacancy needs one."""
    return len(code) == 6 and code in OCCUPATIONS


@cache
def occupation_headings(code: str) -> tuple[str, ...]:
    """
    Every field and group an entry stands under, sorted, such as ("01", "01C") for 031100; KeyError if unknown.

    This, and not a common prefix, says whether a wish for a heading covers a job: the six-digit codes are KECO's,
    the shorter ones Work24's own menu, so that 031100 (investment analyst) is not in 03 (education, law).
    """
    above = OCCUPATIONS[code].headings
    return tuple(sorted({*above, *(heading for one in above for heading in occupation_headings(one))}))


def occupation_name(code: str) -> str:
    """The Korean name of an occupation; KeyError for an unknown code."""
    return OCCUPATIONS[code].name


def is_region(code: str, on: date | None = None) -> bool:
    """Whether `code` is a region or "anywhere"; in use on `on`, or today's list when no day is given."""
    region = REGIONS.get(code)
    if region is None:
        return False
    return region.valid_to is None if on is None else region.holds_on(on)


def is_place(code: str) -> bool:
    """Whether `code` is a region where somebody can work: any current one except "anywhere"."""
    return code != ANYWHERE and is_region(code)


def current_region(code: str) -> str:
    """The code in use today for a region that may carry an older one, such as 42110 -> 51110; KeyError if unknown."""
    while (successor := REGIONS[code].succeeded_by) is not None:
        code = successor
    return code


def region_path(code: str) -> tuple[str, ...]:
    """The codes from the 시·도 down to `code` itself, without "anywhere"; KeyError for an unknown code."""
    path: list[str] = []
    at: str | None = code
    while at is not None and at != ANYWHERE:
        path.append(at)
        at = REGIONS[at].parent
    return tuple(reversed(path))


def region_name(code: str) -> str:
    """The Korean name of a region, with its 시·도; KeyError for an unknown code."""
    return REGIONS[code].name


def is_centre(code: str) -> bool:
    """Whether `code` is a centre."""
    return code in CENTRES


def centre_of_region(region_code: str) -> str | None:
    """The centre that serves a region (demonstration data); None for "anywhere" and for an unknown code."""
    if region_code not in REGIONS:
        return None
    area = AREAS.get(current_region(region_code))
    return area.centre_code if area else None


# Called like a part of a region; an entrance is called so, too.
_PART = re.compile(r"[가-힣](시|군|(?<!입)구)$")
_CITY_AND_DISTRICT = re.compile(r"^([가-힣]+시)([가-힣]+구)$")
_KINDS_OF_PROVINCE: Final = frozenset({"특별시", "광역시", "특별자치시", "특별자치도"})

_PROVINCES: Final = MappingProxyType({row["long_name"]: row["name"] for row in _rows("province_names.csv")})
"""The long names of 시·도 in addresses, old and new, to the short ones of the code list."""


@cache
def _regions_by_name() -> dict[str, str]:
    # A name that changed its code keeps one meaning: the current one.
    return {region.name: current_region(code) for code, region in REGIONS.items()}


def find_region(name: str) -> str | None:
    """
    The current code of the most exact region an address begins with, or None.

    Takes short and long names of 시·도 and ignores what follows: "서울특별시 강남구 역삼동" is 11680. But what is
    called like a part of the region must be one: "서울 없는구" is nowhere, and not Seoul.
    """
    words = _words(name)
    for length in range(min(len(words), 3), 0, -1):
        code = _regions_by_name().get(" ".join(words[:length]))
        if code is not None:
            unknown = words[length:] and _PART.search(words[length]) and code in _provinces_and_cities()
            return None if unknown else code
    return None


def _words(address: str) -> list[str]:
    """An address's words as the code list has them: "서울 특별시" is 서울, "수원시팔달구" is two."""
    words = unicodedata.normalize("NFC", address).split()
    if len(words) > 1 and words[1] in _KINDS_OF_PROVINCE:
        words[:2] = ["".join(words[:2])]
    found = [part for word in words for part in _CITY_AND_DISTRICT.sub(r"\1 \2", word).split()]
    return [_PROVINCES.get(word, word) for word in found[:1]] + found[1:]


@cache
def _provinces_and_cities() -> frozenset[str]:
    """Regions that the list has parts of."""
    return frozenset(region.parent for region in REGIONS.values() if region.parent)


@cache
def _occupations_by_name() -> dict[str, str]:
    # The first six-digit code of a name; groups come after, so that a job code wins over its heading.
    ranked = sorted(OCCUPATIONS.values(), key=lambda o: (-len(o.code), o.code))
    return {o.name: o.code for o in reversed(ranked)}


def find_occupation(name: str) -> str | None:
    """The code of the occupation with exactly this Korean name (NFC), a six-digit one before its heading; or None."""
    return _occupations_by_name().get(unicodedata.normalize("NFC", name).strip())
