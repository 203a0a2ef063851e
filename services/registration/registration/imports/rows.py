"""What the file formats have in common: a record of a file becomes a vacancy or the reasons why it does not; pure."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from ieum.lines import without_overrides
from registration.employers.rules import (
    INDUSTRY_LENGTH,
    broken_business_number,
    broken_name,
    business_number,
)
from registration.text.lines import Broken, broken_by_number, broken_mark, plain
from registration.text.resident_numbers import without_resident_numbers
from registration.vacancies.rules import Terms, broken_terms

EXCERPT_LENGTH: Final = 80
REFERENCE_LENGTH: Final = 200
URL_LENGTH: Final = 1_000

_ADDRESS = re.compile(r"https?://[^\s/?#]+\S*$")
_KEY = re.compile(r"([?&])authKey=[^&#]*&", re.IGNORECASE)
_KEY_LAST = re.compile(r"[?&]authKey=[^&#]*", re.IGNORECASE)

T = TypeVar("T")


class ImportedVacancy(NamedTuple):
    """
    A vacancy as a file tells it.

    `reference` is the source's own number, unique there; `posted_on` and `modified_at` are the source's, if told.
    """

    reference: str
    company: str
    business_number: str | None
    industry: str | None
    terms: Terms
    url: str | None
    posted_on: date | None
    modified_at: datetime | None


class RowError(NamedTuple):
    """Why a row is not taken: the field by the file's own name, the rule in two languages, and what stood there."""

    field: str
    rule: str
    ko: str
    excerpt: str


NO_HEADINGS: Final[Mapping[str, str]] = MappingProxyType({})


class Record(NamedTuple):
    """
    One record as the file has it; `row` is where a person finds it, from 1. `content` is an error if unreadable.

    `headings`: what the file calls the fields that it may call otherwise than we do.
    """

    row: int
    content: Any
    headings: Mapping[str, str] = NO_HEADINGS


class Outcome(NamedTuple):
    """What became of a record: the vacancy, or at least one error. `headings` are the record's."""

    row: int
    vacancy: ImportedVacancy | None
    errors: list[RowError]
    headings: Mapping[str, str] = NO_HEADINGS

    def under_its_heading(self, error: RowError) -> RowError:
        """An error about this record by the file's own name of the field."""
        return error._replace(field=self.headings.get(error.field, error.field))


class Unreadable(ValueError):
    """A value that does not say what its field needs; carries the rule in English and Korean."""

    def __init__(self, rule: str, ko: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.ko = ko


def missing() -> Unreadable:
    """For a field that must say something."""
    return Unreadable("must not be missing", "값이 있어야 합니다.")


def excerpt(value: object) -> str:
    """The beginning of a value, for people to recognise it by; a resident number in it is covered."""
    told = value if isinstance(value, str) else repr(value)[: EXCERPT_LENGTH * 2]
    text = without_resident_numbers(without_overrides(plain(told)))
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1] + "…"


def tidy(text: str | None) -> str:
    """Plain text of a field: the field's lists escape HTML characters twice and three times."""
    if not text:
        return ""
    for _ in range(3):
        if "&" not in text:
            break
        text = html.unescape(text)
    return plain(text)


class RowReader:
    """Reads one record field by field and collects what is wrong, so that a row is told all its faults at once."""

    __slots__ = ("errors",)

    def __init__(self) -> None:
        self.errors: list[RowError] = []

    def read(self, field: str, value: Any, how: Callable[[Any], T], otherwise: T) -> T:
        """`how(value)`; where it raises Unreadable, an error about `field` is kept and `otherwise` returned."""
        try:
            return how(value)
        except Unreadable as problem:
            self.errors.append(RowError(field, problem.rule, problem.ko, excerpt("" if value is None else value)))
            return otherwise

    def note(self, broken: list[Broken], names: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """Keep broken rules under the file's own field names; a field that already has an error is left alone."""
        told = {error.field for error in self.errors}
        for field, rule, ko in broken:
            name = names.get(field, field)
            if name not in told:
                value = values.get(name)
                self.errors.append(RowError(name, rule, ko, excerpt("" if value is None else value)))


def finish(reader: RowReader, vacancy: ImportedVacancy, names: Mapping[str, str], values: Mapping[str, Any]) -> Any:
    """Check the rules that hold for every vacancy; returns the vacancy or None, with the errors in `reader`."""
    broken = broken_terms(vacancy.terms)
    if broken or reader.errors:
        reader.note(broken, names, values)
        return None
    return vacancy


def reference(value: Any) -> str:
    """The source's own number of a vacancy."""
    text = tidy(value)
    if not text:
        raise missing()
    _check(broken_mark(text, REFERENCE_LENGTH, "reference"))
    return text


def _check(broken: list[Broken]) -> None:
    for _, rule, ko in broken:
        raise Unreadable(rule, ko)


@lru_cache(maxsize=10_000)
def company(value: str | None) -> str:
    """An employer's name; a file names the same one again and again."""
    name = tidy(value)
    if not name:
        raise missing()
    _check(broken_name(name))
    return name


def title(value: Any) -> str:
    """A vacancy's title; its length is one of the rules of every vacancy."""
    text = tidy(value)
    if not text:
        raise missing()
    return text


def industry(value: Any) -> str | None:
    """An industry's name, cut to what is kept; it is told for information only."""
    text = without_overrides(tidy(value))
    _check(broken_by_number(text, "industry"))
    return text[:INDUSTRY_LENGTH] or None


@lru_cache(maxsize=10_000)
def optional_business_number(value: str | None) -> str | None:
    """A verified business number, or None where the field is empty."""
    text = tidy(value)
    if not text:
        return None
    number = business_number(text)
    if number is None:
        broken = broken_business_number(text)[0]
        raise Unreadable(broken.rule, broken.ko)
    return number


def web_address(text: str | None) -> str | None:
    """
    An http address without the key of whoever fetched it, or None: a link must never be a script, or give away a key.

    Work24 writes `authKey=` of the caller into the addresses it answers.
    """
    address = tidy(text)
    if not _ADDRESS.match(address) or len(address) > URL_LENGTH:
        return None
    return _KEY_LAST.sub("", _KEY.sub(r"\1", address)) if "authkey" in address.lower() else address
