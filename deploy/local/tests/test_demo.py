"""The demo nation: what whoever looks at it first must find there."""

from typing import Any

from rich.progress import Progress

from ieum_local.demo.load import Loading
from ieum_local.demo.nation import FEATURED_CENTRES, Codes, Nation

CENTRES = {f"{10 + n}": name for n, name in enumerate(("먼고용센터", "다른고용센터", *FEATURED_CENTRES))}
STAFF = {code: f"counsellor-{code}" for code in CENTRES}
CODES = Codes(
    occupations=["026201"],
    fields=["02"],
    groups=["026"],
    regions=[f"4115{code}" for code in CENTRES],
    centres=CENTRES,
    offices={},
    centre_of_region={f"4115{code}": code for code in CENTRES},
)


class Recorded:
    """The running system as far as the demo asks it; keeps what was sent. Matching has nothing at the first look."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str], Any]] = []
        self._looked: set[str] = set()

    def headers(self, role: str, person_id: str, **attributes: str) -> dict[str, str]:
        return {"role": role, "person_id": person_id, **attributes}

    async def get(self, service: str, path: str, headers: dict[str, str], **query: Any) -> Any:
        centre = query["centre_code"]
        items = [_match(centre, n) for n in range(3)] if centre in self._looked else []
        self._looked.add(centre)
        return {"items": items}

    async def post(self, service: str, path: str, headers: dict[str, str], body: Any, **more: Any) -> Any:
        self.sent.append((path, headers, body))
        return {"referral_id": f"r-{body.get('vacancy_id')}", **body, "employer_id": "e-1"}


def _match(centre: str, n: int) -> dict[str, Any]:
    vacancy = {"vacancy_id": f"v-{centre}-{n}", "employer_id": "e-1"}
    return {"match_id": f"m-{centre}-{n}", "jobseeker_id": f"j-{centre}-{n}", "vacancy": vacancy}


async def test_every_featured_centre_has_a_hire_from_the_beginning() -> None:
    system = Recorded()

    await Loading(system, Progress(disable=True))._referrals(Nation(CODES), STAFF)  # type: ignore[arg-type]

    hired = {path.split("/")[2] for path, _, body in system.sent if body.get("answer") == "hired"}
    featured = [code for code, name in CENTRES.items() if name in FEATURED_CENTRES]
    assert hired >= {f"r-v-{code}-0" for code in featured}


async def test_an_employers_person_bears_the_whole_name_of_the_company() -> None:
    system = Recorded()

    await Loading(system, Progress(disable=True))._employers(Nation(CODES), STAFF)  # type: ignore[arg-type]

    companies = [body["name"] for path, _, body in system.sent if path == "/employers"]
    people = [body["name"] for path, _, body in system.sent if path == "/people"]
    assert sorted(people) == sorted(f"{name.removesuffix('(주)')} 인사담당" for name in companies)
