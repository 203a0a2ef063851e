"""Why a placement is not recorded or not reversed."""

from typing import Final

from ieum.http import Conflict, FieldError, Invalid, Problem
from matching.market.problems import NotRegistered
from matching.placements.rules import MOST_AHEAD, Refusal


class NoOpeningLeft(Conflict):
    """As many were hired for this vacancy as are wanted."""

    ko = "이 구인의 모집 인원이 모두 채용되었습니다."


class AlreadyPlaced(Conflict):
    """A placement is recorded already for this registration of the jobseeker."""

    ko = "이 구직등록에는 이미 취업이 기록되어 있습니다."


class AlreadyReversed(Conflict):
    """The placement was reversed already."""

    ko = "이미 취소된 취업 기록입니다."


_BEFORE: Final = FieldError(
    field="hired_on",
    rule="not before the jobseeker's registration began",
    ko="구직등록을 시작한 날보다 앞설 수 없습니다",
)
_AHEAD: Final = FieldError(
    field="hired_on",
    rule=f"at most {MOST_AHEAD.days} days after today in Korea",
    ko=f"오늘(한국 날짜)부터 {MOST_AHEAD.days}일 안이어야 합니다",
)


def problem_of(refusal: Refusal) -> Problem:
    """The answer that a refusal gets."""
    match refusal:
        case "not_registered":
            return NotRegistered()
        case "no_opening_left":
            return NoOpeningLeft()
        case "hired_before_registration":
            return Invalid(errors=[_BEFORE])
        case "hired_far_ahead":
            return Invalid(errors=[_AHEAD])
