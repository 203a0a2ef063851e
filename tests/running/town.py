"""One centre with its counsellor, a firm and people, in a region that no other test uses."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from ieum.testing import eventually
from registration.employers.rules import check_digit

from .listener import Listener
from .system import Json, System

_serials = itertools.count(1)


def new_title() -> str:
    """A vacancy's title that no other has. A number without hyphens could be refused as somebody's resident number."""
    return f"자리 {uuid4()}"


def in_days(count: int) -> str:
    """The day so many days after today in Seoul."""
    return (datetime.now(UTC) + timedelta(hours=9, days=count)).date().isoformat()


@dataclass(frozen=True)
class Jobseeker:
    """Somebody registered, and how they sign in."""

    jobseeker_id: str
    email: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Employer:
    """A firm, and how its people sign in."""

    employer_id: str
    name: str
    person_id: str
    headers: dict[str, str]


class Town:
    """What happens at one centre."""

    def __init__(self, system: System, centre_code: str, office_code: str, region: Json, job: str) -> None:
        self.system = system
        self.centre_code = centre_code
        self.office_code = office_code
        self.region = region
        self.job = job
        self.counsellor_id = ""
        self.counsellor: dict[str, str] = {}

    @classmethod
    async def founded(cls, system: System, taken: set[str]) -> Self:
        """A town at a centre that is not `taken`, with a counsellor."""
        operator = system.headers("operator", "journeys")
        regions = (await system.get("registration", "/reference/regions", operator))["items"]
        centres = {c["code"]: c for c in (await system.get("registration", "/reference/centres", operator))["items"]}
        region = next(
            region
            for region in regions
            if region["centre_code"] not in taken and not region["code"].endswith("000") and region["valid_to"] is None
            if centres[region["centre_code"]]["regional_office_code"] != region["centre_code"]
        )
        taken.add(region["centre_code"])
        occupations = (await system.get("registration", "/reference/occupations", operator))["items"]
        job = next(entry["code"] for entry in occupations if len(entry["code"]) == 6)
        office_code = centres[region["centre_code"]]["regional_office_code"]
        town = cls(system, region["centre_code"], office_code, region, job)
        body = {"name": "길동무", "role": "counsellor", "centre_code": town.centre_code}
        town.counsellor_id = (await system.post("registration", "/people", operator, body))["person_id"]
        town.counsellor = system.headers("counsellor", town.counsellor_id, centre_code=town.centre_code)
        return town

    # -- who is there

    async def jobseeker(self, *, job: str | None = None, language: str = "ko") -> Jobseeker:
        """Somebody registers who looks for a job in the town (its usual one), consenting to everything."""
        number = next(_serials)
        email = f"seeker{number}.{uuid4().hex[:8]}@people.example.org"
        body = {
            "person": {"name": f"나그네{_hangul(number)}", "email": email, "phone": None, "language": language},
            "centre_code": self.centre_code,
            "wishes": {"occupations": [job or self.job], "regions": [self.region["code"]], "wage_floor": 10_320},
            "career_years": 1,
            "education": "03",
            "visible": True,
            "matching_consent": True,
        }
        view = await self.system.post("registration", "/jobseekers", self.counsellor, body)
        person_id = view["jobseeker_id"]
        return Jobseeker(person_id, email, self.system.headers("jobseeker", person_id))

    async def employer(self) -> Employer:
        """A firm registers at the counter, and somebody who acts for it."""
        number = next(_serials)
        name = f"(주)길손{number}"
        body = {"business_number": business_number(number), "name": name, "region_code": self.region["code"]}
        view = await self.system.post("registration", "/employers", self.counsellor, body)
        person = {
            "name": "사람책임",
            "role": "employer",
            "employer_id": view["employer_id"],
            "email": f"{uuid4().hex[:8]}@firms.example.org",
        }
        operator = self.system.headers("operator", "journeys")
        made = await self.system.post("registration", "/people", operator, person)
        headers = self.system.headers("employer", made["person_id"], employer_id=view["employer_id"])
        return Employer(view["employer_id"], name, made["person_id"], headers)

    def vacancy(self, employer: Employer, **changes: Any) -> Json:
        """A vacancy that suits everybody who looks for the town's job."""
        return {
            "employer_id": employer.employer_id,
            "title": "길 안내하실 분",
            "occupation_code": self.job,
            "region_code": self.region["code"],
            "openings": 1,
            "pay_type": "hour",
            "pay_min": 12_000,
            "pay_max": None,
            "employment_type": "regular",
            "weekly_hours": 40,
            "career": "any",
            "education": "00",
            "closes_on": in_days(30),
            **changes,
        }

    async def open_vacancy(self, employer: Employer, *, headers: dict[str, str] | None = None, **changes: Any) -> str:
        """Open a vacancy; its id."""
        body = self.vacancy(employer, **changes)
        made = await self.system.post("registration", "/vacancies", {**employer.headers, **(headers or {})}, body)
        vacancy_id: str = made["vacancy_id"]
        return vacancy_id

    def listen(self, person: Jobseeker | Employer, *, after: int | None = None, most: int | None = None) -> Listener:
        """The person's stream of messages."""
        return Listener(self.system.clients["notifications"], person.headers, after=after, most=most)

    # -- what it comes to

    async def figures(self, scope: str) -> dict[str, int]:
        """Openings, jobseekers and placements of a scope from the beginning of last year until today."""
        first = f"{int(in_days(0)[:4]) - 1}-01-01"
        headers = self.system.headers("ministry", "journeys")
        view = await self.system.get(
            "evaluation", "/figures", headers, scope=scope, **{"from": first, "to": in_days(0)}
        )
        wanted = ("openings", "jobseekers", "placements")
        return {each["indicator"]: int(each["value"]) for each in view["figures"] if each["indicator"] in wanted}

    async def all_figures(self) -> dict[str, dict[str, int]]:
        """The same for the centre, its office and the nation."""
        scopes = {"centre": f"centre:{self.centre_code}", "office": f"office:{self.office_code}", "nation": "nation"}
        return {name: await self.figures(scope) for name, scope in scopes.items()}

    async def figures_grow(self, before: dict[str, dict[str, int]], **by: int) -> None:
        """Wait until centre, office and nation show exactly so many more than before."""
        wanted = {
            name: {indicator: value + by.get(indicator, 0) for indicator, value in figures.items()}
            for name, figures in before.items()
        }

        async def reached() -> bool:
            found = await self.all_figures()
            assert found == wanted
            return True

        await eventually(f"figures to be {wanted}", reached)

    async def matches(self, jobseeker: Jobseeker) -> list[Json]:
        """The jobseeker's matches, best first."""
        path = f"/jobseekers/{jobseeker.jobseeker_id}/matches"
        items: list[Json] = (await self.system.get("matching", path, jobseeker.headers))["items"]
        return items


def business_number(serial: int) -> str:
    """A well-formed number of a tax office that exists nowhere, apart from those of registration's sample files."""
    nine = f"998{serial:06d}"
    return nine + check_digit(nine)


def _hangul(number: int) -> str:
    """A number as syllables: names have no digits."""
    return "".join("영일이삼사오육칠팔구"[int(digit)] for digit in str(number))
