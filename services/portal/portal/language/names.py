"""
English for the names of the code lists, which are Korean: provinces, regional offices, centres and fields of work.

Only the regional offices' are official. The others are our own rendering (romanised, or translated), said as such on
every English page; a name that is not in the list stays as it is.
"""

import csv
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("english_names.csv")


@cache
def _english() -> dict[str, str]:
    with _LIST.open(encoding="utf-8", newline="") as lines:
        return {row["korean"]: row["english"] for row in csv.DictReader(lines)}


@cache
def _provinces() -> frozenset[str]:
    with _LIST.open(encoding="utf-8", newline="") as lines:
        return frozenset(row["korean"] for row in csv.DictReader(lines) if row["kind"] == "province")


def english(name: str) -> str:
    """A name of a code list in English; of a place within a province at least the province."""
    known = _english().get(name)
    if known is not None:
        return known
    province, _, within = name.partition(" ")
    return f"{_english()[province]}, {within}" if within and province in _provinces() else name
