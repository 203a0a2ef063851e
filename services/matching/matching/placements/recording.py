"""Recording a placement, within whatever transaction makes it: an employer's answer, or staff's own entry."""

from datetime import date
from typing import NamedTuple
from uuid import uuid4

from ieum.database import Transaction
from ieum.http import Forbidden, NotFound
from matching.market.facts import Jobseeker
from matching.market.store import find_vacancy, hold_jobseeker
from matching.placements import store
from matching.placements.events import Source
from matching.placements.placement import Placement
from matching.placements.problems import AlreadyPlaced, problem_of
from matching.placements.rules import refusal


class HeldPair(NamedTuple):
    """A vacancy and a jobseeker that this transaction holds; `taken`: placements of the vacancy that stand."""

    vacancy_id: str
    taken: int
    jobseeker: Jobseeker


async def hold_pair(tx: Transaction, vacancy_id: str, jobseeker_id: str) -> HeldPair:
    """Lock a vacancy and then a jobseeker, the order everywhere. Raises Forbidden for an unknown jobseeker."""
    taken = await store.count_taken(tx, vacancy_id)
    jobseeker = await hold_jobseeker(tx, jobseeker_id)
    if jobseeker is None:
        raise Forbidden
    return HeldPair(vacancy_id, taken, jobseeker)


async def record_placement(
    tx: Transaction,
    pair: HeldPair,
    *,
    source: Source,
    referral_id: str | None,
    hired_on: date | None,
    recorded_by: str,
) -> Placement:
    """
    Keep a hire of a pair that is held (see `hold_pair`); `hired_on` None is today.

    Raises NotFound, NotRegistered, NoOpeningLeft, AlreadyPlaced, Invalid. The caller adds the event to the outbox.
    """
    vacancy_id, taken, jobseeker = pair
    vacancy = await find_vacancy(tx, vacancy_id)
    if vacancy is None:
        raise NotFound
    today, now = await store.clock(tx)
    hired_on = hired_on or today
    if (refused := refusal(jobseeker, vacancy, taken, hired_on, today)) is not None:
        raise problem_of(refused)
    placement = Placement(
        placement_id=str(uuid4()),
        version=1,
        jobseeker_id=jobseeker.jobseeker_id,
        period_started_on=jobseeker.started_on,
        vacancy_id=vacancy_id,
        employer_id=vacancy.employer_id,
        employer_name=vacancy.employer_name,
        title=vacancy.title,
        centre_code=jobseeker.centre_code,
        source=source,
        referral_id=referral_id,
        hired_on=hired_on,
        recorded_by=recorded_by,
        recorded_at=now,
        reversed_at=None,
        reversed_by=None,
        reason=None,
    )
    if not await store.insert_placement(tx, placement):
        raise AlreadyPlaced
    return placement
