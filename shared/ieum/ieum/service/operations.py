"""Routes for operators, the same in every service: how messaging is doing, and what to do about parked aggregates."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from ieum.http import Caller, Conflict, Filled, NotFound, allow, problem_responses
from ieum.messaging import Messaging
from ieum.messaging.parking import AnotherIsFirst, ImplausibleVersion, NotParked, Parking, SecondPersonNeeded

Operator = Annotated[Caller, allow("operator")]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[int, Query(ge=0, le=2**62)]


class AnotherPersonMustAgree(Conflict):
    """A skip is for good: another person than the one who asked for it must agree."""

    ko = "건너뛰기는 되돌릴 수 없으므로 요청한 사람이 아닌 다른 사람의 확인이 필요합니다."


class MovedOn(Conflict):
    """The event that was looked at is not the first in line any more. Look again."""

    ko = "확인하신 이벤트가 더 이상 맨 앞에 있지 않습니다. 다시 확인해 주세요."


class InventedVersion(Conflict):
    """Too many versions would be given up: the record's number looks invented. It holds up nobody; find its writer."""

    ko = (
        "포기할 버전이 너무 많습니다. 기록의 번호가 잘못된 것으로 보입니다. 다른 처리를 막지 않으니 보낸 쪽을 찾으세요."
    )


class Decision(BaseModel):
    """Why an operator does this."""

    # Nothing that is meant to hold a decision back may be taken for a part of it that nobody reads.
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Filled, Field(min_length=3, max_length=500)]


class Release(Decision):
    """The same, or only a look at what would happen."""

    preview: bool = Field(False, description="Only show what a release would do")


class Skip(Decision):
    """The same, and of which version: a repeat after a lost answer must not mean the next one."""

    version: int | None = Field(None, description="The first parked version, as it was looked at")


def operations_routes(service: str, version: str, messaging: Messaging, parking: Parking) -> APIRouter:
    """`/operations` of a service."""
    router = APIRouter(prefix="/operations", tags=["operations"])
    one = "/parked/{consumer}/{topic}/{aggregate_id}"

    @router.get("")
    async def status(_: Operator) -> dict[str, Any]:
        """How the consumers, the outbox and the relay of this process are doing, and what nobody could read."""
        status = asdict(await messaging.status())
        return {"service": service, "version": version, "unreadable": await parking.count_unreadable(), **status}

    @router.get("/parked")
    async def parked(
        _: Operator,
        consumer: Annotated[str | None, Query(max_length=200)] = None,
        limit: Limit = 50,
        cursor: Cursor = 0,
    ) -> dict[str, Any]:
        """Aggregates that wait for an operator, oldest first."""
        return _page(await parking.stuck(consumer=consumer, after=cursor, limit=limit), limit)

    @router.get("/unreadable")
    async def unreadable(_: Operator, limit: Limit = 50, cursor: Cursor = 0) -> dict[str, Any]:
        """Records without a usable envelope and where they lie in Kafka, oldest first. They hold nobody up."""
        return _page(await parking.unreadable(after=cursor, limit=limit), limit)

    @router.get(one, responses=problem_responses(NotFound))
    async def parked_events(_: Operator, consumer: str, topic: str, aggregate_id: str) -> dict[str, Any]:
        """What is parked for one aggregate, in order, and the skip that waits for a second person. No personal data."""
        try:
            events, asked = await parking.events(consumer, topic, aggregate_id)
        except NotParked:
            raise NotFound from None
        return {"items": [asdict(event) for event in events], "skip_asked": asdict(asked) if asked else None}

    @router.post(f"{one}/release", responses=problem_responses(NotFound))
    async def release(caller: Operator, consumer: str, topic: str, aggregate_id: str, body: Release) -> dict[str, Any]:
        """Apply what is parked, in order, all or nothing; or show what that would do."""
        try:
            outcome = await parking.release(
                consumer, topic, aggregate_id, by=caller.person_id, reason=body.reason, preview=body.preview
            )
        except NotParked:
            raise NotFound from None
        return {**asdict(outcome), "preview": body.preview}

    @router.post(f"{one}/skip", responses=problem_responses(NotFound, AnotherPersonMustAgree, MovedOn, InventedVersion))
    async def skip(caller: Operator, consumer: str, topic: str, aggregate_id: str, body: Skip) -> dict[str, Any]:
        """Ask to leave out the first parked event for good, or, as a second person, agree to it."""
        try:
            done = await parking.skip(
                consumer, topic, aggregate_id, by=caller.person_id, reason=body.reason, meant=body.version
            )
        except NotParked:
            raise NotFound from None
        except SecondPersonNeeded:
            raise AnotherPersonMustAgree from None
        except AnotherIsFirst:
            raise MovedOn from None
        except ImplausibleVersion:
            raise InventedVersion from None
        return {"skipped": done}

    return router


def _page(found: Sequence[tuple[int, Any]], limit: int) -> dict[str, Any]:
    """Items, each with its place, as a page of a list."""
    return {"items": [asdict(one) for _, one in found], "next": str(found[-1][0]) if len(found) == limit else None}
