"""The definitions over HTTP: what each figure means, by which formula, according to whom."""

from fastapi import APIRouter
from pydantic import BaseModel

from evaluation.indicators.definitions import in_force
from evaluation.indicators.views import IndicatorView
from ieum.http import allow, problem_responses
from ieum.http.problems import Unauthenticated

router = APIRouter(tags=["indicators"], dependencies=[allow()], responses=problem_responses(Unauthenticated))


class IndicatorList(BaseModel):
    """The indicators in the order in which they are shown."""

    items: list[IndicatorView]


@router.get("/indicators")
async def indicators() -> IndicatorList:
    """The definitions in force."""
    return IndicatorList(items=[IndicatorView.model_validate(indicator) for indicator in in_force()])
