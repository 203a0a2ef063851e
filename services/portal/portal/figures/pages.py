"""Figures of a scope and period, those of the scopes below it, and the events behind each one."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.figures.periods import PERIODS, Period, period_of
from portal.figures.views import Children, Definition, Figures, Ledger
from portal.services import Items, Section, part, section
from portal.sign_in.session import Person
from portal.visit import AnyVisit, SignedIn, Visit

router = APIRouter()

Text = Annotated[str | None, Query(max_length=100)]


def own_scope(person: Person) -> str:
    """The scope somebody is first shown: the own centre or region, else the nation."""
    centre, office = person.attributes.get("centre_code"), person.attributes.get("regional_office_code")
    if centre and person.role in ("counsellor", "director"):
        return f"centre:{centre}"
    return f"office:{office}" if office and person.role == "regional" else "nation"


@router.get("/figures")
async def figures(
    visit: SignedIn,
    scope: Text = None,
    period: Text = None,
    since: Annotated[str | None, Query(alias="from", max_length=10)] = None,
    until: Annotated[str | None, Query(alias="to", max_length=10)] = None,
) -> Response:
    """The figures of a scope, and a table of the scopes below."""
    assert visit.person is not None
    asked = scope or own_scope(visit.person)
    days = period_of(period, since, until, visit.today)
    own, children, office = await asyncio.gather(
        section(_figures(visit, asked, days)), _children(visit, asked, days), _office_above(visit, asked)
    )
    template = "figures/board.html" if visit.is_part else "figures/page.html"
    return visit.page(
        template,
        scope=asked,
        own_scope=own_scope(visit.person),
        office=office,
        period=days,
        periods=PERIODS,
        figures=own,
        children=children,
    )


async def _figures(visit: Visit, scope: str, period: Period) -> Figures:
    return await visit.evaluation.get(Figures, "/figures", scope=scope, **period.query)


async def _office_above(visit: Visit, scope: str) -> tuple[str, str] | None:
    """Scope and name of the regional office above a centre; None for other scopes, and while it is not known."""
    kind, _, code = scope.partition(":")
    if kind != "centre":
        return None
    centres = await section(visit.lists.centres(visit.registration))
    centre = next((one for one in centres.value or () if one.code == code), None)
    if centre is None or centre.regional_office_code is None:
        return None
    return f"office:{centre.regional_office_code}", centre.regional_office_name or ""


async def _children(visit: Visit, scope: str, period: Period) -> Section[Children] | None:
    if scope.startswith("centre:"):
        return None
    return await section(visit.evaluation.get(Children, "/figures/children", scope=scope, **period.query))


@router.get("/figures/{indicator}/events")
async def events(
    visit: SignedIn,
    indicator: str,
    scope: Annotated[str, Query(max_length=100)],
    period: Text = None,
    since: Annotated[str | None, Query(alias="from", max_length=10)] = None,
    until: Annotated[str | None, Query(alias="to", max_length=10)] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """The events that make up a figure, newest first."""
    days = period_of(period, since, until, visit.today)
    own, centres, entries = await asyncio.gather(
        section(_figures(visit, scope, days)),
        section(visit.lists.centres(visit.registration)),
        section(
            visit.evaluation.get(
                Ledger,
                f"/figures/{part(indicator)}/events",
                scope=scope,
                limit=50,
                cursor=cursor,
                **days.query,
            )
        ),
    )
    figure = next((one for one in own.value.figures if one.indicator == indicator), None) if own.value else None
    return visit.page(
        "figures/events.html",
        indicator=indicator,
        scope=scope,
        period=days,
        figures=own,
        figure=figure,
        entries=entries,
        centres={centre.code: centre.name for centre in centres.value or ()},
    )


@router.get("/indicators")
async def indicators(visit: AnyVisit) -> Response:
    """The official definitions."""
    definitions = await section(visit.as_site("evaluation").get(Items[Definition], "/indicators"))
    return visit.page("figures/indicators.html", definitions=definitions)
