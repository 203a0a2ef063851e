"""Figures over HTTP: of one scope, or of everything right below it. Public statistics: any signed-in role may look."""

from collections import defaultdict
from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from evaluation.figures import store
from evaluation.figures.rules import by_measure
from evaluation.indicators.views import FigureView, view_figures
from evaluation.live.store import moment
from evaluation.measure import Measure
from evaluation.scopes.rules import NATION, UNASSIGNED, Kind, Scope
from evaluation.scopes.store import Centre, centre_codes, centres
from evaluation.scopes.views import RequestedPeriod, RequestedScope, ScopeView, Spoken, name_of, view_scope
from ieum.http import Invalid, NotFound, Read, allow, problem_responses
from ieum.http.problems import Unauthenticated

router = APIRouter(
    prefix="/figures", tags=["figures"], dependencies=[allow()], responses=problem_responses(Unauthenticated, Invalid)
)


class Answer(BaseModel):
    """What every answer about figures says of itself."""

    scope: ScopeView
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to", description="Included")
    as_of: datetime
    revision: int = Field(description="Give it to /stream as last_event_id and no later change is missed")


class FiguresView(Answer):
    """All indicators of one scope."""

    figures: list[FigureView]


class ChildView(BaseModel):
    """All indicators of one scope among others."""

    scope: ScopeView
    figures: list[FigureView]


class ChildrenView(Answer):
    """All indicators of every scope right below one."""

    children: list[ChildView]


@router.get("", responses=problem_responses(NotFound))
async def figures(scope: RequestedScope, period: RequestedPeriod, read: Read, language: Spoken) -> FiguresView:
    """The indicators of a scope over a period; an office's and the nation's are computed from the sums of measures."""
    async with read() as tx:
        name = await name_of(tx, scope)
        codes = await centre_codes(tx, scope)
        amounts = await store.amounts_by_centre(tx, codes, period.first, period.last)
        as_of, revision = await moment(tx)
    return FiguresView(
        scope=view_scope(scope, name, language),
        first=period.first,
        last=period.last,
        as_of=as_of,
        revision=revision,
        figures=view_figures(by_measure(amounts.values())),
    )


@router.get("/children", responses=problem_responses(NotFound))
async def figures_below(scope: RequestedScope, period: RequestedPeriod, read: Read, language: Spoken) -> ChildrenView:
    """The same indicators for each scope right below: the nation's offices, an office's centres, none below a centre.

    One query brings the amounts of all of them. Below the nation, what belongs to centres not heard of yet is shown
    as `unassigned`, so that the children always add up to the whole.
    """
    async with read() as tx:
        name = await name_of(tx, scope)
        codes = await centre_codes(tx, scope)
        amounts = await store.amounts_by_centre(tx, codes, period.first, period.last)
        known = await centres(tx)
        as_of, revision = await moment(tx)
    return ChildrenView(
        scope=view_scope(scope, name, language),
        first=period.first,
        last=period.last,
        as_of=as_of,
        revision=revision,
        children=[
            ChildView(
                scope=view_scope(child, child_name, language),
                figures=view_figures(by_measure(amounts.get(code, {}) for code in members)),
            )
            for child, child_name, members in _below(scope, known, amounts)
        ],
    )


def _below(
    scope: Scope, known: list[Centre], amounts: dict[str, dict[Measure, int]]
) -> list[tuple[Scope, str | None, list[str]]]:
    """The scopes right below `scope`, each with its name and the centres it consists of."""
    if scope.kind is Kind.OFFICE:
        return [
            (Scope(Kind.CENTRE, centre.code), centre.name, [centre.code])
            for centre in known
            if centre.office_code == scope.code
        ]
    if scope != NATION:
        return []
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for centre in known:
        members[(centre.office_code, centre.office_name)].append(centre.code)
    below: list[tuple[Scope, str | None, list[str]]] = [
        (Scope(Kind.OFFICE, code), name, listed) for (code, name), listed in members.items()
    ]
    if strangers := sorted(set(amounts) - {centre.code for centre in known}):
        below.append((UNASSIGNED, None, strangers))
    return below
