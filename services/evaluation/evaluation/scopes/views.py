"""How scopes and periods stand in addresses and answers."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from evaluation.measure import day_of
from evaluation.scopes.rules import Kind, MalformedScope, Scope, parse
from evaluation.scopes.store import find_name
from ieum.database import Transaction
from ieum.http import Day, FieldError, Invalid, Language, NotFound, preferred_language

_NAMES: dict[Kind, dict[Language, str]] = {
    Kind.NATION: {"ko": "전국", "en": "Nation"},
    Kind.UNASSIGNED: {"ko": "소속 확인 전", "en": "Not yet assigned"},
}


class ScopeView(BaseModel):
    """A part of the country."""

    scope: str = Field(description="As it is written in addresses: nation, office:<code>, centre:<code>, unassigned")
    kind: Kind
    code: str | None = Field(description="Code of the office or centre")
    name: str


async def name_of(tx: Transaction, scope: Scope) -> str | None:
    """The scope's name, None where it has none of its own. Raises NotFound for an office or centre not heard of."""
    if scope.kind in _NAMES:
        return None
    name = await find_name(tx, scope)
    if name is None:
        raise NotFound
    return name


def view_scope(scope: Scope, name: str | None, language: Language) -> ScopeView:
    """A scope with its name: offices and centres are called as they are, the rest by the reader's language."""
    shown = _NAMES[scope.kind][language] if scope.kind in _NAMES else name or ""
    return ScopeView(scope=str(scope), kind=scope.kind, code=scope.code, name=shown)


async def _requested_scope(
    scope: Annotated[
        str, Query(max_length=40, description="nation, office:<code>, centre:<code> or unassigned")
    ] = "nation",
) -> Scope:
    try:
        return parse(scope)
    except MalformedScope:
        rule = "nation, unassigned, office:<code> or centre:<code>"
        ko = "nation, unassigned, office:<코드>, centre:<코드> 중 하나여야 합니다"
        raise Invalid(errors=[FieldError(field="scope", rule=rule, ko=ko)]) from None


RequestedScope = Annotated[Scope, Depends(_requested_scope)]
"""`?scope=`, the nation by default."""


class Period(BaseModel):
    """Days in Korea, both included."""

    first: date
    last: date


async def _requested_period(
    first: Annotated[
        Day | None, Query(alias="from", description="First day; the first of the month by default")
    ] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, included; today in Korea by default")] = None,
) -> Period:
    last = last or day_of(datetime.now(UTC))
    first = first or last.replace(day=1)
    if first > last:
        rule = FieldError(field="from", rule="not after `to`", ko="`to`보다 늦을 수 없습니다")
        raise Invalid(errors=[rule])
    return Period(first=first, last=last)


RequestedPeriod = Annotated[Period, Depends(_requested_period)]
"""`?from=&to=`: this month so far, unless the client says otherwise."""


async def _spoken(request: Request, response: Response) -> Language:
    response.headers["Vary"] = "Accept-Language"
    return preferred_language(request.headers.get("accept-language"))


Spoken = Annotated[Language, Depends(_spoken)]
"""The reader's language."""
