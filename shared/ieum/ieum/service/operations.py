"""Routes for operators, the same in every service: how messaging is doing, and what to do about parked aggregates."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ieum.http import Caller, Conflict, NotFound, allow, problem_responses
from ieum.messaging import Messaging
from ieum.messaging.parking import NotParked, Parking, SecondPersonNeeded

Operator = Annotated[Caller, allow("operator")]


class AnotherPersonMustAgree(Conflict):
    """A skip is for good: another person than the one who asked for it must agree."""

    ko = "건너뛰기는 되돌릴 수 없으므로 요청한 사람이 아닌 다른 사람의 확인이 필요합니다."


class Decision(BaseModel):
    """Why an operator does this."""

    reason: str = Field(min_length=3, max_length=500)
    preview: bool = Field(False, description="Only show what a release would do")


def operations_routes(service: str, version: str, messaging: Messaging, parking: Parking) -> APIRouter:
    """`/operations` of a service."""
    router = APIRouter(prefix="/operations", tags=["operations"])
    one = "/parked/{consumer}/{topic}/{aggregate_id}"

    @router.get("")
    async def status(_: Operator) -> dict[str, Any]:
        """How the consumers, the outbox and the relay of this process are doing."""
        return {"service": service, "version": version, **asdict(await messaging.status())}

    @router.get("/parked")
    async def parked(
        _: Operator,
        consumer: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[int, Query(ge=0, le=2**62)] = 0,
    ) -> dict[str, Any]:
        """Aggregates that wait for an operator, oldest first."""
        found = await parking.stuck(consumer=consumer, after=cursor, limit=limit)
        return {
            "items": [asdict(key) for _, key in found],
            "next": str(found[-1][0]) if len(found) == limit else None,
        }

    @router.get(one, responses=problem_responses(NotFound))
    async def parked_events(_: Operator, consumer: str, topic: str, aggregate_id: str) -> dict[str, Any]:
        """What is parked for one aggregate, in order. Events hold no personal data."""
        try:
            return {"items": [asdict(event) for event in await parking.events(consumer, topic, aggregate_id)]}
        except NotParked:
            raise NotFound from None

    @router.post(f"{one}/release", responses=problem_responses(NotFound))
    async def release(caller: Operator, consumer: str, topic: str, aggregate_id: str, body: Decision) -> dict[str, Any]:
        """Apply what is parked, in order, all or nothing; or show what that would do."""
        try:
            outcome = await parking.release(
                consumer, topic, aggregate_id, by=caller.person_id, reason=body.reason, preview=body.preview
            )
        except NotParked:
            raise NotFound from None
        return {**asdict(outcome), "preview": body.preview}

    @router.post(f"{one}/skip", responses=problem_responses(NotFound, AnotherPersonMustAgree))
    async def skip(caller: Operator, consumer: str, topic: str, aggregate_id: str, body: Decision) -> dict[str, Any]:
        """Ask to leave out the first parked event for good, or, as a second person, agree to it."""
        try:
            done = await parking.skip(consumer, topic, aggregate_id, by=caller.person_id, reason=body.reason)
        except NotParked:
            raise NotFound from None
        except SecondPersonNeeded:
            raise AnotherPersonMustAgree from None
        return {"skipped": done}

    return router
