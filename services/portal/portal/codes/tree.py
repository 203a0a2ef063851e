"""Occupations and regions as trees to pick from; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

from pydantic import Field

from portal.services import View

ANYWHERE = "00000"
JOB_LENGTH = 6
MOST_FOUND = 30
"""Hits shown for a search; more would have to be narrowed anyway."""


class Occupation(View):
    """A field (2 characters), a group (3) or an occupation (6) with the headings right above it."""

    code: str
    name: str
    headings: list[str] = Field(default_factory=list)


class Region(View):
    """A 시·도 or something in it."""

    code: str
    name: str
    parent: str | None = None
    valid_to: date | None = None


class Centre(View):
    """A centre, and the regional office above it."""

    code: str
    name: str
    regional_office_code: str | None = None
    regional_office_name: str | None = None


class Occupations:
    """The occupation menu. An occupation may stand under several groups."""

    def __init__(self, entries: Sequence[Occupation]) -> None:
        self._by_code = {entry.code: entry for entry in entries}
        self._below: dict[str, list[Occupation]] = {}
        for entry in entries:
            for heading in entry.headings:
                self._below.setdefault(heading, []).append(entry)

    @cached_property
    def fields(self) -> list[Occupation]:
        """The widest headings."""
        return [entry for entry in self._by_code.values() if not entry.headings]

    @cached_property
    def jobs(self) -> list[Occupation]:
        """The occupations themselves, without headings."""
        return [entry for entry in self._by_code.values() if len(entry.code) == JOB_LENGTH]

    def below(self, code: str) -> list[Occupation]:
        """What stands right under a heading."""
        return self._below.get(code, [])

    def named(self, codes: Iterable[str]) -> list[Occupation]:
        """The entries of codes; an unknown code stands for itself."""
        return [self._by_code.get(code, Occupation(code=code, name=code)) for code in codes]

    def found(self, words: str) -> list[Occupation]:
        """Entries whose name has all the words, the most exact first; none for no words."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        hits = [entry for entry in self._by_code.values() if all(word in entry.name.casefold() for word in wanted)]
        return sorted(hits, key=lambda entry: (len(entry.name), entry.code))[:MOST_FOUND]

    def path(self, code: str) -> list[str]:
        """The names of where an entry stands, from the field down to the group."""
        names: list[str] = []
        at = self._by_code.get(code)
        while at is not None and at.headings:
            at = self._by_code.get(at.headings[0])
            if at is not None:
                names.append(at.name)
        return names[::-1]


class Regions:
    """The regions; those in use, each under its 시·도."""

    def __init__(self, entries: Sequence[Region]) -> None:
        self._by_code = {entry.code: entry for entry in entries}
        self._current = [entry for entry in entries if entry.valid_to is None and entry.code != ANYWHERE]

    @cached_property
    def provinces(self) -> list[tuple[Region, list[Region]]]:
        """Every 시·도 with all that lies in it."""
        under: dict[str, list[Region]] = {entry.code: [] for entry in self._current if entry.parent in (None, ANYWHERE)}
        for entry in self._current:
            if entry.code not in under:
                under[self._province(entry).code].append(entry)
        return [(self._by_code[code], inside) for code, inside in under.items()]

    def named(self, codes: Iterable[str]) -> list[Region]:
        """The regions of codes; an unknown code stands for itself."""
        return [self._by_code.get(code, Region(code=code, name=code)) for code in codes]

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, str]]:
        """Where a job can be, for a list to choose from: 시·도 → code → name."""
        return {
            province.name: {province.code: province.name, **{one.code: one.name for one in inside}}
            for province, inside in self.provinces
        }

    def _province(self, region: Region) -> Region:
        while region.parent is not None and region.parent != ANYWHERE:
            region = self._by_code[region.parent]
        return region
