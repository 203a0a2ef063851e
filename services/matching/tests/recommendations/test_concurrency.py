"""
No pair is missed or stale when batches run at the same time, in different transactions.

Each case is a pair of batches that overlap: the second begins while the first has done its work and not committed.
Whether the check can see is shown by taking the gate away: then the same check must fail.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest

from ieum.database import Database, Transaction
from ieum.messaging import Event
from ieum.testing import eventually
from matching.recommendations import store
from matching.recommendations.handlers import gate_for, propose_matches
from matching.recommendations.ranking import KEPT, Held, place
from matching.recommendations.store import Gate, Kept

from . import telling
from .test_exactness import World
from .worlds import A_JOBSEEKER, A_VACANCY, a_jobseeker, a_vacancy

# As many as are kept, of equal scores: the next is behind the bar, so that it locks nobody.
KEPT_ONES = [a_vacancy(vacancy_id=f"v-{number:02}") for number in range(KEPT)]
ONE_MORE = a_vacancy(vacancy_id="v-98")
ANOTHER = a_vacancy(vacancy_id="v-99")
ALL_CLOSED = [replace(vacancy, status="closed") for vacancy in KEPT_ONES]


async def waiting_for_a_lock(database: Database) -> bool:
    async with database.reading() as tx:
        found = await tx.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    return bool(found)


async def overlap(database: Database, first: list[Event], second: list[Event]) -> bool:
    """Handle `second` while `first` is done and not committed; whether the second had to wait."""

    async def hear_second() -> None:
        await telling.hear(database, *second)

    async with database.transaction() as tx:
        await propose_matches(tx, first)  # type: ignore[arg-type]
        task = asyncio.create_task(hear_second())
        state: str = await eventually("the second batch waits or is done", partial(state_of, database, task))
    await task
    return state == "waits"


async def state_of(database: Database, task: "asyncio.Task[None]") -> str:
    if task.done():
        return "done"
    return "waits" if await waiting_for_a_lock(database) else ""


@contextmanager
def no_gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mutant: nobody waits at the gate."""

    async def pass_gate(tx: Transaction, gate: Gate) -> None:
        pass

    with monkeypatch.context() as patched:
        patched.setattr(store, "pass_gate", pass_gate)
        yield


@contextmanager
def no_lock_on_jobseekers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mutant: a jobseeker's ten are read without keeping others from changing them."""

    async def lock_kept(tx: Transaction, jobseeker_ids: Sequence[str]) -> dict[str, Kept]:
        bars = await tx.fetch("SELECT * FROM jobseeker WHERE jobseeker_id = ANY($1)", jobseeker_ids)
        kept = {row["jobseeker_id"]: Kept({}, place(row["bar_score"], row["bar_vacancy_id"])) for row in bars}
        for row in await tx.fetch("SELECT * FROM match WHERE jobseeker_id = ANY($1)", jobseeker_ids):
            kept[row["jobseeker_id"]].held[row["vacancy_id"]] = Held(row["score"], row["told_score"])
        return kept

    with monkeypatch.context() as patched:
        patched.setattr(store, "lock_kept", lock_kept)
        yield


CASES = {
    "a vacancy beside a jobseeker": ([], [telling.opened(A_VACANCY)], [telling.registered(A_JOBSEEKER)]),
    "a jobseeker beside a vacancy": ([], [telling.registered(A_JOBSEEKER)], [telling.opened(A_VACANCY)]),
    "a vacancy beside a change of wishes": (
        [telling.registered(a_jobseeker(wished_occupations=("011",)))],
        [telling.opened(A_VACANCY)],
        [telling.rewritten(A_JOBSEEKER)],
    ),
    "a jobseeker beside a vacancy that changes": (
        [telling.opened(a_vacancy(occupation_code="011100"))],
        [telling.registered(A_JOBSEEKER)],
        [telling.changed(A_VACANCY)],
    ),
    "a vacancy that comes beside others that go": (
        [*map(telling.opened, [*KEPT_ONES, ANOTHER]), telling.registered(A_JOBSEEKER)],
        [telling.opened(ONE_MORE)],
        [*map(telling.became, ALL_CLOSED)],
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_batches_that_exclude_each_other_wait_and_miss_nothing(matching_database: Database, case: str) -> None:
    before, first, second = CASES[case]
    if before:
        await telling.hear(matching_database, *before)

    waited = await overlap(matching_database, first, second)

    assert waited
    assert await telling.kept(matching_database) == telling.after_all([*before, *first, *second])


@pytest.mark.parametrize("case", CASES)
async def test_the_same_check_sees_what_is_missed_without_the_gate(
    matching_database: Database, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, first, second = CASES[case]
    if before:
        await telling.hear(matching_database, *before)

    with no_gate(monkeypatch):
        await overlap(matching_database, first, second)

    assert await telling.kept(matching_database) != telling.after_all([*before, *first, *second])


BETTER, BEST = (a_vacancy(vacancy_id=f"v-{name}", hourly_pay=pay) for name, pay in (("y", 13_200), ("z", 15_600)))
A_FULL_TEN = [*map(telling.opened, KEPT_ONES), telling.registered(A_JOBSEEKER)]


async def test_arrivals_beside_arrivals_for_the_same_jobseeker_both_count(matching_database: Database) -> None:
    await telling.hear(matching_database, *A_FULL_TEN)
    first, second = [telling.opened(BETTER)], [telling.opened(BEST)]

    waited = await overlap(matching_database, first, second)

    assert waited
    assert await telling.kept(matching_database) == telling.after_all([*A_FULL_TEN, *first, *second])


async def test_the_same_check_sees_what_goes_wrong_without_the_lock_on_jobseekers(
    matching_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telling.hear(matching_database, *A_FULL_TEN)
    first, second = [telling.opened(BETTER)], [telling.opened(BEST)]

    with no_lock_on_jobseekers(monkeypatch):
        await overlap(matching_database, first, second)

    assert await telling.kept(matching_database) != telling.after_all([*A_FULL_TEN, *first, *second])


async def test_arrivals_for_different_jobseekers_do_not_wait_for_each_other(matching_database: Database) -> None:
    other = a_jobseeker(jobseeker_id="j-2", wished_occupations=("011100",))
    before = [telling.registered(A_JOBSEEKER), telling.registered(other)]
    await telling.hear(matching_database, *before)
    first = [telling.opened(A_VACANCY)]
    second = [telling.opened(a_vacancy(vacancy_id="v-2", occupation_code="011100"))]

    waited = await overlap(matching_database, first, second)

    assert not waited
    assert await telling.kept(matching_database) == telling.after_all([*before, *first, *second])


async def test_jobseekers_do_not_wait_for_each_other(matching_database: Database) -> None:
    await telling.hear(matching_database, telling.opened(A_VACANCY))
    first, second = [telling.registered(A_JOBSEEKER)], [telling.registered(a_jobseeker(jobseeker_id="j-2"))]

    waited = await overlap(matching_database, first, second)

    assert not waited
    assert set(await telling.kept(matching_database)) == {"j-1", "j-2"}


@pytest.mark.parametrize(
    ("vacancies", "were_open", "jobseekers", "gate"),
    [
        (True, False, False, Gate.ARRIVALS),
        (True, True, False, Gate.ALONE),
        (False, False, True, Gate.JOBSEEKERS),
        (True, False, True, Gate.ALONE),
    ],
)
def test_the_gate_is_as_narrow_as_the_batch_needs(
    vacancies: bool, were_open: bool, jobseekers: bool, gate: Gate
) -> None:
    assert gate_for(vacancies=vacancies, were_open=were_open, jobseekers=jobseekers) is gate


@pytest.mark.parametrize("seed", range(3))
async def test_matches_equal_brute_force_after_many_batches_at_once(matching_database: Database, seed: int) -> None:
    chance = random.Random(100 + seed)
    world = World(chance)
    # As partitions do: an aggregate's events stay in order with one worker, which gets vacancies, jobseekers or both.
    queues: dict[str, list[Event]] = {"vacancies 0": [], "vacancies 1": [], "jobseekers": [], "both": []}
    for _ in range(400):
        event = world.step()
        number = int(event.aggregate_id.split("-")[1]) % 3
        kind = "vacancies" if event.aggregate_id.startswith("v") else "jobseekers"
        name = "both" if number == 2 else f"vacancies {number}" if kind == "vacancies" else kind
        queues[name].append(event)

    async def work(events: list[Event], sizes: random.Random) -> None:
        while events:
            size = sizes.randint(1, 12)
            await telling.hear(matching_database, *events[:size])
            del events[:size]

    await asyncio.gather(*(work(events, random.Random(seed)) for events in queues.values()))

    assert await telling.kept(matching_database) == world.expected()
