"""Loads the demo nation: staff of every centre, firms, a Work24 file of vacancies, jobseekers, referrals and hires.

Running it again changes nothing: requests carry idempotency keys, and what exists is left as it is.
"""

import asyncio
import os
import random
from datetime import date
from functools import partial
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ieum_local.demo.nation import Nation
from ieum_local.demo.reference import read_codes
from ieum_local.demo.system import System, together
from ieum_local.demo.work24 import vacancy_file

EMPLOYERS = 24
IMPORTED_VACANCIES = int(os.environ.get("DEMO_VACANCIES", "1500"))
CITIZENS = int(os.environ.get("DEMO_JOBSEEKERS", "900"))
FIRST_REFERRALS = 40


class Loading:
    """One load, step by step, with progress."""

    def __init__(self, system: System, progress: Progress, *, first_are_there: bool = False) -> None:
        """`first_are_there`: ministry and operators were let in before, as by `let_in_first`."""
        self._system = system
        self._first_are_there = first_are_there
        self._progress = progress
        self._operator = system.headers("operator", "demo-loader")

    async def run(self) -> None:
        """Everything, in an order in which each step finds what it needs."""
        codes = await read_codes(self._system, self._operator)
        nation = Nation(codes)
        staff = await self._staff(nation)
        employers = await self._employers(nation, staff)
        await asyncio.gather(self._import(), self._vacancies(nation, employers))
        await self._citizens(nation, staff)
        await self._referrals(nation, staff)

    async def _staff(self, nation: Nation) -> dict[str, Any]:
        """Staff of every office; returns one counsellor per centre."""
        people = [(key, body) for key, body in nation.staff() if not (self._first_are_there and _is_first(body))]
        advance = self._bar("staff of the centres", len(people))
        jobs = [
            partial(self._system.post, "registration", "/people", self._operator, body, key=f"demo-{key}")
            for key, body in people
        ]
        found = await together(jobs, advance)
        return {view["attributes"]["centre_code"]: view["person_id"] for view in found if view["role"] == "counsellor"}

    async def _employers(self, nation: Nation, staff: dict[str, Any]) -> list[dict[str, Any]]:
        people = list(nation.employers(EMPLOYERS))
        advance = self._bar("employers", len(people))

        async def one(key: str, body: dict[str, Any]) -> dict[str, Any]:
            centre_code = nation.codes.centre_of_region[body["region_code"]]
            counter = self._system.headers("counsellor", staff[centre_code], centre_code=centre_code)
            employer = await self._system.post("registration", "/employers", counter, body, key=f"demo-{key}")
            person = {
                "name": f"{body['name'].removesuffix('(주)')} 인사담당",
                "role": "employer",
                "employer_id": employer["employer_id"],
                "email": f"{key}@firms.example.org",
            }
            await self._system.post("registration", "/people", self._operator, person, key=f"demo-{key}-person")
            return {**employer, "region_code": body["region_code"]}

        return await together([partial(one, key, body) for key, body in people], advance)

    async def _import(self) -> None:
        """Vacancies come as they do in the field: as a Work24 file."""
        upload = await self._system.upload(
            "/imports?format=work24",
            self._operator,
            "demo-nation.xml",
            vacancy_file(IMPORTED_VACANCIES, day=date.fromisoformat(os.environ.get("DEMO_DAY", "2026-11-01"))),
        )
        bar = self._progress.add_task("vacancies from a Work24 file", total=IMPORTED_VACANCIES)
        while True:
            view = await self._system.get("registration", f"/imports/{upload['import_id']}", self._operator)
            self._progress.update(bar, completed=view["rows_read"])
            if view["state"] in {"finished", "failed", "stopped"}:
                return
            await asyncio.sleep(0.3)

    async def _vacancies(self, nation: Nation, employers: list[dict[str, Any]]) -> None:
        rng = random.Random("demo:vacancies")
        wanted = [(employer, n) for employer in employers for n in range(3)]
        advance = self._bar("vacancies of the firms", len(wanted))

        async def one(employer: dict[str, Any], body: dict[str, Any], key: str) -> None:
            headers = self._system.headers("employer", f"demo-{key}", employer_id=employer["employer_id"])
            await self._system.post("registration", "/vacancies", headers, body, key=key)

        jobs = [
            partial(
                one,
                employer,
                nation.vacancy(rng, employer["employer_id"], employer["region_code"]),
                f"demo-vacancy-{employer['employer_id']}-{n}",
            )
            for employer, n in wanted
        ]
        await together(jobs, advance)

    async def _citizens(self, nation: Nation, staff: dict[str, Any]) -> None:
        """Counsellors register people on their behalf, as at a counter."""
        advance = self._bar("jobseekers", CITIZENS)

        async def one(n: int) -> None:
            citizen = nation.citizen(n)
            counsellor = self._system.headers("counsellor", staff[citizen.centre_code], centre_code=citizen.centre_code)
            # 409: registered by an earlier load.
            await self._system.post(
                "registration", "/jobseekers", counsellor, citizen.body, key=f"demo-{citizen.key}", fine=409
            )

        await together([partial(one, n) for n in range(CITIZENS)], advance)

    async def _referrals(self, nation: Nation, staff: dict[str, Any]) -> None:
        """A few weeks' work of the counsellors, so that figures and lists are not empty."""
        bar = self._progress.add_task("referrals and placements", total=FIRST_REFERRALS)
        made = 0
        for centre_code in nation.centres_at_work(staff):
            if made >= FIRST_REFERRALS:
                break
            featured = nation.is_featured(centre_code)
            headers = self._system.headers("counsellor", staff[centre_code], centre_code=centre_code)
            for n, match in enumerate(await self._matches(headers, centre_code, patient=featured)):
                # Drawn from the match itself: a load that goes on after a break sends the same answers again.
                rng = random.Random(match["match_id"])
                # Who looks as the director of a featured centre finds a hire there at once.
                answer = "hired" if featured and n == 0 else None
                made += await refer_and_answer(self._system, headers, match, rng, answer)
                self._progress.update(bar, completed=min(made, FIRST_REFERRALS))
        self._progress.update(bar, completed=FIRST_REFERRALS)

    async def _matches(self, headers: dict[str, str], centre_code: str, *, patient: bool) -> list[Any]:
        """A few of a centre's matches; where there must be some, matching is given the moment it may need."""
        for _ in range(40 if patient else 1):
            page = await self._system.get("matching", "/matches", headers, centre_code=centre_code, limit=3)
            if page["items"]:
                return list(page["items"])
            if patient:
                await asyncio.sleep(0.5)
        return []

    def _bar(self, title: str, total: int) -> Any:
        task = self._progress.add_task(title, total=total)
        return lambda: self._progress.advance(task)


async def refer_and_answer(
    system: System, counsellor: dict[str, str], match: dict[str, Any], rng: random.Random, answer: str | None = None
) -> int:
    """Refer a match, and let most employers answer, or this one as told. Returns 1 when a referral was made."""
    body = {"jobseeker_id": match["jobseeker_id"], "vacancy_id": match["vacancy"]["vacancy_id"]}
    key = f"demo-refer-{match['match_id']}"
    referral = await system.post("matching", "/referrals", counsellor, body, key=key, fine=409)
    if "referral_id" not in referral:
        return 0
    if answer is None and (chance := rng.random()) < 0.7:
        answer = "hired" if chance < 0.35 else "interview" if chance < 0.55 else "declined"
    if answer is not None:
        employer = system.headers("employer", "demo-firm", employer_id=match["vacancy"]["employer_id"])
        path = f"/referrals/{referral['referral_id']}/answer"
        said = {"answer": answer, "reason": "경력이 맞지 않음" if answer == "declined" else None}
        await system.post("matching", path, employer, said, key=f"{key}-answer", fine=409)
    return 1


def _is_first(body: dict[str, Any]) -> bool:
    """Whether somebody takes in everybody else, and so must be there where the nation is left out, too."""
    return body["role"] in ("ministry", "operator")


async def load(*, first_are_there: bool = False) -> None:
    """Load the nation into the running system."""
    columns = (TextColumn("  {task.description:<32}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        async with System() as system:
            await Loading(system, progress, first_are_there=first_are_there).run()


async def let_in_first() -> None:
    """Ministry and operators alone, where the nation is left out: they take in everybody else."""
    async with System() as system:
        loader = system.headers("operator", "demo-loader")
        for key, body in Nation(await read_codes(system, loader)).staff():
            if _is_first(body):
                await system.post("registration", "/people", loader, body, key=f"demo-{key}")
