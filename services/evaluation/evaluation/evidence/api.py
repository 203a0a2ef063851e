"""Drill-down over HTTP, for staff and the ministry: a figure's ledger rows, whose amounts add up to the figure."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from evaluation.evidence.store import entries_behind
from evaluation.figures.rules import by_measure
from evaluation.figures.store import amounts_by_centre
from evaluation.indicators.definitions import find_indicator
from evaluation.measure import Measure
from evaluation.scopes.store import centre_codes
from evaluation.scopes.views import RequestedPeriod, RequestedScope, name_of
from ieum.http import Forbidden, Invalid, NotFound, Page, Paging, Read, allow, problem_responses
from ieum.http.problems import Unauthenticated

router = APIRouter(
    prefix="/figures",
    tags=["figures"],
    dependencies=[allow("counsellor", "director", "regional", "ministry")],
    responses=problem_responses(Unauthenticated, Forbidden, NotFound, Invalid),
)


class EntryView(BaseModel):
    """One row of the ledger: the event, and what it added to the figure or took off."""

    model_config = ConfigDict(from_attributes=True)

    entry_id: int
    measure: Measure
    centre_code: str
    day: date = Field(description="The day in Korea on which it counts; a correction counts on the day it corrects")
    amount: int
    event_id: UUID
    type: str
    topic: str
    aggregate_id: str
    version: int
    occurred_at: datetime


class EntryPage(Page[EntryView]):
    """Some rows, and what all of them add up to."""

    totals: dict[Measure, int] = Field(
        description="Per measure the sum over every row of the scope and period: the figure's numerator and denominator"
    )


@router.get("/{indicator}/events")
async def events_behind(
    indicator: Annotated[str, Path(max_length=50)],
    scope: RequestedScope,
    period: RequestedPeriod,
    paging: Paging,
    read: Read,
) -> EntryPage:
    """The ledger rows behind an indicator, newest day first. A rate shows the rows of both its measures."""
    definition = find_indicator(indicator)
    if definition is None:
        raise NotFound
    measures = [measure for measure in (definition.numerator, definition.denominator) if measure is not None]
    after = paging.after(date, int)
    async with read() as tx:
        await name_of(tx, scope)
        codes = await centre_codes(tx, scope)
        amounts = by_measure((await amounts_by_centre(tx, codes, period.first, period.last)).values())
        rows = await entries_behind(
            tx,
            measures,
            codes,
            period.first,
            period.last,
            after=(after[0], after[1]) if after else None,
            limit=paging.limit + 1,
        )
    entries = [EntryView(entry_id=row["ledger_id"], **{name: row[name] for name in _COLUMNS}) for row in rows]
    page = paging.page(entries, key=lambda entry: (entry.day, entry.entry_id))
    return EntryPage(
        items=page.items, next=page.next, totals={measure: amounts.get(measure, 0) for measure in measures}
    )


_COLUMNS = [name for name in EntryView.model_fields if name != "entry_id"]
