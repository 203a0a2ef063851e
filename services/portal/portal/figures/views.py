"""What the pages need of evaluation's answers."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from portal.services import Items, View


class Said(View):
    """The same words in both languages."""

    ko: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


class Scope(View):
    """The nation, a regional office or a centre."""

    scope: str
    kind: str
    name: str


class Figure(View):
    """The value of an indicator, with what it was divided from and by."""

    indicator: str
    value: Decimal | None
    unit: str
    numerator: int
    denominator: int | None = None
    text: Said
    reason: Said | None = None


class Measured(View):
    """All figures of one scope."""

    scope: Scope
    figures: list[Figure]


class Figures(Measured):
    """All figures of one scope over a period, as they stood at a moment."""

    since: date = Field(alias="from")
    until: date = Field(alias="to")
    as_of: datetime
    revision: int


class Children(View):
    """The figures of the scopes right below one."""

    children: list[Measured]


class LedgerEntry(View):
    """One event behind a figure and what it adds."""

    measure: str
    event_id: str
    type: str
    topic: str
    aggregate_id: str
    version: int
    occurred_at: datetime
    day: date
    centre_code: str
    amount: int


class Ledger(Items[LedgerEntry]):
    """Some of the events behind a figure, and what all of them add up to by measure."""

    totals: dict[str, int]


class Source(View):
    """Where a definition is published."""

    title: str
    publisher: Said
    url: str
    says: Said


class Definition(View):
    """An indicator as it is officially defined."""

    indicator: str
    version: int
    name: Said
    meaning: Said
    formula: Said
    source: Source
