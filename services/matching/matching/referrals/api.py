"""HTTP routes of referrals: counsellors make and withdraw them, employers answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, BeforeValidator, Field

from ieum.database import Transaction
from ieum.http import (
    Caller,
    Conflict,
    Day,
    Forbidden,
    Invalid,
    NotFound,
    Page,
    Paging,
    Read,
    Text,
    Write,
    allow,
    etag,
    problem_responses,
)
from ieum.messaging import Event, outbox
from matching.authority import CENTRE_STAFF, Asked, Staff, list_filters, require_centre, require_employer
from matching.market.holding import hold_jobseeker
from matching.market.problems import HearingAgain
from matching.market.store import find_vacancy, jobseekers
from matching.placements.recording import hold_pair, record_placement
from matching.placements.store import outcomes
from matching.reason import Reason
from matching.referrals import store
from matching.referrals.events import Answer
from matching.referrals.problems import (
    AlreadyReferred,
    ConsentMissing,
    ReferralSettled,
    VacancyNotOpen,
    hired_on_without_hire,
    problem_of,
)
from matching.referrals.referral import Referral
from matching.referrals.rules import NEXT, State, agrees, consent_of, refusal
from matching.referrals.views import ReferralView

router = APIRouter(prefix="/referrals", tags=["referrals"])


class NewReferral(BaseModel):
    """Whom to put forward to what."""

    jobseeker_id: Text
    vacancy_id: Text
    cv_consent: bool = Field(False, description="The jobseeker was asked and agreed to share the CV with this employer")


class AnswerForm(BaseModel):
    """What the employer answers."""

    answer: Answer
    # Forms send an empty field where nothing was written.
    reason: Annotated[Reason | None, BeforeValidator(lambda text: text or None)] = None
    hired_on: Day | None = Field(
        None, description="Only with hired: first day of work, at most 90 days ahead; today in Korea when left out"
    )


class WithdrawalForm(BaseModel):
    """Why a referral is withdrawn."""

    reason: Reason


@router.get("", responses=problem_responses(Forbidden))
async def list_referrals(
    paging: Paging,
    caller: Annotated[Caller, allow("jobseeker", "employer", *CENTRE_STAFF, "service")],
    read: Read,
    state: Annotated[State | None, Query()] = None,
    centre_code: Asked = None,
    employer_id: Asked = None,
    jobseeker_id: Asked = None,
) -> Page[ReferralView]:
    """Referrals, the newest first: a jobseeker's own, an employer's own, or those of the caller's centre."""
    filters = list_filters(
        caller,
        {"centre_code": centre_code, "employer_id": employer_id, "jobseeker_id": jobseeker_id, "state": state},
    )
    async with read() as tx:
        views = await _views(tx, await store.referrals(tx, filters, paging.after(datetime, str), paging.limit + 1))
    return paging.page(views, key=lambda view: (view.made_at, view.referral_id))


@router.get("/{referral_id}", responses=problem_responses(Forbidden))
async def show_referral(
    referral_id: str,
    caller: Annotated[Caller, allow("jobseeker", "employer", *CENTRE_STAFF, "service")],
    read: Read,
    response: Response,
) -> ReferralView:
    """A referral, for those it concerns."""
    async with read() as tx:
        referral = await store.find_referral(tx, referral_id)
        if referral is None or not _concerns(referral, caller):
            raise Forbidden
        view = await _view(tx, referral)
    response.headers["ETag"] = etag(referral.version)
    return view


@router.post(
    "",
    status_code=201,
    response_model=ReferralView,
    responses=problem_responses(
        Forbidden, NotFound, Invalid, AlreadyReferred, ConsentMissing, VacancyNotOpen, HearingAgain
    ),
)
async def make_referral(body: NewReferral, caller: Staff, write: Write) -> Response:
    """Put one of the centre's jobseekers forward to an open vacancy."""

    async def effect(tx: Transaction) -> ReferralView:
        jobseeker = await hold_jobseeker(tx, body.jobseeker_id)
        require_centre(caller, jobseeker.centre_code)
        vacancy = await find_vacancy(tx, body.vacancy_id)
        if vacancy is None:
            raise NotFound
        consent = consent_of(jobseeker, asked=body.cv_consent)
        if (refused := refusal(jobseeker, vacancy, consent)) is not None or consent is None:
            raise problem_of(refused or "no_consent")
        referral = await store.insert_referral(
            tx,
            str(uuid4()),
            jobseeker.jobseeker_id,
            jobseeker.centre_code,
            vacancy,
            caller.person_id,
            consent,
        )
        if referral is None:
            raise AlreadyReferred
        await outbox.add(tx, referral.referral_id, referral.made())
        return await _view(tx, referral)

    return await write(effect, status=201, location=lambda view: f"/referrals/{view.referral_id}")


@router.post(
    "/{referral_id}/answer",
    response_model=ReferralView,
    responses=problem_responses(Forbidden, Invalid, ReferralSettled, Conflict, HearingAgain),
)
async def answer_referral(
    referral_id: str, body: AnswerForm, caller: Annotated[Caller, allow("employer")], write: Write
) -> Response:
    """The employer's answer. With `hired` the placement is recorded in the same transaction."""

    async def effect(tx: Transaction) -> ReferralView:
        found = await store.find_referral(tx, referral_id)
        require_employer(caller, found)
        assert found is not None
        if body.answer != "hired":
            if body.hired_on is not None:
                raise hired_on_without_hire()
            answered = await _settle(tx, referral_id, body.answer, body.reason)
            await outbox.add(tx, referral_id, answered.answered(body.answer))
            return await _view(tx, answered)
        # Vacancies and jobseekers are locked before referrals everywhere.
        pair = await hold_pair(tx, found.vacancy_id, found.jobseeker_id)
        answered = await _settle(tx, referral_id, body.answer, body.reason)
        placement = await record_placement(
            tx,
            pair,
            source="referral",
            referral_id=referral_id,
            hired_on=body.hired_on,
            recorded_by=caller.person_id,
        )
        told: dict[str, list[Event]] = {
            referral_id: [answered.answered("hired")],
            placement.placement_id: [placement.recorded()],
        }
        await outbox.add(tx, told)
        return await _view(tx, answered)

    return await write(effect)


@router.post(
    "/{referral_id}/withdraw",
    response_model=ReferralView,
    responses=problem_responses(Forbidden, Invalid, ReferralSettled),
)
async def withdraw_referral(
    referral_id: str,
    body: WithdrawalForm,
    caller: Annotated[Caller, allow("jobseeker", *CENTRE_STAFF)],
    write: Write,
) -> Response:
    """Take back a referral that is not settled: staff of its centre, or the jobseeker."""

    async def effect(tx: Transaction) -> ReferralView:
        found = await store.find_referral(tx, referral_id)
        if found is None or not _concerns(found, caller):
            raise Forbidden
        withdrawn = await _settle(tx, referral_id, "withdrawn", body.reason)
        await outbox.add(tx, referral_id, withdrawn.withdrawn())
        return await _view(tx, withdrawn)

    return await write(effect)


async def _views(tx: Transaction, found: Sequence[Referral]) -> list[ReferralView]:
    """Referrals as they are shown, with what came of them."""
    came = await outcomes(tx, [referral.referral_id for referral in found])
    # While matching hears everything again, not all are known: of them nobody is shown.
    known = await jobseekers(tx, {referral.jobseeker_id for referral in found})
    agreeing = {jobseeker_id for jobseeker_id, one in known.items() if agrees(one)}
    return [
        ReferralView.of(referral, came.get(referral.referral_id), agrees=referral.jobseeker_id in agreeing)
        for referral in found
    ]


async def _view(tx: Transaction, referral: Referral) -> ReferralView:
    (view,) = await _views(tx, [referral])
    return view


async def _settle(tx: Transaction, referral_id: str, state: State, reason: str | None) -> Referral:
    """Lock the referral and move it. Raises ReferralSettled when its state does not allow that."""
    locked = await store.lock_referral(tx, referral_id)
    if locked is None or state not in NEXT[locked.state]:
        raise ReferralSettled
    return await store.settle_referral(tx, referral_id, state, reason)


def _concerns(referral: Referral, caller: Caller) -> bool:
    match caller.role:
        case "jobseeker":
            return caller.person_id == referral.jobseeker_id
        case "employer":
            return caller.attributes.get("employer_id") == referral.employer_id
        case "counsellor" | "director":
            return caller.attributes.get("centre_code") == referral.centre_code
        case role:
            return role == "service"
