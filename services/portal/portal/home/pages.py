"""The first page, signing in and out, and the choice of a language."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from portal.figures.views import Figures
from portal.home.views import Employer, SignIn
from portal.language.words import N_, ROLES
from portal.layout.menus import home_of
from portal.services import Items, Section, part, section
from portal.sign_in.session import Person, offer, taken
from portal.visit import AnyVisit, SignInNeeded, Visit

router = APIRouter()

SHOWN_OF_ROLE = 8
"""People of each role to choose from: enough to see how they differ."""

NEWCOMER = N_("Somebody new who seeks work")


@dataclass(frozen=True)
class Choice:
    """A person to look as: the signed offer the form sends, and what is said of them."""

    offer: str
    name: str
    place: str | None


@router.get("/")
async def first_page(visit: AnyVisit) -> Response:
    """What Ieum is, the nation's figures and the list of demo people."""
    figures, people = await asyncio.gather(
        section(nation_figures(visit)), asyncio.gather(*(section(_people(visit, role)) for role in ROLES))
    )
    absent = next((found for found in people if not found.there), None)
    return visit.page(
        "home/first.html",
        figures=figures,
        absent=absent,
        groups=[(role, found.value) for role, found in zip(ROLES, people, strict=True) if found.value],
        home=home_of(visit.person.role) if visit.person else None,
    )


async def _people(visit: Visit, role: str) -> list[Choice]:
    registration = visit.as_site("registration")
    found = await registration.get(Items[SignIn], "/people", role=role, limit=SHOWN_OF_ROLE)
    centres: Section[dict[str, str]] = await section(_centre_names(visit))
    companies = await asyncio.gather(*(section(_company(visit, one)) for one in found.items))
    choices = [
        Choice(
            offer(visit.signing_key, Person(**one.model_dump()), datetime.now(UTC)),
            one.name,
            company.value or (centres.value or {}).get(one.attributes.get("centre_code", "")),
        )
        for one, company in zip(found.items, companies, strict=True)
    ]
    if role == "jobseeker":
        newcomer = Person(person_id=str(uuid4()), name=visit.say(NEWCOMER), role=role)
        choices.insert(0, Choice(offer(visit.signing_key, newcomer, datetime.now(UTC)), newcomer.name, None))
    return choices


async def _company(visit: Visit, one: SignIn) -> str | None:
    if (employer_id := one.attributes.get("employer_id")) is None:
        return None
    return (await visit.as_site("registration").get(Employer, f"/employers/{part(employer_id)}")).name


async def _centre_names(visit: Visit) -> dict[str, str]:
    return {centre.code: centre.name for centre in await visit.lists.centres(visit.as_site("registration"))}


@router.get("/live-figures")
async def live_figures(visit: AnyVisit) -> Response:
    """The nation's figures alone, for the first page to renew them."""
    return visit.page("home/figures.html", figures=await section(nation_figures(visit)))


async def nation_figures(visit: Visit) -> Figures:
    """Today's figures of the whole nation, which anybody may see."""
    today = visit.today.isoformat()
    query = {"from": today, "to": today}
    return await visit.as_site("evaluation").get(Figures, "/figures", scope="nation", **query)


@router.post("/sign-in")
async def sign_in(visit: AnyVisit) -> Response:
    """Looks as somebody from the list, who was offered there with role and attributes and our signature."""
    form = await visit.sent_form()
    person = taken(visit.signing_key, form.value("person"), datetime.now(UTC))
    if person is None:
        raise SignInNeeded
    answer = visit.go(home_of(person.role))
    visit.sign_in(answer, person)
    return answer


@router.post("/sign-out")
async def sign_out(visit: AnyVisit) -> Response:
    """Forgets who looked."""
    await visit.sent_form()
    answer = visit.go("/", said="signed_out")
    visit.sign_out(answer)
    return answer


@router.get("/ko/{path:path}")
@router.get("/en/{path:path}")
async def in_language(visit: AnyVisit, path: str) -> Response:
    """The same page in the other language: keeps the choice and goes there."""
    # One leading slash only: "//host" would lead to another site.
    query = visit.request.url.query
    answer = visit.go("/" + path.lstrip("/\\") + (f"?{query}" if query else ""))
    visit.keep_language(answer, visit.request.url.path[1:3])
    return answer
