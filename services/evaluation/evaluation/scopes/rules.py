"""How a scope is written, and which scopes a centre's figures belong to."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The levels on which figures are shown."""

    NATION = "nation"
    OFFICE = "office"
    CENTRE = "centre"
    UNASSIGNED = "unassigned"
    """Centres that figures name and that have not been heard of yet, because topics arrive in no common order."""


class MalformedScope(ValueError):
    """A scope is written nation, unassigned, office:<code> or centre:<code>."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the country. `code` is None for the nation and for what is unassigned."""

    kind: Kind
    code: str | None = None

    def __str__(self) -> str:
        return self.kind if self.code is None else f"{self.kind}:{self.code}"


NATION = Scope(Kind.NATION)
UNASSIGNED = Scope(Kind.UNASSIGNED)

_CODE = re.compile(r"[0-9A-Za-z-]{1,20}")


def parse(text: str) -> Scope:
    """Read a scope as it stands in an address. Raises MalformedScope."""
    kind, colon, code = text.partition(":")
    if not colon and kind in (Kind.NATION, Kind.UNASSIGNED):
        return Scope(Kind(kind))
    if kind in (Kind.OFFICE, Kind.CENTRE) and _CODE.fullmatch(code):
        return Scope(Kind(kind), code)
    raise MalformedScope(MalformedScope.__doc__)


def scopes_above(centre_code: str, office_code: str | None) -> list[Scope]:
    """Everything that shows a centre's figures, from the nation down; without an office it is unassigned."""
    if office_code is None:
        return [NATION, UNASSIGNED]
    return [NATION, Scope(Kind.OFFICE, office_code), Scope(Kind.CENTRE, centre_code)]
