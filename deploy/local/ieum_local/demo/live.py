"""Keeps a gentle stream of life going: every few seconds somebody registers, posts, is referred, is hired or leaves."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from ieum_local.demo.load import CITIZENS, refer_and_answer
from ieum_local.demo.nation import Nation
from ieum_local.demo.reference import read_codes
from ieum_local.demo.system import Refused, System

# Seconds between two things that happen, drawn evenly between these.
PAUSE = (2.0, 6.0)


class Life:
    """What can happen in the nation, each as often as its weight says."""

    def __init__(self, system: System, nation: Nation, staff: dict[str, str], employers: list[dict[str, Any]]) -> None:
        self._system = system
        self._nation = nation
        self._staff = staff
        self._employers = employers
        # The hour of the clock does not matter, only that two runs differ: people are not registered twice.
        self._rng = random.Random()
        self._number = CITIZENS + self._rng.randrange(10_000_000)
        self._events: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (5, self._somebody_registers),
            (5, self._a_firm_posts),
            (4, self._a_counsellor_refers),
            (1, self._a_firm_closes),
        ]

    async def go_on(self) -> None:
        """One thing happens."""
        weights = [weight for weight, _ in self._events]
        (happen,) = self._rng.choices([event for _, event in self._events], weights)
        await happen()

    async def _somebody_registers(self) -> None:
        self._number += 1
        citizen = self._nation.citizen(self._number)
        counsellor = self._staff.get(citizen.centre_code)
        if counsellor is None:
            return
        headers = self._system.headers("counsellor", counsellor, centre_code=citizen.centre_code)
        await self._system.post("registration", "/jobseekers", headers, citizen.body, fine=409)

    async def _a_firm_posts(self) -> None:
        employer = self._rng.choice(self._employers)
        headers = self._system.headers("employer", employer["person_id"], **employer["attributes"])
        body = self._nation.vacancy(self._rng, employer["attributes"]["employer_id"])
        await self._system.post("registration", "/vacancies", headers, body)

    async def _a_counsellor_refers(self) -> None:
        centre_code, counsellor = self._rng.choice(list(self._staff.items()))
        headers = self._system.headers("counsellor", counsellor, centre_code=centre_code)
        page = await self._system.get("matching", "/matches", headers, centre_code=centre_code, limit=20)
        if page["items"]:
            await refer_and_answer(self._system, headers, self._rng.choice(page["items"]), self._rng)

    async def _a_firm_closes(self) -> None:
        employer = self._rng.choice(self._employers)
        headers = self._system.headers("employer", employer["person_id"], **employer["attributes"])
        employer_id = employer["attributes"]["employer_id"]
        page = await self._system.get("registration", "/vacancies", headers, employer_id=employer_id, status="open")
        if len(page["items"]) > 3:
            vacancy = page["items"][-1]
            headers |= {"If-Match": f'"{vacancy["version"]}"'}
            path = f"/vacancies/{vacancy['vacancy_id']}/close"
            await self._system.post("registration", path, headers, {"reason": "plan_changed"}, fine=412)


async def live() -> None:
    """Go on until stopped. What is away for a while is waited for."""
    async with System() as system:
        operator = system.headers("operator", "demo-life")
        nation = Nation(await read_codes(system, operator))
        people = await system.pages("registration", "/people", operator)
        staff = {one["attributes"]["centre_code"]: one["person_id"] for one in people if one["role"] == "counsellor"}
        life = Life(system, nation, staff, [one for one in people if one["role"] == "employer"])
        rng = random.Random()
        while True:
            await asyncio.sleep(rng.uniform(*PAUSE))
            try:
                await life.go_on()
            except (httpx.HTTPError, Refused) as problem:
                sys.stderr.write(f"demo: {problem}\n")
