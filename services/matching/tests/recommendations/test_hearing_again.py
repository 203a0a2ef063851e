"""While everything is heard again nothing is told or decided on old news; in the end what differs is told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from ieum.messaging import Event, Reaction, Topics, rebuilding, rebuilding_store
from ieum.service import Service
from matching.recommendations import rules
from matching.recommendations.handlers import reactions
from matching.recommendations.rematch import HearingAgain, put_rule_in_force, tell_differences

from . import telling
from .worlds import A_JOBSEEKER, A_VACANCY, a_vacancy

Hear = Callable[..., Awaitable[None]]
Refer = Callable[..., Awaitable[dict[str, Any]]]

BETTER = a_vacancy(vacancy_id="v-better", hourly_pay=15_600)
REGISTERED, OPENED = telling.registered(A_JOBSEEKER), telling.opened(A_VACANCY)
STOPPED = telling.stopped(replace(A_JOBSEEKER, stopped_on=A_JOBSEEKER.started_on, stop_reason="withdrawn"))
CLOSED = telling.became(replace(A_VACANCY, status="closed"))


@pytest.fixture
def reaction() -> Reaction:
    (found,) = reactions
    return found


@pytest.fixture
def begin(service: Service, reaction: Reaction, topics: Topics) -> Callable[[], Awaitable[None]]:
    """`await begin()`: everything is forgotten and will be heard again."""

    async def began() -> None:
        await rebuilding.begin(service.database, reaction, topics)

    return began


@pytest.fixture
def reach(service: Service, reaction: Reaction) -> Callable[[], Awaitable[None]]:
    """`await reach()`: everything is heard."""

    async def reached() -> None:
        async with service.database.transaction() as tx:
            await rebuilding_store.mark_reached(tx, reaction.consumer)

    return reached


@pytest.fixture
def catch_up(service: Service, reaction: Reaction) -> Callable[[], Awaitable[list[tuple[str, str, str | None]]]]:
    """`await catch_up()`: everything is heard; (type, vacancy, reason) of all that is told at last."""

    async def caught_up() -> list[tuple[str, str, str | None]]:
        before = len(await telling.told(service.database))
        progress = await rebuilding.advance(service.database, reaction)
        assert progress is not None
        assert progress.is_finished
        found = (await telling.told(service.database))[before:]
        return [(e["type"], e["body"]["vacancy_id"], e["body"].get("reason")) for e in found]

    return caught_up


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        ([], []),
        ([CLOSED], [("MatchWithdrawn", "v-1", "vacancy_closed")]),
        ([STOPPED], [("MatchWithdrawn", "v-1", "jobseeker_stopped")]),
        ([telling.opened(BETTER)], [("MatchProposed", "v-better", None)]),
        (
            [telling.changed(replace(A_VACANCY, occupation_code="011100"))],
            [("MatchWithdrawn", "v-1", "recomputed")],
        ),
    ],
    ids=["nothing", "it closed", "the jobseeker stopped", "another opened", "it changed"],
)
async def test_what_is_told_in_the_end_is_what_became_different(
    service: Service,
    hear: Hear,
    begin: Callable[[], Awaitable[None]],
    catch_up: Callable[[], Awaitable[list[Any]]],
    meanwhile: list[Event],
    told: list[Any],
) -> None:
    await hear(REGISTERED, OPENED)
    before = await telling.told(service.database)

    await begin()
    await hear(REGISTERED)
    await hear(OPENED, *meanwhile)

    assert await telling.told(service.database) == before
    assert await catch_up() == told


async def test_events_between_the_last_old_one_and_the_end_are_told_once(
    service: Service, hear: Hear, begin: Callable[[], Awaitable[None]], reach: Callable[[], Awaitable[None]]
) -> None:
    await hear(REGISTERED, OPENED)
    await begin()
    await hear(REGISTERED, OPENED)
    await reach()
    before = len(await telling.told(service.database))

    await hear(telling.opened(BETTER))
    await hear(CLOSED)
    await tell_differences(service.database)

    told = [(e["type"], e["body"]["vacancy_id"]) for e in (await telling.told(service.database))[before:]]
    assert sorted(told) == [("MatchProposed", "v-better"), ("MatchWithdrawn", "v-1")]
    assert await telling.kept(service.database) == telling.after_all(
        [REGISTERED, OPENED, telling.opened(BETTER), CLOSED]
    )


async def test_a_referral_that_stands_outlives_the_stop_of_an_earlier_registration(
    hear: Hear,
    refer: Refer,
    told: Callable[[], Awaitable[list[dict[str, Any]]]],
    begin: Callable[[], Awaitable[None]],
    catch_up: Callable[[], Awaitable[list[Any]]],
) -> None:
    await hear(STOPPED)
    await hear(REGISTERED)
    await refer()

    await begin()
    await hear(REGISTERED, STOPPED, OPENED)
    await hear(REGISTERED)
    await catch_up()

    assert [event["type"] for event in await told()] == ["ReferralMade"]


async def test_a_stop_heard_meanwhile_withdraws_what_waits_in_the_end(
    hear: Hear,
    refer: Refer,
    told: Callable[[], Awaitable[list[dict[str, Any]]]],
    begin: Callable[[], Awaitable[None]],
    catch_up: Callable[[], Awaitable[list[Any]]],
) -> None:
    await refer()

    await begin()
    await hear(REGISTERED, OPENED, STOPPED)
    assert [event["type"] for event in await told()] == ["ReferralMade"]
    await catch_up()

    assert [event["type"] for event in await told()] == ["ReferralMade", "ReferralWithdrawn"]


@pytest.mark.usefixtures("pair")
async def test_nothing_is_decided_on_what_is_not_heard_in_full_yet(
    service_client: httpx.AsyncClient,
    hear: Hear,
    as_counsellor: dict[str, str],
    begin: Callable[[], Awaitable[None]],
    catch_up: Callable[[], Awaitable[list[Any]]],
) -> None:
    pair = {"jobseeker_id": "j-1", "vacancy_id": "v-1"}
    hire = {**pair, "source": "own_search", "hired_on": A_JOBSEEKER.started_on.isoformat()}

    await begin()
    early = await service_client.post("/referrals", json=pair, headers=as_counsellor)
    await hear(REGISTERED, OPENED)
    later = await service_client.post("/referrals", json=pair, headers=as_counsellor)
    placed = await service_client.post("/placements", json=hire, headers=as_counsellor)
    await catch_up()
    at_last = await service_client.post("/referrals", json=pair, headers=as_counsellor)

    assert [answer.status_code for answer in (early, later, placed, at_last)] == [503, 503, 503, 201]
    assert early.json()["type"] == "urn:ieum:problem:hearing-again"
    assert early.headers["Retry-After"]


@pytest.mark.usefixtures("pair")
async def test_lists_leave_out_what_is_not_heard_of_yet(
    service_client: httpx.AsyncClient, as_counsellor: dict[str, str], begin: Callable[[], Awaitable[None]]
) -> None:
    query = {"centre_code": A_JOBSEEKER.centre_code}
    before = await service_client.get("/matches", params=query, headers=as_counsellor)

    await begin()
    meanwhile = await service_client.get("/matches", params=query, headers=as_counsellor)

    assert (len(before.json()["items"]), meanwhile.json()["items"]) == (1, [])


@pytest.mark.usefixtures("pair")
async def test_a_new_rule_waits_until_everything_is_heard(
    service: Service, begin: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "VERSION", rules.VERSION + 1)
    before = await telling.told(service.database)

    await begin()

    with pytest.raises(HearingAgain):
        await put_rule_in_force(service.database)
    assert await telling.told(service.database) == before
