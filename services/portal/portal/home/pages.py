"""The first page, signing in and out, and the choice of a language."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import uuid4

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.figures.views import Figures
from portal.home.choosing import Candidate, chosen, featured_centre, placed
from portal.home.views import Employer, SignIn
from portal.language.words import N_, ROLES
from portal.layout.menus import home_of
from portal.referrals.views import Referral
from portal.services import Asking, Items, part, section
from portal.sign_in.session import Person, offer, taken
from portal.visit import AnyVisit, SignInNeeded, Visit

T = TypeVar("T")

router = APIRouter()

MOST_PAGES = 25
"""Pages of 200 people that a search looks through; the demonstration has fewer."""

NEWCOMER = N_("Somebody new who seeks work")


@dataclass(frozen=True)
class Offer:
    """A person to look as: the signed offer the form sends, and what is said of them."""

    signed: str
    name: str
    place: str | None


@router.get("/")
async def first_page(visit: AnyVisit, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """What Ieum is, the nation's figures and the demo people to look as."""
    words = q.strip()
    figures, people = await asyncio.gather(section(nation_figures(visit)), section(_offers(visit, words)))
    return visit.page(
        "home/first.html",
        figures=figures,
        people=people,
        words_sought=words,
        home=home_of(visit.person.role) if visit.person else None,
    )


async def _offers(visit: Visit, words: str) -> dict[str, list[Offer]]:
    """The people to choose from, by role; all of them are looked through only for words."""
    pages = MOST_PAGES if words else 1
    registration = visit.as_site("registration")
    centres, companies, people = await asyncio.gather(
        section(visit.lists.centres(registration)),
        section(_companies(registration, words)),
        asyncio.gather(*(_pages(registration, SignIn, "/people", pages, role=role) for role in ROLES)),
    )
    known = centres.value or ()
    offices = {one.regional_office_code: one.regional_office_name or "" for one in known if one.regional_office_code}
    places = offices | {centre.code: centre.name for centre in known} | (companies.value or {})
    candidates = {role: placed(found, places) for role, found in zip(ROLES, people, strict=True)}
    featured = featured_centre(candidates)
    busy = await _busy(visit, featured) if featured and not words else frozenset[str]()
    shown = {role: chosen(found, words, featured, busy) for role, found in candidates.items()}
    offers = {
        role: await asyncio.gather(*(_placed_offer(visit, registration, one) for one in few))
        for role, few in shown.items()
    }
    if not words:
        newcomer = {"person_id": str(uuid4()), "name": visit.say(NEWCOMER), "role": "jobseeker", "is_new": True}
        offers["jobseeker"].insert(0, _offer(visit, newcomer, None))
    return {role: offered for role, offered in offers.items() if offered}


async def _companies(registration: Asking, words: str) -> dict[str, str]:
    """The names of companies that are called so, by id; none without words, because there may be very many."""
    if not words:
        return {}
    found = await registration.get(Items[Employer], "/employers", q=words, limit=200)
    return {one.employer_id: one.name for one in found.items}


async def _busy(visit: Visit, centre_code: str) -> frozenset[str]:
    """Jobseekers and companies between whom the centre's newest referrals stand; nobody while matching is away."""
    asked = visit.as_site("matching").get(Items[Referral], "/referrals", centre_code=centre_code, limit=100)
    newest = await section(asked)
    standing = [one for one in newest.value.items if one.is_unsettled] if newest.value else []
    return frozenset(one.jobseeker_id for one in standing) | frozenset(one.employer_id for one in standing)


async def _placed_offer(visit: Visit, registration: Asking, one: Candidate) -> Offer:
    place, employer_id = one.place, one.person.attributes.get("employer_id")
    if place is None and employer_id is not None:
        company = await section(registration.get(Employer, f"/employers/{part(employer_id)}"))
        place = company.value.name if company.value else None
    return _offer(visit, one.person.model_dump(), place)


def _offer(visit: Visit, person: dict[str, Any], place: str | None) -> Offer:
    return Offer(offer(visit.signing_key, Person(**person), datetime.now(UTC)), person["name"], place)


async def _pages(registration: Asking, shape: type[T], path: str, most: int, **query: str) -> list[T]:
    """Up to `most` pages of a list."""
    found: list[T] = []
    cursor: str | None = None
    for _ in range(most):
        page: Items[T] = await registration.get(Items[shape], path, limit=200, cursor=cursor, **query)  # type: ignore[valid-type]
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    return found


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
    person = await visit.site.posts.checked_now(person, visit.as_site("registration"))
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


@router.get("/ko")
@router.get("/en")
@router.get("/ko/{path:path}")
@router.get("/en/{path:path}")
async def in_language(visit: AnyVisit, path: str = "") -> Response:
    """The same page in the other language: keeps the choice and goes there."""
    # One leading slash only: "//host" would lead to another site.
    query = visit.request.url.query
    answer = visit.go("/" + path.lstrip("/\\") + (f"?{query}" if query else ""))
    visit.keep_language(answer, visit.request.url.path[1:3])
    return answer
