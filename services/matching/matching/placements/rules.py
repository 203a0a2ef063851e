"""When somebody counts as placed; pure."""

from datetime import date, timedelta
from typing import Final, Literal, get_args

from matching.market.facts import Jobseeker, Vacancy
from matching.placements.events import ReversalReason

Refusal = Literal["not_registered", "hired_before_registration", "hired_far_ahead", "no_opening_left"]

MOST_AHEAD: Final = timedelta(days=90)
"""
How far ahead the first day of work may lie. A hire is agreed before it begins, often with a month's notice to give
elsewhere; a day further ahead is a slip of the year. Of whoever does not start the placement is reversed.
"""

_REVERSAL_REASONS: Final[dict[str, ReversalReason]] = {word: word for word in get_args(ReversalReason)}


def refusal(jobseeker: Jobseeker, vacancy: Vacancy, taken: int, hired_on: date, today: date) -> Refusal | None:
    """
    Why a hire cannot be recorded; None when it can. `taken`: placements of the vacancy that stand.

    A vacancy that is closed takes hires still, as long as openings are left: people are hired after it closed.
    """
    if jobseeker.stopped_on is not None:
        return "not_registered"
    if hired_on < jobseeker.started_on:
        return "hired_before_registration"
    if hired_on > today + MOST_AHEAD:
        return "hired_far_ahead"
    if taken >= vacancy.openings:
        return "no_opening_left"
    return None


def told_reversal_reason(written: str) -> ReversalReason:
    """What others are told of a reason: its word from the list, or "other" for words of one's own."""
    return _REVERSAL_REASONS.get(written, "other")
