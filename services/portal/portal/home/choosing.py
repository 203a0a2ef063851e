"""
Whom a visitor may look as. There are hundreds of demo people: a few of each role are shown, of one centre where there
are any, so that a journey from vacancy to hire can be followed; a search finds everybody else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.home.views import Employer, SignIn

SHOWN_OF_ROLE = 6


@dataclass(frozen=True)
class Candidate:
    """Somebody to look as, and where they belong."""

    person: SignIn
    centre_code: str | None
    place: str | None
    """The name of their company or centre."""


def placed(people: Sequence[SignIn], employers: Mapping[str, Employer], centres: Mapping[str, str]) -> list[Candidate]:
    """The people with the names of where they belong; what is not known is left out."""
    found = []
    for person in people:
        employer = employers.get(person.attributes.get("employer_id", ""))
        centre_code = employer.centre_code if employer else person.attributes.get("centre_code")
        place = employer.name if employer else centres.get(centre_code or "")
        found.append(Candidate(person, centre_code, place))
    return found


def featured_centre(candidates: Mapping[str, Sequence[Candidate]]) -> str | None:
    """The centre with a counsellor and the most jobseekers among the people at hand; the first by code of several."""
    staffed = {one.centre_code for one in candidates.get("counsellor", ()) if one.centre_code}
    seeking = Counter(one.centre_code for one in candidates.get("jobseeker", ()) if one.centre_code in staffed)
    best = sorted(seeking.items(), key=lambda entry: (-entry[1], entry[0] or ""))
    return best[0][0] if best else None


def chosen(candidates: Sequence[Candidate], words: str, centre_code: str | None) -> list[Candidate]:
    """The few to show: those whose name and place hold all the words, else those of the centre before the others."""
    wanted = words.casefold().split()
    fitting = [one for one in candidates if all(word in _said(one) for word in wanted)]
    if not wanted:
        fitting.sort(key=lambda one: one.centre_code != centre_code)
    return fitting[:SHOWN_OF_ROLE]


def _said(one: Candidate) -> str:
    return f"{one.person.name} {one.place or ''}".casefold()
