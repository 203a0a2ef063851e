"""A referral follows its jobseeker to another centre: the new staff answer for it, the old see it no more."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from ieum.testing.client import Tokens

from ..recommendations import telling
from ..recommendations.worlds import a_jobseeker

Hear = Callable[..., Awaitable[None]]
Refer = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[[], Awaitable[list[dict[str, Any]]]]

MOVED = telling.rewritten(a_jobseeker(centre_code="14010"))


@pytest.fixture
def as_new_counsellor(tokens: Tokens) -> dict[str, str]:
    """A counsellor of the centre the jobseeker has gone to."""
    return tokens("counsellor", "c-3", centre_code="14010")


async def test_the_new_centre_sees_and_lists_what_the_old_one_does_no_more(
    service_client: httpx.AsyncClient,
    refer: Refer,
    hear: Hear,
    as_counsellor: dict[str, str],
    as_new_counsellor: dict[str, str],
) -> None:
    path = f"/referrals/{(await refer())['referral_id']}"

    await hear(MOVED)

    shown = {
        who: (await service_client.get(path, headers=headers), await service_client.get("/referrals", headers=headers))
        for who, headers in (("old", as_counsellor), ("new", as_new_counsellor))
    }
    assert {who: one.status_code for who, (one, _) in shown.items()} == {"old": 403, "new": 200}
    assert {who: len(listed.json()["items"]) for who, (_, listed) in shown.items()} == {"old": 0, "new": 1}
    view = shown["new"][0].json()
    assert (view["centre_code"], view["made_by_centre"]) == ("14010", "12012")


async def test_the_new_centre_withdraws_and_the_old_one_cannot(
    service_client: httpx.AsyncClient,
    refer: Refer,
    hear: Hear,
    as_counsellor: dict[str, str],
    as_new_counsellor: dict[str, str],
    told: Told,
) -> None:
    path = f"/referrals/{(await refer())['referral_id']}/withdraw"
    await hear(MOVED)

    old = await service_client.post(path, json={"reason": "other"}, headers=as_counsellor)
    new = await service_client.post(path, json={"reason": "other"}, headers=as_new_counsellor)

    assert (old.status_code, new.status_code) == (403, 200)
    assert [(e["type"], e["version"], e["body"]["centre_code"]) for e in await told()] == [
        ("ReferralMade", 1, "12012"),
        ("ReferralWithdrawn", 2, "14010"),
    ]


async def test_the_centre_that_made_it_is_remembered_through_any_number_of_moves(
    service_client: httpx.AsyncClient, refer: Refer, hear: Hear, as_counsellor: dict[str, str]
) -> None:
    made = await refer()

    await hear(MOVED)
    await hear(telling.rewritten(a_jobseeker(centre_code="15010")))
    await hear(telling.rewritten(a_jobseeker(centre_code="12012")))

    view = (await service_client.get(f"/referrals/{made['referral_id']}", headers=as_counsellor)).json()
    assert view == {**made, "made_by_centre": "12012"}
    assert made["made_by_centre"] is None
