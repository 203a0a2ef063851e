"""A jobseeker who stops takes along the referrals that still wait; none slips in between."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx

from ieum.database import Database
from ieum.service import Service
from ieum.testing import eventually
from matching.recommendations.handlers import propose_matches

from ..recommendations import telling
from ..recommendations.worlds import A_JOBSEEKER, A_VACANCY

STOPPED = replace(A_JOBSEEKER, stopped_on=A_JOBSEEKER.started_on, stop_reason="employed")

Refer = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[[], Awaitable[list[dict[str, Any]]]]


async def test_a_stop_withdraws_what_waits_and_leaves_what_is_settled(
    service_client: httpx.AsyncClient,
    refer: Refer,
    hear: Callable[..., Awaitable[None]],
    as_employer: dict[str, str],
    told: Told,
) -> None:
    await hear(*(telling.opened(replace(A_VACANCY, vacancy_id=key)) for key in ("v-2", "v-3")))
    made, interview, declined = [await refer(vacancy_id=key) for key in ("v-1", "v-2", "v-3")]
    for referral, answer in ((interview, "interview"), (declined, "declined")):
        await service_client.post(
            f"/referrals/{referral['referral_id']}/answer", json={"answer": answer}, headers=as_employer
        )

    await hear(telling.stopped(STOPPED))

    withdrawn = [e for e in await told() if e["type"] == "ReferralWithdrawn"]
    assert {e["aggregate_id"] for e in withdrawn} == {made["referral_id"], interview["referral_id"]}
    assert {e["body"]["reason"] for e in withdrawn} == {"jobseeker_stopped"}


async def test_no_referral_slips_in_while_a_stop_is_on_its_way(
    service: Service, service_client: httpx.AsyncClient, pair: None, as_counsellor: dict[str, str]
) -> None:
    body = {"jobseeker_id": "j-1", "vacancy_id": "v-1"}

    async with service.database.transaction() as tx:
        await propose_matches(tx, [telling.stopped(STOPPED)])  # type: ignore[list-item]
        asking = asyncio.create_task(service_client.post("/referrals", json=body, headers=as_counsellor))
        await eventually("the request waits for the jobseeker", lambda: _waits(service.database))
    answer = await asking

    assert answer.json()["type"] == "urn:ieum:problem:not-registered"


async def _waits(database: Database) -> bool:
    async with database.reading() as tx:
        return bool(
            await tx.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )
