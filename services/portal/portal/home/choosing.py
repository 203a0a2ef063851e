"""
Whom a visitor may look as. There are hundreds of demo people: a few of each role are shown, of one centre where there
are any, so that a journey from vacancy to hire can be followed; a search finds everybody else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from portal.home.views import SignIn

SHOWN_OF_ROLE = 6


@dataclass(frozen=True)
class Candidate:
    """Somebody to look as, and the name of their company, centre or regional office where it is known."""

    person: SignIn
    place: str | None

    @property
    def centre_code(self) -> str | None:
        """The centre of staff and jobseekers."""
        return self.person.attributes.get("centre_code")

    @property
    def known_as(self) -> set[str]:
        """Their ids: as a person, and of their company."""
        return {self.person.person_id, self.person.attributes.get("employer_id", "")}


def placed(people: Sequence[SignIn], places: Mapping[str, str]) -> list[Candidate]:
    """The people with the names of where they belong: a company, centre or regional office, by id or code."""
    return [Candidate(one, next((places[at] for at in _belongs_to(one) if at in places), None)) for one in people]


def featured_centre(candidates: Mapping[str, Sequence[Candidate]]) -> str | None:
    """The centre with a counsellor and the most jobseekers among the people at hand; the first by code of several."""
    staffed = {one.centre_code for one in candidates.get("counsellor", ()) if one.centre_code}
    seeking = Counter(one.centre_code for one in candidates.get("jobseeker", ()) if one.centre_code in staffed)
    best = sorted(seeking.items(), key=lambda entry: (-entry[1], entry[0] or ""))
    return best[0][0] if best else None


def chosen(
    candidates: Sequence[Candidate], words: str, centre_code: str | None, busy: AbstractSet[str] = frozenset()
) -> list[Candidate]:
    """
    The few to show: those whose name and place hold all the words, else those of the centre before the others.

    Of the centre's those come first who have something to see, by id of the person or of their company.
    """
    wanted = words.casefold().split()
    fitting = [one for one in candidates if all(word in _said(one) for word in wanted)]
    if not wanted:
        fitting.sort(key=lambda one: (one.centre_code != centre_code, busy.isdisjoint(one.known_as)))
    return fitting[:SHOWN_OF_ROLE]


def _belongs_to(one: SignIn) -> list[str]:
    return [
        one.attributes[name]
        for name in ("employer_id", "centre_code", "regional_office_code")
        if name in one.attributes
    ]


def _said(one: Candidate) -> str:
    return f"{one.person.name} {one.place or ''}".casefold()
