"""How occupation and region codes stand to each other, from the published lists; pure lookups, no I/O after import."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

ANYWHERE: Final = "00000"
"""The region code of "anywhere" (지역무관)."""


def _rows(file: str) -> list[dict[str, str]]:
    text = files("matching.market").joinpath("data", file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _lines(above: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[str]]:
    def line(code: str) -> frozenset[str]:
        return frozenset({code}).union(*(line(heading) for heading in above[code]))

    return MappingProxyType({code: line(code) for code in above})


def _under(lines: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    under: defaultdict[str, set[str]] = defaultdict(set)
    for code, line in lines.items():
        for heading in line - {code}:
            under[heading].add(code)
    return MappingProxyType({heading: frozenset(codes) for heading, codes in under.items()})


_REGION_ROWS: Final = _rows("regions.csv")
_SUCCESSOR: Final = {row["code"]: row["succeeded_by"] for row in _REGION_ROWS if row["succeeded_by"]}
_OCCUPATION_LINE: Final = _lines({row["code"]: row["headings"].split() for row in _rows("occupations.csv")})
_OCCUPATIONS_UNDER: Final = _under(_OCCUPATION_LINE)
_REGION_LINE: Final = _lines({row["code"]: [row["parent"]] if row["parent"] else [] for row in _REGION_ROWS})
_REGIONS_UNDER: Final = _under(_REGION_LINE)
_NONE: Final[frozenset[str]] = frozenset()


def occupation_line(code: str) -> frozenset[str]:
    """An occupation and every group and field it stands under: 031100 -> {031100, 01C, 01}. An unknown one is alone."""
    return _OCCUPATION_LINE.get(code) or frozenset({code})


def occupations_under(code: str) -> frozenset[str]:
    """Everything the menu lists under a group or field, at any depth; nothing for an occupation or an unknown code."""
    return _OCCUPATIONS_UNDER.get(code, _NONE)


def region_line(code: str) -> frozenset[str]:
    """A region and all it lies in, "anywhere" included: 41111 -> {41111, 41110, 41000, 00000}."""
    return _REGION_LINE.get(code) or frozenset({code, ANYWHERE})


def regions_under(code: str) -> frozenset[str]:
    """Every listed region within `code`, at any depth; nothing for a district or an unknown code."""
    return _REGIONS_UNDER.get(code, _NONE)


def current_region(code: str) -> str:
    """The code in use today for a region told by an older one: 45111 -> 52111. Any other code is itself."""
    while (successor := _SUCCESSOR.get(code)) is not None:
        code = successor
    return code
