"""What one client does, over and over: vacancies of a firm, a jobseeker, and what comes of bringing them together."""

import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from ..running.town import business_number, in_days, new_title
from .books import Books, Employer, Jobseeker, Referral, Vacancy
from .commands import Answer, Json, Sender

Headers = dict[str, str]
Sign = Callable[..., Headers]
"""(role, person_id, **attributes) -> the headers of somebody's request."""

_STORIES_PER_EMPLOYER = 8
_MATURE = 3
"""A pair is left alone for so many stories, so that matching has usually heard of both."""
_PATIENCE = timedelta(seconds=90)
_KINDS = ("match_proposed", "referral_made", "referral_answered", "placement_recorded", "placement_reversed")
_LETTER_READERS = 0.03
"""The share of jobseekers who get e-mail; the others have switched it off."""


class Place:
    """Where a client works: a centre with a counsellor, and a region of it."""

    def __init__(self, centre_code: str, region_code: str, counsellor_id: str, counsellor: Headers) -> None:
        self.centre_code = centre_code
        self.region_code = region_code
        self.counsellor_id = counsellor_id
        self.counsellor = counsellor


class Stopping(Exception):
    """The run is over: no further command is begun."""


class Client:
    """Tells stories one after the other until told to stop. `pace` is awaited before each command.

    `refers`: brings people together, too; without it no command goes to matching.
    """

    def __init__(
        self,
        number: int,
        sender: Sender,
        books: Books,
        sign: Sign,
        place: Place,
        jobs: list[str],
        chance: random.Random,
        pace: Callable[[], Awaitable[None]],
        *,
        refers: bool = True,
    ) -> None:
        self._number = number
        self._sender = sender
        self._books = books
        self._sign = sign
        self._place = place
        self._jobs = jobs
        self._chance = chance
        self._pace = pace
        self._refers = refers
        self._serial = 0
        self._pairs: deque[tuple[Jobseeker, Vacancy, Headers, datetime, int]] = deque()
        self._employer = Employer("")
        self._employer_headers: Headers = {}

    async def run(self) -> None:
        """Stories until the run is over."""
        try:
            while True:
                await self._story()
        except Stopping:
            return

    # -- the story

    async def _story(self) -> None:
        self._serial += 1
        if self._serial % _STORIES_PER_EMPLOYER == 1 and not await self._register_employer():
            return
        job = self._jobs[(self._number * 97 + self._serial * 13) % len(self._jobs)]
        jobseeker = await self._register_jobseeker(job)
        edited, offered = await self._open(job), await self._open(job)
        if edited is not None:
            await self._edit(edited)
        if offered is not None:
            await self._change(offered)
        if jobseeker is not None:
            await self._raise_wage(jobseeker)
            if offered is not None and self._refers:
                self._pairs.append((jobseeker, offered, self._employer_headers, datetime.now(UTC), self._serial))
        await self._go_on()

    async def _go_on(self) -> None:
        """Bring one older pair together."""
        if not self._pairs or self._serial - self._pairs[0][4] < _MATURE:
            return
        jobseeker, vacancy, employer, began, _ = pair = self._pairs.popleft()
        body = {"jobseeker_id": jobseeker.jobseeker_id, "vacancy_id": vacancy.vacancy_id}
        answer = await self._do("matching", "POST", "/referrals", self._place.counsellor, body)
        if answer.taken:
            person = self._sign("jobseeker", jobseeker.jobseeker_id)
            await self._follow(answer.body["referral_id"], jobseeker, vacancy, employer)
            await self._read_messages(jobseeker.jobseeker_id, person)
        elif answer.outcome == "unknown":
            self._doubt(jobseeker, vacancy)
        elif datetime.now(UTC) - began < _PATIENCE:
            # Matching has not heard of both of them: they are forbidden or not there yet.
            self._pairs.append((*pair[:4], self._serial))

    async def _follow(self, referral_id: str, jobseeker: Jobseeker, vacancy: Vacancy, employer: Headers) -> None:
        referral = Referral(referral_id, jobseeker, vacancy, self._place.counsellor_id)
        self._books.referrals.append(referral)
        if self._chance.random() < 0.1:
            path = f"/referrals/{referral_id}/withdraw"
            if await self._settle(referral, "withdrawn", path, self._place.counsellor, {"reason": "made_in_error"}):
                referral.state = "withdrawn"
            return
        path = f"/referrals/{referral_id}/answer"
        if not await self._settle(referral, "interview", path, employer, {"answer": "interview"}):
            return
        last = "hired" if self._chance.random() < 0.8 else "declined"
        answer = await self._settle(referral, last, path, employer, {"answer": last})
        if answer is None or last != "hired":
            return
        referral.placement_id = str(answer["placement_id"])
        vacancy.hired = jobseeker.stopped = True
        if self._chance.random() < 0.25:
            await self._reverse(referral)

    async def _settle(self, referral: Referral, state: str, path: str, headers: Headers, body: Json) -> Json | None:
        answer = await self._do("matching", "POST", path, headers, body)
        if answer.taken:
            referral.state = state
            if state != "withdrawn":
                referral.answers.append(state)
            return answer.body
        if answer.outcome == "unknown":
            referral.sure = False
            self._doubt(referral.jobseeker, referral.vacancy)
        return None

    async def _reverse(self, referral: Referral) -> None:
        path = f"/placements/{referral.placement_id}/reverse"
        answer = await self._do("matching", "POST", path, self._place.counsellor, {"reason": "did_not_start"})
        if answer.taken:
            referral.reversed = referral.vacancy.reversed = True
            referral.jobseeker.stopped = False
        elif answer.outcome == "unknown":
            referral.sure = False
            self._doubt(referral.jobseeker, referral.vacancy)

    # -- registration

    async def _register_employer(self) -> bool:
        number = business_number(self._number * 10_000 + self._serial)
        body = {"business_number": number, "name": f"(주)이음길 {number}", "region_code": self._place.region_code}
        answer = await self._do("registration", "POST", "/employers", self._place.counsellor, body)
        if answer.taken:
            self._employer = Employer(number, str(answer.body["employer_id"]))
            self._books.employers.append(self._employer)
            self._employer_headers = self._sign("employer", str(uuid4()), employer_id=self._employer.employer_id)
            return True
        self._books.strangers += answer.outcome == "unknown"
        return bool(self._employer.employer_id)

    async def _register_jobseeker(self, job: str) -> Jobseeker | None:
        marker = f"{self._number}x{self._serial}"
        answer = await self._do(
            "registration", "POST", "/jobseekers", self._place.counsellor, self._person(marker, job, 10_320)
        )
        if not answer.taken:
            self._books.strangers += answer.outcome == "unknown"
            return None
        jobseeker = Jobseeker(str(answer.body["jobseeker_id"]), int(answer.body["version"]), 10_320)
        self._books.jobseekers.append(jobseeker)
        if self._chance.random() >= _LETTER_READERS:
            await self._switch_letters_off(jobseeker)
        return jobseeker

    async def _raise_wage(self, jobseeker: Jobseeker) -> None:
        marker = f"{self._number}x{self._serial}"
        job = self._jobs[(self._number * 97 + self._serial * 13) % len(self._jobs)]
        wage = jobseeker.wage_floor + 10
        path, body = f"/jobseekers/{jobseeker.jobseeker_id}", self._person(marker, job, wage)
        answer = await self._do("registration", "PUT", path, self._place.counsellor, body, jobseeker.version)
        if answer.taken:
            jobseeker.version, jobseeker.wage_floor = int(answer.body["version"]), wage
        elif answer.outcome == "unknown":
            jobseeker.sure = False

    def _person(self, marker: str, job: str, wage: int) -> Json:
        return {
            "person": {"name": f"나그네 {marker}", "email": f"walker{marker}@people.example.org", "language": "ko"},
            "centre_code": self._place.centre_code,
            "wishes": {"occupations": [job], "regions": [self._place.region_code], "wage_floor": wage},
            "career_years": 1,
            "education": "03",
            "visible": True,
            "matching_consent": True,
        }

    async def _open(self, job: str) -> Vacancy | None:
        vacancy = Vacancy(new_title(), self._employer.employer_id, pay_min=12_000)
        body = {**self._terms(vacancy, job), "employer_id": vacancy.employer_id}
        answer = await self._do("registration", "POST", "/vacancies", self._employer_headers, body)
        if not answer.taken:
            self._books.strangers += answer.outcome == "unknown"
            return None
        vacancy.vacancy_id, vacancy.version = str(answer.body["vacancy_id"]), int(answer.body["version"])
        self._books.vacancies.append(vacancy)
        return vacancy

    def _terms(self, vacancy: Vacancy, job: str) -> Json:
        return {
            "title": vacancy.title,
            "occupation_code": job,
            "region_code": self._place.region_code,
            "openings": vacancy.openings,
            "pay_type": "hour",
            "pay_min": vacancy.pay_min,
            "pay_max": None,
            "employment_type": "regular",
            "weekly_hours": 40,
            "career": "any",
            "education": "00",
            "closes_on": in_days(30),
        }

    async def _edit(self, vacancy: Vacancy) -> None:
        """Change it a few times, pause and resume it, close it."""
        for _ in range(3):
            await self._change(vacancy, openings=self._chance.randint(1, 5))
        for move, status in (("pause", "paused"), ("resume", "open")):
            await self._move(vacancy, move, status)
        await self._change(vacancy)
        if self._chance.random() < 0.7:
            await self._move(vacancy, "close", "closed")

    async def _change(self, vacancy: Vacancy, openings: int | None = None) -> None:
        pay_min, openings = vacancy.pay_min + 10, openings or vacancy.openings
        job = self._jobs[(self._number * 97 + self._serial * 13) % len(self._jobs)]
        body = {**self._terms(vacancy, job), "pay_min": pay_min, "openings": openings}
        if await self._told(vacancy, "PUT", f"/vacancies/{vacancy.vacancy_id}", body):
            vacancy.pay_min, vacancy.openings = pay_min, openings

    async def _move(self, vacancy: Vacancy, move: str, status: str) -> None:
        if await self._told(vacancy, "POST", f"/vacancies/{vacancy.vacancy_id}/{move}", {"reason": "정리"}):
            vacancy.status = status

    async def _told(self, vacancy: Vacancy, method: str, path: str, body: Json) -> bool:
        answer = await self._do("registration", method, path, self._employer_headers, body, vacancy.version)
        if answer.taken:
            vacancy.version = int(answer.body["version"])
            vacancy.said += 1
        elif answer.outcome == "unknown":
            vacancy.sure = False
        return answer.taken

    # -- notifications

    async def _switch_letters_off(self, jobseeker: Jobseeker) -> None:
        person = self._sign("jobseeker", jobseeker.jobseeker_id)
        body = {"kinds": {kind: {"live": True, "email": False} for kind in _KINDS}}
        answer = await self._do("notifications", "PUT", "/preferences", person, body, 0)
        jobseeker.preferences = answer.taken

    async def _read_messages(self, recipient: str, headers: Headers) -> None:
        found = await self._sender.look("notifications", "/messages", headers, unread="true", limit=6)
        for message in (found or {"items": []})["items"]:
            seq = int(message["seq"])
            if (await self._do("notifications", "POST", f"/messages/{seq}/read", headers)).taken:
                self._books.read.add((recipient, seq))

    # -- each command

    async def _do(
        self,
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Json | None = None,
        version: int = -1,
    ) -> Answer:
        await self._pace()
        return await self._sender.command(service, method, path, headers, body, version)

    def _doubt(self, jobseeker: Jobseeker, vacancy: Vacancy) -> None:
        jobseeker.sure = vacancy.sure = False
        self._books.strangers += 1
