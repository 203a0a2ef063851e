"""What was acknowledged takes effect exactly once, whatever is killed; the system comes back by itself."""

import asyncio
from collections import Counter
from functools import partial
from uuid import uuid4

import httpx
import pytest

from ieum.testing import eventually

from ..running.system import Json, System
from ..running.town import Employer, Jobseeker, Town

POSTS, WRITERS, CRASH_AFTER = 60, 6, 20


class Posting:
    """Clients that post vacancies and try again, with the same key, until each is acknowledged."""

    def __init__(self, town: Town, employer: Employer) -> None:
        self._town = town
        self._employer = employer
        self._waiting = list(range(POSTS))
        self.acknowledged: list[str] = []
        self.refusals: Counter[int] = Counter()

    async def run(self) -> None:
        async with asyncio.timeout(180), asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(self._write())

    async def _write(self) -> None:
        while self._waiting:
            number = self._waiting.pop()
            body = self._town.vacancy(self._employer, title=f"자리 {number}", pay_min=11_000 + number)
            attempt = partial(self._post, str(uuid4()), body)
            vacancy = await eventually(f"vacancy {number} to be taken", attempt, within=120, every=0.3)
            self.acknowledged.append(vacancy["vacancy_id"])

    async def _post(self, key: str, body: Json) -> Json | None:
        headers = {**self._employer.headers, "Idempotency-Key": key}
        try:
            answer = await self._town.system.clients["registration"].post("/vacancies", headers=headers, json=body)
        except httpx.TransportError:
            return None
        if answer.status_code != 201:
            self.refusals[answer.status_code] += 1
            return None
        made: Json = answer.json()
        return made


@pytest.mark.parametrize("victim", ["registration", "matching", "evaluation", "postgres", "kafka"])
async def test_everything_acknowledged_takes_effect_exactly_once_when_something_is_killed(
    system: System, town: Town, victim: str
) -> None:
    jobseeker, employer = await town.jobseeker(), await town.employer()
    restarts, posting = system.restarts(victim), Posting(town, employer)

    work = asyncio.create_task(posting.run())
    await eventually("posting to be under way", lambda: len(posting.acknowledged) >= CRASH_AFTER or work.done())
    system.crash(victim)
    await work

    # Nothing but "not available now" is said to somebody who did nothing wrong.
    assert set(posting.refusals) <= {503}
    await eventually(f"{victim} to be started again", lambda: system.restarts(victim) > restarts, within=90)
    await eventually("every service to be ready", system.ready, within=90)
    await _exactly_once(system, employer, posting.acknowledged)
    await eventually("the best ten to be proposed", lambda: _are_the_best_ten(town, jobseeker, posting))


async def _exactly_once(system: System, employer: Employer, acknowledged: list[str]) -> None:
    """Every acknowledged vacancy is kept, matched and counted, none twice, and nothing else came of the attempts."""
    wanted = sorted(acknowledged)
    assert len(set(wanted)) == POSTS

    async def kept() -> bool:
        found = {
            "registration": "SELECT vacancy_id::text FROM registration.vacancy WHERE employer_id::text = $1",
            "matching": "SELECT vacancy_id::text FROM matching.vacancy WHERE employer_id = $1",
        }
        for statement in found.values():
            assert sorted(row[0] for row in await system.sql(statement, employer.employer_id)) == wanted
        counted = await system.sql(
            "SELECT aggregate_id, amount FROM evaluation.ledger WHERE aggregate_id = ANY($1) ORDER BY 1", wanted
        )
        assert [tuple(row) for row in counted] == [(vacancy_id, 1) for vacancy_id in wanted]
        return True

    await eventually("every service to have what was acknowledged", kept, within=60, every=0.2)
    for service in ("registration", "matching", "evaluation", "notifications"):
        assert await system.sql(f"SELECT consumer, reason FROM {service}.parked") == []  # noqa: S608


async def _are_the_best_ten(town: Town, jobseeker: Jobseeker, posting: Posting) -> bool:
    """All have the same score, and equal ones go by id: which ten they are does not depend on who came when."""
    matches = await town.matches(jobseeker)
    assert [match["vacancy"]["vacancy_id"] for match in matches] == sorted(posting.acknowledged)[:10]
    return True
